import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiError } from "#api/errors.ts";
import { requestInfo } from "#server/stages/route.ts";
import type { AuditContext, Authenticated, Authorizer, Reply, UserInfo } from "#server/pipeline.ts";
import { impersonate } from "./impersonate.ts";

/** May do what is named, as "verb group/resource[/subresource] name"; a name of * is any. */
function harness(allowed: readonly string[]) {
  const asked: string[] = [];
  const authorizer: Authorizer = {
    authorize(_user, { verb, group, resource, subresource, name }) {
      const what = `${verb} ${group}/${resource}${subresource ? `/${subresource}` : ""}`;
      asked.push(`${what} ${name}`);
      return { allowed: allowed.includes(`${what} *`) || allowed.includes(`${what} ${name}`) };
    },
  };
  let seen: UserInfo | undefined;
  const stage = impersonate(authorizer)((call) => {
    seen = call.user;
    return Promise.resolve({ type: "raw", code: 200, contentType: "", body: "" } satisfies Reply);
  });
  return {
    asked,
    /** A semicolon stands between values that are sent by themselves. */
    async run(headers: Record<string, string>, over: Partial<UserInfo> = {}): Promise<unknown> {
      const audit: AuditContext = { annotations: {} };
      const replyHeaders: Record<string, string> = {};
      const call = {
        method: "GET",
        path: "/api/v1/namespaces/n/pods",
        query: new URLSearchParams(),
        headers,
        repeatedHeaders: (name: string) => headers[name]?.split(";") ?? [],
        replyHeaders,
        info: requestInfo("GET", "/api/v1/namespaces/n/pods", new URLSearchParams()),
        user: { name: "jane", groups: ["dev"], ...over },
        audit,
        signal: new AbortController().signal,
      };
      try {
        await stage(call as unknown as Authenticated);
      } catch (error) {
        assert.equal(replyHeaders["x-content-type-options"], "nosniff");
        return (error as ApiError).message;
      }
      return { ...seen, ...(audit.impersonationConstraint ? { by: audit.impersonationConstraint } : {}) };
    },
  };
}
const plain = [
  "impersonate /users *",
  "impersonate /groups *",
  "impersonate /serviceaccounts *",
  "impersonate authentication.k8s.io/uids *",
  "impersonate authentication.k8s.io/userextras/scopes *",
];
const user = "impersonate-user";

test("as whom a request goes on", async () => {
  const { run } = harness(plain);
  const cases: readonly (readonly [Record<string, string>, object])[] = [
    [{}, { name: "jane", groups: ["dev"] }],
    [{ [user]: "bob" }, { name: "bob", groups: ["system:authenticated"] }],
    [
      { [user]: "bob", "impersonate-group": "a,b;c;c", "impersonate-uid": "1", "impersonate-extra-scopes": "x;y" },
      { name: "bob", uid: "1", groups: ["a,b", "c", "c", "system:authenticated"], extra: { scopes: ["x", "y"] } },
    ],
    [
      { [user]: "system:serviceaccount:n:a" },
      {
        name: "system:serviceaccount:n:a",
        groups: ["system:serviceaccounts", "system:serviceaccounts:n", "system:authenticated"],
      },
    ],
    // Not the name of an account.
    [{ [user]: "system:serviceaccount:N:a" }, { name: "system:serviceaccount:N:a", groups: ["system:authenticated"] }],
    [{ [user]: "system:anonymous" }, { name: "system:anonymous", groups: ["system:unauthenticated"] }],
    [
      { [user]: "x", "impersonate-group": "system:unauthenticated" },
      { name: "x", groups: ["system:unauthenticated"] },
    ],
  ];
  for (const [headers, expected] of cases) assert.deepEqual(await run(headers), expected);
});

