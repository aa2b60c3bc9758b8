// Who may do what: accounts, tokens, reviews, certificates; and what is refused or filled in on the way.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assertIncludes, condition, includes, names, suite, type World } from "../../support/conformance.ts";
import { annotated, merged, supportsAllOperations } from "../../support/operations.ts";
import type { Wire } from "../../support/rest.ts";

const { conforms } = suite({ nodes: 1 });
const podOf = (name: string, spec: object = {}): object => ({
  metadata: { name },
  spec: { containers: [{ name: "c", image: "app:1" }], ...spec },
});

conforms("ServiceAccounts should allow opting out of API token automount", async ({ rest, path }) => {
  const accounts = path("/api/v1", "serviceaccounts");
  await rest.post(accounts, { metadata: { name: "mount" }, automountServiceAccountToken: true });
  await rest.post(accounts, { metadata: { name: "nomount" }, automountServiceAccountToken: false });
  const cases: readonly (readonly [account: string, pod: boolean | undefined, mounted: boolean])[] = [
    ["default", undefined, true],
    ["mount", undefined, true],
    ["nomount", undefined, false],
    ["default", true, true],
    ["mount", true, true],
    ["nomount", true, true],
    ["default", false, false],
    ["mount", false, false],
    ["nomount", false, false],
  ];
  for (const [serviceAccountName, automount, expected] of cases) {
    const says = automount === undefined ? {} : { automountServiceAccountToken: automount };
    const pod = podOf(`${serviceAccountName}-${automount}`, { serviceAccountName, ...says });
    const { spec } = await rest.post(path("/api/v1", "pods"), pod);
    const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    const isMounted = spec.containers[0].volumeMounts?.some((m: Wire) => m.mountPath === tokenPath) ?? false;
    assert.equal(isMounted, expected, `${serviceAccountName} ${automount}`);
  }
});
conforms(
  "ServiceAccounts should create a serviceAccountToken and ensure a successful TokenReview",
  async ({ rest, path, ns }) => {
    const accounts = path("/api/v1", "serviceaccounts");
    const { metadata } = await rest.post(accounts, { metadata: { name: "robot" } });
    const { status } = await rest.post(`${accounts}/robot/token`, { spec: {} });
    const review = await rest.post("/apis/authentication.k8s.io/v1/tokenreviews", { spec: { token: status.token } });
    assertIncludes(review.status, { authenticated: true, error: undefined }, "review");
    assertIncludes(review.status.user, { username: `system:serviceaccount:${ns}:robot`, uid: metadata.uid }, "user");
    const forged = { spec: { token: `${status.token.slice(0, -4)}AAAA` } };
    const refused = await rest.post("/apis/authentication.k8s.io/v1/tokenreviews", forged);
    assert.notEqual(refused.status.authenticated, true);
    const self = await rest.ask("/apis/authentication.k8s.io/v1/selfsubjectreviews", { body: {}, token: status.token });
    assert.equal(self.body.status.userInfo.username, `system:serviceaccount:${ns}:robot`);
  },
);
conforms("ServiceAccounts should update a ServiceAccount", async ({ rest, path }) => {
  const account = `${path("/api/v1", "serviceaccounts")}/changing`;
  const created = await rest.post(path("/api/v1", "serviceaccounts"), { metadata: { name: "changing" } });
  assert.equal(created.automountServiceAccountToken, undefined);
  const updated = await rest.update(account, (o) => ({ ...o, automountServiceAccountToken: true }));
  assert.equal(updated.automountServiceAccountToken, true);
  assert.equal((await rest.get(account)).automountServiceAccountToken, true);
});
conforms("SubjectReview should support SubjectReview API operations", async ({ rest, path, ns }) => {
  const { metadata } = await rest.post(path("/api/v1", "serviceaccounts"), { metadata: { name: "reader" } });
  const user = `system:serviceaccount:${ns}:reader`;
  const groups = ["system:authenticated", "system:serviceaccounts", `system:serviceaccounts:${ns}`];
  const resourceAttributes = { verb: "list", resource: "configmaps", namespace: ns, version: "v1" };
  const spec = { user, groups, uid: metadata.uid, resourceAttributes };
  const headers = { "impersonate-user": user, "impersonate-uid": metadata.uid };
  const isAllowed = async (): Promise<readonly boolean[]> => {
    const review = await rest.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", { spec });
    const reviews = path("/apis/authorization.k8s.io/v1", "localsubjectaccessreviews");
    const local = await rest.post(reviews, { metadata: { namespace: ns }, spec });
    const { code } = await rest.ask(path("/api/v1", "configmaps"), { headers });
    return [review.status.allowed, local.status.allowed, code === 200];
  };
  assert.deepEqual(await isAllowed(), [false, false, false]);
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }];
  await rest.post(path(rbac, "roles"), { metadata: { name: "reads" }, rules });
  await rest.post(path(rbac, "rolebindings"), {
    metadata: { name: "reads" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reads" },
    subjects: [{ kind: "ServiceAccount", name: "reader", namespace: ns }],
  });
  assert.deepEqual(await isAllowed(), [true, true, true]);
});

