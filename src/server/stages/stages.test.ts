import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "#api/errors.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { createLog, silentLog } from "#base/log.ts";
import { admin, settle, testServer, TestServer } from "#server/api-server.fake.ts";
import type { Authorizer, Call, Handler, Routed } from "#server/pipeline.ts";
import { deadline, maxInFlight } from "./limits.ts";
import { recover } from "./recover.ts";
import { requestInfo } from "./route.ts";

test("what paths and methods mean", () => {
  // method path → verb group/version resource/subresource namespace name rest
  const cases: readonly (readonly [string, string, string])[] = [
    ["GET", "/api/v1/pods", "list /v1 pods - -"],
    ["GET", "/api/v1/pods?watch=true", "watch /v1 pods - -"],
    ["GET", "/api/v1/pods?watch=0", "list /v1 pods - -"],
    ["GET", "/api/v1/pods?watch", "watch /v1 pods - -"],
    ["GET", "/api/v1/namespaces/a/pods/x?watch=1", "get /v1 pods a x"],
    ["GET", "/api/v1/watch/namespaces/a/pods/x", "watch /v1 pods a x"],
    ["GET", "/api/v1/watch/pods", "watch /v1 pods - -"],
    ["GET", "/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx", "list /v1 pods a x"],
    ["GET", "/api/v1/namespaces", "list /v1 namespaces - -"],
    ["GET", "/api/v1/namespaces/a", "get /v1 namespaces a a"],
    ["PUT", "/api/v1/namespaces/a/finalize", "update /v1 namespaces/finalize a a"],
    ["GET", "/api/v1/namespaces/a/status", "get /v1 namespaces/status a a"],
    ["DELETE", "/api/v1/namespaces/a/pods", "deletecollection /v1 pods a -"],
    ["POST", "/apis/apps/v1/namespaces/a/deployments", "create apps/v1 deployments a -"],
    ["PATCH", "/apis/apps/v1/namespaces/a/deployments/d/scale", "patch apps/v1 deployments/scale a d"],
    ["GET", "/api/v1/namespaces/a/pods/x/proxy/some/path/", "get /v1 pods/proxy a x some/path/"],
    ["GET", "/api/v1/nodes/n", "get /v1 nodes - n"],
    ["GET", "/api/v1/proxy/nodes/n/x", "proxy /v1 nodes - n"],
    ["GET", "/api/v1//pods", "get /v1  - pods"],
    ["GET", "/api/v1/namespaces//pods", "list /v1 pods - -"],
    ["GET", "//api/v1/pods/", "list /v1 pods - -"],
    ["GET", "/apis/apps/v1", "non-resource get"],
    ["POST", "/healthz", "non-resource post"],
  ];
  for (const [method, url, expected] of cases) {
    const [path = "", query = ""] = url.split("?");
    const info = requestInfo(method, path, new URLSearchParams(query));
    const { verb, group, version, resource, subresource, namespace, name, rest } = info;
    const text = info.isResource
      ? `${verb} ${group}/${version} ${resource}${subresource ? `/${subresource}` : ""} ${namespace || "-"} ${name || "-"}${rest ? ` ${rest}` : ""}`
      : `non-resource ${verb}`;
    assert.equal(text, expected, `${method} ${url}`);
  }
});

test("refusals have the texts that clients know", async () => {
  const nobody: Authorizer = { authorize: (user) => ({ allowed: user.groups.includes("system:masters"), reason: "" }) };
  await using server = await testServer({ authorizer: () => nobody });
  const user = { name: "u", groups: [] };
  const cases: readonly (readonly [string, string, string])[] = [
    [
      "GET",
      "/api/v1/namespaces/n/pods",
      'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "n"',
    ],
    [
      "GET",
      "/apis/apps/v1/namespaces/n/deployments/x",
      'deployments.apps "x" is forbidden: User "u" cannot get resource "deployments" in API group "apps" in the namespace "n"',
    ],
    [
      "GET",
      "/api/v1/nodes",
      'nodes is forbidden: User "u" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [
      "PUT",
      "/api/v1/namespaces/n/pods/x/status",
      'pods "x" is forbidden: User "u" cannot update resource "pods/status" in API group "" in the namespace "n"',
    ],
    ["GET", "/metrics", 'forbidden: User "u" cannot get path "/metrics"'],
  ];
  for (const [method, url, message] of cases) {
    const answer = await server.ask(method, url, undefined, { user });
    assert.deepEqual([answer.code, answer.body.reason, answer.body.message], [403, "Forbidden", message]);
  }
});