test("what is missing is told", async () => {
  const { run } = harness([...plain.slice(0, 1), plain[4]!.replace("*", "view")]);
  const cannot = 'User "jane" cannot impersonate resource';
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [
      { "impersonate-group": "a", "impersonate-extra-k": "v" },
      'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"a"}, Extra:map[string][]string{"k":[]string{"v"}}} without impersonating a user name',
    ],
    [
      { "impersonate-uid": "1" },
      'requested &user.DefaultInfo{Name:"", UID:"1", Groups:[]string(nil), Extra:map[string][]string(nil)} without impersonating a user name',
    ],
    [
      { [user]: "bob", "impersonate-group": "a" },
      'pods is forbidden: User "jane" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "n"',
    ],
    // Once the plain right has been of use, its refusal is the one to show.
    [{ [user]: "bob" }, ""],
    [
      { [user]: "bob", "impersonate-group": "a" },
      `groups "a" is forbidden: ${cannot} "groups" in API group "" at the cluster scope`,
    ],
    [
      { [user]: "bob", "impersonate-extra-scopes": "view;<edit>" },
      `userextras.authentication.k8s.io "<edit>" is forbidden: ${cannot} "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope`,
    ],
    [
      { [user]: "system:serviceaccount:n:a" },
      `serviceaccounts "a" is forbidden: ${cannot} "serviceaccounts" in API group "" in the namespace "n"`,
    ],
  ];
  for (const [headers, expected] of cases) {
    const outcome = await run(headers);
    assert.equal(typeof outcome === "string" ? outcome : "", expected);
  }
});

test("narrow rights", async () => {
  const node = { name: "system:node:n1", groups: ["system:nodes", "system:authenticated"] };
  const arbitrary = harness([
    "impersonate-on:arbitrary-node:list /pods *",
    "impersonate:arbitrary-node authentication.k8s.io/nodes n1",
  ]);
  assert.deepEqual(await arbitrary.run({ [user]: "system:node:n1" }), { ...node, by: "impersonate:arbitrary-node" });
  assert.match(String(await arbitrary.run({ [user]: "system:node:n2" })), /^nodes\.authentication\.k8s\.io "n2" is/);
  const own = harness([
    "impersonate-on:associated-node:list /pods *",
    "impersonate:associated-node authentication.k8s.io/nodes *",
  ]);
  const agent = {
    name: "system:serviceaccount:n:agent",
    extra: { "authentication.kubernetes.io/node-name": ["n1"] },
  };
  assert.deepEqual(await own.run({ [user]: "system:node:n1" }, agent), { ...node, by: "impersonate:associated-node" });
  assert.equal(typeof (await own.run({ [user]: "system:node:n2" }, agent)), "string");
  const info = harness([
    "impersonate-on:user-info:list /pods *",
    "impersonate:user-info authentication.k8s.io/users *",
    "impersonate:user-info authentication.k8s.io/groups *",
    "impersonate:user-info authentication.k8s.io/userextras/* *",
  ]);
  assert.deepEqual(await info.run({ [user]: "bob", "impersonate-group": "a;b;c;d" }), {
    name: "bob",
    groups: ["a", "b", "c", "d", "system:authenticated"],
    by: "impersonate:user-info",
  });
  assert.equal(info.asked.at(-1), "impersonate:user-info authentication.k8s.io/groups *");
  const refusals: readonly (readonly [Record<string, string>, RegExp])[] = [
    [
      { [user]: "bob", "impersonate-group": "system:masters" },
      /impersonating the system:masters group is not allowed$/,
    ],
    [{ [user]: "bob", "impersonate-group": "" }, /impersonating the empty string group is not allowed$/],
    [
      { [user]: "bob", "impersonate-extra-scopes": "x" },
      /in extra is not allowed: extra\.key: Invalid value: "scopes"/,
    ],
    [
      { [user]: "bob", "impersonate-extra-a.io/b": "" },
      /impersonating the empty string value in extra is not allowed$/,
    ],
  ];
  for (const [headers, expected] of refusals) assert.match(String(await info.run(headers)), expected);
});