const signingRequest = readFileSync(join(import.meta.dirname, "../../fuzz/corpus/request.csr")).toString("base64");
const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const requestSpec = {
  request: signingRequest,
  signerName: "example.com/nobody",
  expirationSeconds: 3600,
  usages: ["digital signature", "key encipherment", "server auth"],
};
/** Any certificate in PEM form will do. */
const aCertificate = (world: World): Promise<string> =>
  world.cluster.listen().then(({ kubeconfig }) => JSON.parse(kubeconfig).users[0].user["client-certificate-data"]);
conforms("Certificates API should support CSR API operations", async (world) => {
  const { rest } = world;
  const { resources } = await rest.get("/apis/certificates.k8s.io/v1");
  for (const part of ["", "/approval", "/status"])
    assert.ok(
      resources.some((r: Wire) => r.name === `certificatesigningrequests${part}`),
      part,
    );
  const created = await rest.post(requests, { metadata: { name: "asked" }, spec: requestSpec });
  assertIncludes(created.spec, { ...requestSpec, username: "kubernetes-admin" }, "who asks is filled in");
  const mine = await rest.get(`${requests}?fieldSelector=spec.signerName%3Dexample.com%2Fnobody`);
  assert.deepEqual(names(mine), ["asked"]);

  const path = `${requests}/asked`;
  const told = (type: string): object => ({ type, status: "True", reason: "Told", message: "x" });
  assertIncludes(await rest.get(`${path}/approval`), { metadata: { uid: created.metadata.uid } }, "approval");
  const patched = await rest.patch(
    `${path}/approval`,
    "merge",
    annotated("patchedapproval", { status: { conditions: [told("Other")] } }),
  );
  assertIncludes(patched, annotated("patchedapproval"), "patched approval");
  assert.equal(patched.status.conditions.length, 1);
  const approve = (o: Wire): Wire => merged(o, { status: { conditions: [...o.status.conditions, told("Approved")] } });
  const approved = await rest.update(path, approve, `${path}/approval`);
  assert.deepEqual(
    approved.status.conditions.map((c: Wire) => c.type),
    ["Other", "Approved"],
  );
  const undone = await rest.refusal(`${path}/approval`, {
    method: "PUT",
    body: merged(approved, { status: { conditions: [told("Other")] } }),
  });
  assert.match(undone.message, /updates may not remove a condition of type "Approved"/);

  const certificate = await aCertificate(world);
  const issued = await rest.patch(`${path}/status`, "merge", annotated("patchedstatus", { status: { certificate } }));
  assertIncludes(issued, annotated("patchedstatus", { status: { certificate } }), "patched status");
  const add = (o: Wire): Wire => merged(o, { status: { conditions: [...o.status.conditions, told("StatusUpdate")] } });
  assert.ok(condition(await rest.update(path, add, `${path}/status`), "StatusUpdate"));
  await rest.delete(path);

  await supportsAllOperations(world, {
    apiVersion: "certificates.k8s.io/v1",
    plural: "certificatesigningrequests",
    kind: "CertificateSigningRequest",
    body: { spec: requestSpec },
  });
});

