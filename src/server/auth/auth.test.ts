import { test } from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { Pod } from "#api/core/pod.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { ClusterRoleBinding } from "#api/rbac/cluster-role-binding.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import type { Draft } from "#api/schema.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import { Authorization, refusal } from "./authorize.ts";
import { planPolicy } from "./bootstrap.ts";
import { ruleAllows, ruleText, uncovered, type Attributes } from "./rbac-rules.ts";
import type { UserInfo } from "#server/pipeline.ts";
import { ServiceAccountTokens } from "./service-account-tokens.ts";
import { objectsOf } from "./stored-objects.fake.ts";

const ask = (over: Partial<Attributes>): Attributes => ({
  verb: "get",
  isResource: true,
  group: "",
  resource: "pods",
  name: "",
  namespace: "ns",
  path: "",
  ...over,
});

test("a rule allows what it names", () => {
  const cases: [PolicyRule, Partial<Attributes>, boolean][] = [
    [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }, {}, true],
    [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }, { resource: "pods/log" }, false],
    [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }, { resource: "pods/log", verb: "x" }, true],
    [{ verbs: ["get"], apiGroups: [""], resources: ["*/log"] }, { resource: "pods/log" }, true],
    [{ verbs: ["get"], apiGroups: ["apps"], resources: ["pods"] }, {}, false],
    [{ verbs: ["get"], apiGroups: [""], resources: ["pods"], resourceNames: ["a"] }, { name: "b" }, false],
    [{ verbs: ["get"], apiGroups: [""], resources: ["pods"], resourceNames: ["a"] }, { name: "a" }, true],
    [{ verbs: ["get"], nonResourceURLs: ["/healthz/*"] }, { isResource: false, path: "/healthz/etcd" }, true],
    [{ verbs: ["get"], nonResourceURLs: ["/healthz"] }, { isResource: false, path: "/metrics" }, false],
  ];
  for (const [rule, asked, allowed] of cases)
    assert.equal(ruleAllows(rule, ask(asked)), allowed, JSON.stringify([rule, asked]));
});

test("what one set of rules lacks of another", () => {
  const owned = [{ verbs: ["get", "list"], apiGroups: [""], resources: ["pods"] }];
  assert.deepEqual(uncovered(owned, [{ verbs: ["get", "delete"], apiGroups: [""], resources: ["pods"] }]), [
    { verbs: ["delete"], apiGroups: [""], resources: ["pods"] },
  ]);
  assert.equal(
    ruleText({ verbs: ["get"], apiGroups: [""], resources: ["pods"] }),
    '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}',
  );
});

test("the bootstrap policy: what people changed stays, what is missing comes back", () => {
  const objects = objectsOf();
  const needs = [
    { verbs: ["get", "patch"], apiGroups: ["batch"], resources: ["jobs"] },
    { verbs: ["get"], apiGroups: ["apps"], resources: ["statefulsets"] },
  ];
  const controllers = new Map([["job-controller", needs]]);
  for (const write of planPolicy(objects, controllers)) objects.set(write.kind, write.object);
  // What upstream's role has not is in a role of its own.
  assert.deepEqual(objects.get(ClusterRole, "timonier:controller:job-controller")?.rules, [needs[1]]);
  const view = objects.get(ClusterRole, "system:aggregate-to-view")!;
  const { metadata } = view;
  const rules = (view.rules ?? []) as PolicyRule[];
  objects.set(ClusterRole, {
    ...view,
    rules: [...rules.slice(1), needs[1]],
    metadata: { ...metadata, labels: { mine: "1" }, annotations: { ...metadata.annotations, mine: "2" } },
  });
  const node = objects.get(ClusterRoleBinding, "system:node")!;
  assert.equal(node.subjects, undefined);
  const dns = objects.get(ClusterRoleBinding, "system:kube-dns")!;
  objects.set(ClusterRoleBinding, { ...dns, subjects: [] });
  const off = { "rbac.authorization.kubernetes.io/autoupdate": "false" };
  const basic = objects.get(ClusterRoleBinding, "system:basic-user")!;
  objects.set(ClusterRoleBinding, {
    ...basic,
    subjects: [],
    metadata: { ...basic.metadata, annotations: off },
  });
  const writes = planPolicy(objects, controllers);
  assert.deepEqual(
    writes.map(({ object }) => object.metadata?.name),
    ["system:aggregate-to-view", "system:kube-dns"],
  );
  const [role, binding] = writes.map(({ object }) => object as Draft<ClusterRole & ClusterRoleBinding>);
  assert.deepEqual(role?.metadata?.labels, { ...metadata.labels, mine: "1" });
  assert.equal(role?.metadata?.annotations?.["mine"], "2");
  const granted = (role?.rules ?? []) as PolicyRule[];
  assert.ok(granted.includes(needs[1]!));
  assert.deepEqual(uncovered(granted, rules), []);
  assert.deepEqual(binding?.subjects, dns.subjects);
});

