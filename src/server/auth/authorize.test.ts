import assert from "node:assert/strict";
import { test } from "node:test";
import { SelfSubjectAccessReview } from "#api/authorization/self-subject-access-review.ts";
import { SelfSubjectRulesReview } from "#api/authorization/self-subject-rules-review.ts";
import { ClusterRoleBinding } from "#api/rbac/cluster-role-binding.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import { RoleBinding } from "#api/rbac/role-binding.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import type { Authorizer, RequestInfo, UserInfo } from "#server/pipeline.ts";
import { onlyTokens, staticTokens } from "./authenticate.ts";
import { Authorization, firstToDecide } from "./authorize.ts";
import { createReviews } from "./reviews.ts";
import { objectsOf } from "./stored-objects.fake.ts";
import { webhookAuthorizer } from "./webhook-authorizer.ts";

const info = (over: Partial<RequestInfo> = {}): RequestInfo => ({
  verb: "get",
  isResource: true,
  group: "",
  version: "v1",
  resource: "pods",
  subresource: "",
  namespace: "n",
  name: "x",
  rest: "",
  ...over,
});
const bob: UserInfo = { name: "bob", groups: ["devs"] };
const node: UserInfo = { name: "system:node:n1", groups: ["system:nodes"] };

function policy(): Authorization {
  const objects = objectsOf();
  objects.set(ClusterRole, {
    metadata: { name: "reader" },
    rules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }],
  });
  const bind = (
    kind: typeof RoleBinding | typeof ClusterRoleBinding,
    name: string,
    role: string,
    subject: object,
  ): void =>
    objects.set(kind, {
      metadata: { name, ...(kind === RoleBinding ? { namespace: "n" } : {}) },
      roleRef: { kind: "ClusterRole", name: role },
      subjects: [subject],
    });
  bind(ClusterRoleBinding, "devs", "reader", { kind: "Group", name: "devs" });
  bind(RoleBinding, "sa", "reader", { kind: "ServiceAccount", name: "robot" });
  bind(RoleBinding, "lost", "gone", { kind: "User", name: "bob" });
  return new Authorization(objects);
}

test("decisions say why", () => {
  const authorization = policy();
  const cases: readonly (readonly [UserInfo, Partial<RequestInfo>, boolean, string])[] = [
    [bob, {}, true, 'RBAC: allowed by ClusterRoleBinding "devs" of ClusterRole "reader" to Group "devs"'],
    [
      { name: "system:serviceaccount:n:robot", groups: [] },
      {},
      true,
      'RBAC: allowed by RoleBinding "sa/n" of ClusterRole "reader" to ServiceAccount "robot/n"',
    ],
    [bob, { verb: "delete" }, false, 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found'],
    [bob, { verb: "delete", namespace: "other" }, false, ""],
    [{ name: "root", groups: ["system:masters"] }, { verb: "delete" }, true, ""],
    [node, { resource: "secrets" }, false, "no relationship found between node 'n1' and this object"],
    [node, { resource: "secrets", name: "", verb: "list" }, false, "No Object name found"],
  ];
  for (const [user, over, allowed, reason] of cases) {
    const decision = authorization.authorize(user, info(over), { path: "" });
    assert.deepEqual([decision.allowed, decision.reason], [allowed, reason]);
  }
});

test("a webhook is asked for what nobody else allows, once for a while", async () => {
  const clock = new VirtualClock();
  const asked: string[] = [];
  let isDown = false;
  const webhook = webhookAuthorizer({
    target: { url: "https://may.example" },
    clock,
    log: silentLog,
    ask: ({ body }) => {
      if (isDown) return Promise.reject(new Error("down"));
      const { spec } = body as { spec: { resourceAttributes: { verb: string } } };
      asked.push(spec.resourceAttributes.verb);
      const status = { list: { allowed: true, reason: "so" }, delete: { allowed: false, denied: true } }[
        spec.resourceAttributes.verb
      ];
      return Promise.resolve({ status: status ?? { allowed: false, reason: "not mine" } });
    },
  });
  const last: Authorizer = { authorize: () => ({ allowed: true, reason: "last" }) };
  const authorizer = firstToDecide([policy(), webhook, last]);
  const decide = async (verb: string): Promise<string> => {
    const { allowed, reason } = await authorizer.authorize(bob, info({ verb, namespace: "o" }), { path: "" });
    return `${allowed} ${reason ?? ""}`;
  };
  assert.match(await decide("get"), /^true RBAC/);
  assert.equal(await decide("list"), "true so");
  assert.equal(await decide("delete"), "false ");
  assert.equal(await decide("watch"), "true last");
  await decide("list");
  assert.deepEqual(asked, ["list", "delete", "watch"]);
  isDown = true;
  clock.moveTo(clock.now() + 30_000);
  assert.equal(await decide("list"), "true so");
  assert.equal(await decide("delete"), "true last");
  const { allowed, error } = await firstToDecide([policy(), webhook]).authorize(bob, info({ verb: "patch" }), {
    path: "",
  });
  assert.deepEqual([allowed, error], [false, "down"]);
});

test("a webhook is told what a list selects", async () => {
  let spec: object | undefined;
  const webhook = webhookAuthorizer({
    target: { url: "https://may.example" },
    clock: new VirtualClock(),
    log: silentLog,
    ask: ({ body }) => {
      ({ spec } = body as { spec: object });
      return Promise.resolve({ status: {} });
    },
  });
  const over = { verb: "list", name: "", fieldSelector: "a=b,c!=d", labelSelector: "x in (1,2),!y,z>1" };
  await webhook.authorize(bob, info(over), { path: "" });
  assert.deepEqual(spec, {
    user: "bob",
    groups: ["devs"],
    resourceAttributes: {
      namespace: "n",
      verb: "list",
      version: "v1",
      resource: "pods",
      fieldSelector: {
        requirements: [
          { key: "a", operator: "In", values: ["b"] },
          { key: "c", operator: "NotIn", values: ["d"] },
        ],
      },
      labelSelector: {
        requirements: [
          { key: "x", operator: "In", values: ["1", "2"] },
          { key: "y", operator: "DoesNotExist" },
        ],
      },
    },
  });
});

test("reviews tell what the authorizer says, and what cannot be listed", async () => {
  const authorization = policy();
  const tokens = onlyTokens(staticTokens(new Map()), ["api"]);
  const reviews = createReviews({ authorizer: authorization, rbac: authorization.rbac, tokens, unlisted: ["webhook"] });
  const signal = new AbortController().signal;
  const review = async (kind: Parameters<typeof reviews.get>[0], spec: object, user: UserInfo): Promise<unknown> => {
    const answer = await reviews.get(kind)!({ spec } as never, { user, namespace: "", now: "", signal });
    return (answer as { status?: unknown }).status;
  };
  const attributes = { resourceAttributes: { verb: "get", resource: "pods", namespace: "n" } };
  assert.deepEqual(await review(SelfSubjectAccessReview, attributes, bob), {
    allowed: true,
    reason: 'RBAC: allowed by ClusterRoleBinding "devs" of ClusterRole "reader" to Group "devs"',
  });
  assert.deepEqual(await review(SelfSubjectRulesReview, { namespace: "n" }, node), {
    resourceRules: [],
    nonResourceRules: [],
    incomplete: true,
    evaluationError:
      "[node authorizer does not support user rule resolution, webhook authorizer does not support user rule resolution]",
  });
});