test("nobody in particular is unauthorized", async () => {
  await using server = await testServer({
    authenticator: {
      authenticate: ({ peer }) => Promise.resolve(peer.trustedUser === admin ? undefined : peer.trustedUser),
    },
  });
  const answer = await server.ask("GET", "/api/v1/pods");
  assert.deepEqual([answer.code, answer.body.message], [401, "Unauthorized"]);
});

test("what fails inside is logged, and not told", async () => {
  const lines: string[] = [];
  const clock = new VirtualClock();
  const server = await new TestServer({
    log: createLog({ clock, write: (line) => lines.push(line) }),
    paths: () => [
      ({ path }) => {
        if (path === "/broken") throw new Error("secret detail");
        return undefined;
      },
    ],
  }).start();
  const answer = await server.ask("GET", "/broken");
  assert.deepEqual([answer.code, answer.body.reason], [500, "InternalError"]);
  assert.ok(!JSON.stringify(answer.body).includes("secret"));
  assert.ok(lines.some((line) => line.includes("secret detail") && line.includes('"/broken"')));
  await server[Symbol.asyncDispose]();
});

const callTo = (verb: string, subresource = ""): Routed =>
  ({
    info: { ...requestInfo("GET", "/api/v1/pods", new URLSearchParams()), verb, subresource },
    peer: { address: "" },
    signal: new AbortController().signal,
    path: "/",
    query: new URLSearchParams(),
    receivedAt: 0,
  }) as unknown as Routed;
const code = async (handler: Handler<Routed>, call: Routed): Promise<number> => {
  const reply = await recover(silentLog)(handler as Handler<Call>)(call);
  return reply.type === "object" ? reply.code : 200;
};

test("what a client can have at will is not logged as a fault", async () => {
  const cases: readonly (readonly [unknown, number])[] = [
    [new ApiError("ServiceUnavailable", 'no endpoints available for service "a"'), 0],
    [new ApiError("Timeout", "Too large resource version"), 0],
    [new ApiError("InternalError", "Internal error occurred"), 1],
    [new Error("a bug"), 1],
    [new ApiError("BadRequest", "no"), 0],
  ];
  for (const [error, lines] of cases) {
    const logged: string[] = [];
    const log = createLog({ clock: new VirtualClock(), write: (line) => void logged.push(line) });
    await recover(log)(() => Promise.reject(error))(callTo("get"));
    assert.equal(logged.length, lines, String(error));
  }
});

test("short requests have a deadline, long ones have none", async () => {
  const clock = new VirtualClock();
  let seen: AbortSignal | undefined;
  const handler = deadline(clock)((call) => {
    seen = call.signal;
    return new Promise(() => undefined);
  });
  const short = code(handler, { ...callTo("list"), receivedAt: clock.now() });
  assert.equal(clock.nextAt(), clock.now() + 60_000);
  clock.runNext(Infinity);
  assert.equal(await short, 504);
  assert.equal(seen?.aborted, true);
  for (const [asked, ms] of [
    ["5s", 5_000],
    ["0", 60_000],
    ["-1s", 60_000],
    ["2h", 60_000],
  ] as const) {
    const call = { ...callTo("list"), query: new URLSearchParams({ timeout: asked }), receivedAt: clock.now() };
    void code(handler, call);
    assert.equal(clock.nextAt(), clock.now() + ms, asked);
    clock.runNext(Infinity);
  }
  assert.equal(await code(handler, { ...callTo("list"), query: new URLSearchParams("timeout=x") }), 400);
  for (const [verb, subresource] of [
    ["watch", ""],
    ["create", "exec"],
    ["get", "log"],
  ]) {
    void handler(callTo(verb!, subresource));
    assert.equal(clock.nextAt(), undefined);
  }
});

test("too many requests at once are turned away", async () => {
  const release: (() => void)[] = [];
  const handler = maxInFlight({ reading: 1, writing: 1 })(
    () => new Promise((resolve) => release.push(() => resolve({ type: "taken" }))),
  );
  const first = code(handler, callTo("list"));
  assert.equal(await code(handler, callTo("get")), 429);
  const write = code(handler, callTo("create"));
  const watch = code(handler, callTo("watch"));
  for (const done of release) done();
  assert.deepEqual(await Promise.all([first, write, watch]), [200, 200, 200]);
  await settle();
  const again = code(handler, callTo("get"));
  release.at(-1)!();
  assert.equal(await again, 200);
});