test("the bootstrap policy lets the right people in and is complete after one pass", () => {
  const objects = objectsOf();
  const controllers = new Map([
    ["x-controller", [{ verbs: ["update"], apiGroups: ["apps"], resources: ["deployments"] }]],
  ]);
  for (const write of planPolicy(objects, controllers)) objects.set(write.kind, write.object);
  assert.deepEqual(planPolicy(objects, controllers), []);
  const authorization = new Authorization(objects);
  const may = (name: string, groups: string[], over: Partial<Attributes>): boolean =>
    authorization.decide({ name, groups }, ask(over)).allowed;
  assert.equal(may("admin", ["system:masters"], { verb: "delete", resource: "nodes" }), true);
  assert.equal(may("bob", ["system:authenticated"], {}), false);
  assert.equal(may("bob", ["system:authenticated"], { isResource: false, path: "/apis/apps" }), true);
  assert.equal(may("system:anonymous", ["system:unauthenticated"], { isResource: false, path: "/version" }), true);
  assert.equal(may("system:anonymous", ["system:unauthenticated"], { isResource: false, path: "/apis" }), false);
  assert.equal(
    may("system:serviceaccount:kube-system:x-controller", [], {
      verb: "update",
      group: "apps",
      resource: "deployments",
    }),
    true,
  );
  assert.equal(may("system:kube-scheduler", [], { verb: "create", resource: "pods/binding" }), true);
  const text = refusal({ name: "bob", groups: [] }, ask({ verb: "list", namespace: "" }));
  assert.equal(text, 'User "bob" cannot list resource "pods" in API group "" at the cluster scope');
});

test("a node reads what its own pods use and nothing else", () => {
  const objects = objectsOf();
  const spec = {
    nodeName: "n1",
    serviceAccountName: "sa",
    containers: [],
    volumes: [{ name: "v", secret: { secretName: "mine" } }],
  };
  objects.set(Pod, { metadata: { name: "p", namespace: "ns" }, spec });
  const authorization = new Authorization(objects);
  const may = (node: string, over: Partial<Attributes>): boolean =>
    authorization.decide({ name: `system:node:${node}`, groups: ["system:nodes"] }, ask(over)).allowed;
  assert.equal(may("n1", { resource: "secrets", name: "mine" }), true);
  assert.equal(may("n2", { resource: "secrets", name: "mine" }), false);
  assert.equal(may("n1", { resource: "secrets", name: "other" }), false);
  assert.equal(may("n1", { resource: "serviceaccounts/token", verb: "create", name: "sa" }), true);
  assert.equal(may("n1", { resource: "nodes/status", verb: "patch", name: "n1" }), true);
  // Whose pod or node it is, admission sees.
  assert.equal(may("n2", { resource: "pods", verb: "delete", name: "p" }), true);
  assert.equal(may("n2", { resource: "nodes", verb: "get", name: "n1" }), false);
});

test("a service account token holds until it expires, its key changes, or what it is bound to goes", () => {
  const objects = objectsOf();
  const clock = new VirtualClock();
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const options = { issuer: "https://x", audiences: ["https://x"], objects, clock, random: seededRandom(1) };
  const tokens = new ServiceAccountTokens({ ...options, signingKey: privateKey });
  const account = { name: "sa", uid: "u1" };
  objects.set(ServiceAccount, { metadata: { namespace: "ns", ...account } });
  objects.set(Pod, { metadata: { namespace: "ns", name: "p", uid: "u2" }, spec: { containers: [] } });
  const bound = tokens.issue(
    { namespace: "ns", serviceaccount: account, pod: { name: "p", uid: "u2" } },
    ["https://x"],
    600,
  ).token;
  const verify = (token: string, audiences?: string[]): UserInfo | string | undefined => {
    const verdict = tokens.verify(token, audiences);
    return verdict && ("user" in verdict ? verdict.user : verdict.refused);
  };
  const user = verify(bound) as UserInfo;
  assert.equal(user?.name, "system:serviceaccount:ns:sa");
  assert.deepEqual(user?.extra?.["authentication.kubernetes.io/pod-name"], ["p"]);
  assert.equal(verify(bound, ["other"]), 'token audiences ["https://x"] is invalid for the target audiences ["other"]');
  const unsigned = "go-jose/go-jose: error in cryptographic primitive";
  assert.equal(verify(bound.slice(0, -3) + "AAA"), unsigned);
  assert.equal(verify("junk"), undefined);
  const stranger = new ServiceAccountTokens({
    ...options,
    signingKey: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
  });
  assert.deepEqual(stranger.verify(bound), { refused: unsigned });
  objects.set(Pod, { metadata: { namespace: "ns", name: "p", uid: "u3" }, spec: { containers: [] } });
  assert.equal(verify(bound), "pod UID (u3) does not match service account pod ref claim (u2)");
  const plain = tokens.issue({ namespace: "ns", serviceaccount: account }, ["https://x"], 600).token;
  assert.ok(verify(plain));
  // Clocks may differ by a minute.
  clock.moveTo(clock.now() + 660_000);
  assert.ok(verify(plain));
  clock.moveTo(clock.now() + 1_000);
  assert.equal(verify(plain), "service account token has expired");
});