const policies = { validating: "validatingadmissionpolicies", mutating: "mutatingadmissionpolicies" } as const;
/** Holds in the test's namespace only. */
async function enforces({ rest, ns }: World, kind: keyof typeof policies, spec: object): Promise<void> {
  const collection = `/apis/admissionregistration.k8s.io/v1/${policies[kind]}`;
  const resourceRules = [
    { operations: ["CREATE"], apiGroups: ["apps"], apiVersions: ["v1"], resources: ["deployments"] },
  ];
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": ns } };
  const matchConstraints = { resourceRules, namespaceSelector };
  const name = `${ns}.example.com`;
  await rest.post(collection, { metadata: { name }, spec: { matchConstraints, ...spec } });
  const actions = kind === "validating" ? { validationActions: ["Deny"] } : {};
  const binding = { policyName: name, ...actions, matchResources: { namespaceSelector } };
  await rest.post(collection.replace(/policies$/, "policybindings"), { metadata: { name }, spec: binding });
}
const workload = (name: string, replicas: number): object => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "c", image: "app:1" }] } },
  },
});
conforms("ValidatingAdmissionPolicy should validate against a Deployment", async (world) => {
  const { rest, path, ns } = world;
  await enforces(world, "validating", {
    validations: [
      {
        expression: "object.spec.replicas > 1",
        messageExpression: "'wants replicas > 1, got ' + string(object.spec.replicas)",
      },
      { expression: `namespaceObject.metadata.name == '${ns}'`, message: "another namespace" },
    ],
  });
  const denied = await rest.refusal(path("/apis/apps/v1", "deployments"), { body: workload("one", 1) });
  assertIncludes(denied, { code: 422, reason: "Invalid" }, "denied");
  assert.match(denied.message, /denied request: wants replicas > 1, got 1$/);
  await rest.post(path("/apis/apps/v1", "deployments"), workload("two", 2));
  await rest.post(path("/apis/apps/v1", "replicasets"), workload("set", 1));
  await rest.post("/apis/apps/v1/namespaces/default/deployments", workload("elsewhere", 1));
});
conforms("ValidatingAdmissionPolicy should allow expressions to refer variables.", async (world) => {
  const { rest, path } = world;
  await enforces(world, "validating", {
    variables: [
      { name: "replicas", expression: "object.spec.replicas" },
      { name: "oddReplicas", expression: "variables.replicas % 2 == 1" },
    ],
    validations: [{ expression: "variables.replicas > 1" }, { expression: "variables.oddReplicas" }],
  });
  const deployments = path("/apis/apps/v1", "deployments");
  for (const replicas of [1, 2])
    assert.equal((await rest.refusal(deployments, { body: workload(`x${replicas}`, replicas) })).reason, "Invalid");
  await rest.post(deployments, workload("x3", 3));
  await rest.post(path("/apis/apps/v1", "replicasets"), workload("set", 1));
});

for (const [title, expression, expected] of [
  [
    "MutatingAdmissionPolicy should mutate a Deployment",
    "Object{spec: Object.spec{replicas: 3}}",
    { spec: { replicas: 3 } },
  ],
  [
    "MutatingAdmissionPolicy should mutate a Deployment with annotations",
    'Object{metadata: Object.metadata{annotations: {"my-key": "my-value"}}}',
    { metadata: { annotations: { "my-key": "my-value" } } },
  ],
] as const)
  conforms(title, async (world) => {
    const { rest, path } = world;
    const mutations = [{ patchType: "ApplyConfiguration", applyConfiguration: { expression } }];
    await enforces(world, "mutating", { mutations, reinvocationPolicy: "Never" });
    const created = await rest.post(path("/apis/apps/v1", "deployments"), workload("d", 1));
    assertIncludes(created, expected, "mutated");
    const elsewhere = await rest.post("/apis/apps/v1/namespaces/default/deployments", workload(`not-${world.ns}`, 0));
    assert.ok(!includes(elsewhere, expected));
  });

conforms("Sysctls should reject invalid sysctls", async ({ rest, path }) => {
  const sysctls = [
    { name: "foo-", value: "bar" },
    { name: "kernel.shmmax", value: "100000000" },
    { name: "safe-and-unsafe", value: "100000000" },
    { name: "bar..", value: "42" },
  ];
  const { message } = await rest.refusal(path("/api/v1", "pods"), {
    body: podOf("s", { securityContext: { sysctls } }),
  });
  for (const bad of ["foo-", "bar.."]) assert.ok(message.includes(`Invalid value: "${bad}"`), message);
  for (const good of ["safe-and-unsafe", "kernel.shmmax"]) assert.ok(!message.includes(good), message);
});
conforms("RuntimeClass should reject a Pod requesting a non-existent RuntimeClass", async ({ rest, path }) => {
  const body = podOf("p", { runtimeClassName: "nonexistent" });
  const status = await rest.refusal(path("/api/v1", "pods"), { body });
  assertIncludes(status, { code: 403, reason: "Forbidden" }, "rejected");
  assert.match(status.message, /RuntimeClass "nonexistent" not found/);
});
conforms("RuntimeClass should reject a Pod requesting a deleted RuntimeClass", async ({ rest, path, cluster }) => {
  const classes = "/apis/node.k8s.io/v1/runtimeclasses";
  await rest.post(classes, { metadata: { name: "delete-me" }, handler: "runc" });
  const body = podOf("p", { runtimeClassName: "delete-me" });
  await rest.post(path("/api/v1", "pods"), body);
  await rest.delete(`${classes}/delete-me`);
  await cluster.until(async () => (await rest.ask(`${classes}/delete-me`)).code === 404);
  const again = merged(body, { metadata: { name: "again" } });
  assert.equal((await rest.refusal(path("/api/v1", "pods"), { body: again })).reason, "Forbidden");
});
conforms(
  "LimitRange should create a LimitRange with defaults and ensure pod has those defaults applied.",
  async ({ rest, path, cluster }) => {
    const amounts = (cpu: string, memory: string, storage: string): object => ({
      cpu,
      memory,
      "ephemeral-storage": storage,
    });
    const limit = {
      type: "Container",
      min: amounts("50m", "100Mi", "100Gi"),
      max: amounts("500m", "500Mi", "500Gi"),
      default: amounts("500m", "500Mi", "500Gi"),
      defaultRequest: amounts("100m", "200Mi", "200Gi"),
    };
    const ranges = path("/api/v1", "limitranges");
    const watch = await rest.watch(ranges);
    await rest.post(ranges, { metadata: { name: "range" }, spec: { limits: [limit] } });
    await watch.next("ADDED", (o) => o.metadata.name === "range");
    assert.deepEqual((await rest.get(`${ranges}/range`)).spec.limits, [limit]);

    const pods = path("/api/v1", "pods");
    const create = (name: string, resources: object): Promise<{ code: number; body: Wire }> =>
      rest.ask(pods, { body: podOf(name, { containers: [{ name: "c", image: "app:1", resources }] }) });
    const resourcesOf = async (name: string, resources: object): Promise<Wire> => {
      const { code, body } = await create(name, resources);
      assert.equal(code, 201, body.message);
      return body.spec.containers[0].resources;
    };
    assert.deepEqual(await resourcesOf("none", {}), { limits: limit.default, requests: limit.defaultRequest });
    const partly = { requests: amounts("100m", "150Mi", "150Gi"), limits: { cpu: "300m" } };
    assert.deepEqual(await resourcesOf("partly", partly), {
      requests: partly.requests,
      limits: { ...limit.default, cpu: "300m" },
    });
    const least = await create("less", { requests: amounts("10m", "50Mi", "50Gi") });
    assert.match(least.body.message, /minimum cpu usage per Container is 50m, but request is 10m/);
    const most = await create("more", { limits: amounts("600m", "600Mi", "600Gi") });
    assert.match(most.body.message, /maximum cpu usage per Container is 500m, but limit is 600m/);

    await rest.update(`${ranges}/range`, (o) =>
      merged(o, { spec: { limits: [{ ...limit, min: amounts("9m", "49Mi", "49Gi") }] } }),
    );
    await watch.next("MODIFIED");
    await resourcesOf("less", { requests: amounts("10m", "50Mi", "50Gi") });
    assert.equal((await create("more", { limits: amounts("600m", "600Mi", "600Gi") })).code, 403);
    await rest.delete(`${ranges}/range`);
    await watch.next("DELETED");
    await cluster.until(async () => (await rest.get(ranges)).items.length === 0);
    await resourcesOf("more", { limits: amounts("600m", "600Mi", "600Gi") });
  },
);
