import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import { settle, testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import type { UserInfo } from "#server/pipeline.ts";
import { createAdmissionPlugins } from "./plugins.ts";

const withPlugins = (): Promise<TestServer> =>
  testServer({
    admission: (registry) =>
      createAdmissionPlugins({
        registry,
        clock: new VirtualClock(),
        random: seededRandom(3),
        authorizer: { authorize: () => ({ allowed: false }) },
      }),
  });
const pods = "/api/v1/namespaces/default/pods";
const pod = (name: string, spec: object = {}): Json => ({
  metadata: { name },
  spec: { containers: [{ name: "c", image: "i" }], ...spec },
});
const account = (server: TestServer, name = "default", more: object = {}): Promise<Json> =>
  server.create("/api/v1/namespaces/default/serviceaccounts", { metadata: { name }, ...more });

test("namespaces must exist, and take nothing new once they go", async () => {
  await using server = await withPlugins();
  const configmaps = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`;
  const missing = await server.ask("POST", configmaps("none"), { metadata: { name: "x" } });
  assert.deepEqual([missing.code, missing.body.message], [404, 'namespaces "none" not found']);
  await server.create("/api/v1/namespaces", { metadata: { name: "going" } });
  await server.create(configmaps("going"), { metadata: { name: "before" } });
  await server.delete("/api/v1/namespaces/going");
  const late = await server.ask("POST", configmaps("going"), { metadata: { name: "x" } });
  assert.equal(late.code, 403);
  assert.equal(
    late.body.message,
    'configmaps "x" is forbidden: unable to create new content in namespace going because it is being terminated',
  );
  assert.deepEqual(late.body.details.causes, [
    { reason: "NamespaceTerminating", message: "namespace going is being terminated", field: "metadata.namespace" },
  ]);
  await server.merge(`${configmaps("going")}/before`, { data: { a: "1" } });
  await server.delete(`${configmaps("going")}/before`);
  const immortal = await server.ask("DELETE", "/api/v1/namespaces/kube-system");
  assert.deepEqual(
    [immortal.code, immortal.body.message],
    [403, 'namespaces "kube-system" is forbidden: this namespace may not be deleted'],
  );
});

test("a pod gets an account, a token and tolerations", async () => {
  await using server = await withPlugins();
  await account(server, "default", { imagePullSecrets: [{ name: "login" }] });
  const made = await server.create(pods, pod("p"));
  assert.equal(made.spec.serviceAccountName, "default");
  assert.equal(made.spec.serviceAccount, "default");
  assert.deepEqual(made.spec.imagePullSecrets, [{ name: "login" }]);
  const [volume] = made.spec.volumes;
  assert.match(volume.name, /^kube-api-access-.{5}$/);
  assert.deepEqual(volume.projected, {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
        },
      },
    ],
    defaultMode: 420,
  });
  assert.deepEqual(made.spec.containers[0].volumeMounts, [
    { name: volume.name, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
  ]);
  assert.deepEqual(
    made.spec.tolerations.map((t: Json) => `${t.key} ${t.operator} ${t.effect} ${t.tolerationSeconds}`),
    ["node.kubernetes.io/not-ready Exists NoExecute 300", "node.kubernetes.io/unreachable Exists NoExecute 300"],
  );
  assert.deepEqual([made.spec.priority, made.spec.preemptionPolicy], [0, "PreemptLowerPriority"]);
  const bare = await server.create(pods, pod("bare", { automountServiceAccountToken: false }));
  assert.equal(bare.spec.volumes, undefined);
});

test("a missing account is waited for only if it is the default one", async () => {
  await using server = await withPlugins();
  const other = await server.ask("POST", pods, pod("p", { serviceAccountName: "other" }));
  assert.equal(other.code, 403);
  assert.equal(
    other.body.message,
    'pods "p" is forbidden: error looking up service account default/other: serviceaccount "other" not found',
  );
  const waiting = server.create(pods, pod("q"));
  await settle();
  await account(server);
  assert.equal((await waiting).spec.serviceAccountName, "default");
});

test("priorities come from classes", async () => {
  await using server = await withPlugins();
  await account(server);
  const classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
  await server.create(classes, { metadata: { name: "high" }, value: 1000, preemptionPolicy: "Never" });
  await server.create(classes, { metadata: { name: "usual" }, value: 7, globalDefault: true });
  const second = await server.ask("POST", classes, { metadata: { name: "more" }, value: 8, globalDefault: true });
  assert.match(second.body.message, /PriorityClass usual is already marked as default. Only one default can exist$/);
  const high = await server.create(pods, pod("high", { priorityClassName: "high" }));
  assert.deepEqual([high.spec.priority, high.spec.preemptionPolicy], [1000, "Never"]);
  const usual = await server.create(pods, pod("usual"));
  assert.deepEqual([usual.spec.priority, usual.spec.priorityClassName], [7, "usual"]);
  const critical = await server.create(pods, pod("critical", { priorityClassName: "system-node-critical" }));
  assert.equal(critical.spec.priority, 2_000_001_000);
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ priorityClassName: "none" }, /^pods "p" is forbidden: no PriorityClass with name none was found$/],
    [
      { priority: 5 },
      /the integer value of priority \(5\) must not be provided in pod spec; priority admission controller computed 7/,
    ],
  ];
  for (const [spec, message] of cases) {
    const answer = await server.ask("POST", pods, pod("p", spec));
    assert.equal(answer.code, 403);
    assert.match(answer.body.message, message);
  }
});

test("a node writes itself, its lease and its pods", async () => {
  await using server = await withPlugins();
  await account(server);
  const n1: UserInfo = { name: "system:node:n1", groups: ["system:nodes", "system:authenticated"] };
  const made = await server.create("/api/v1/nodes", { metadata: { name: "n1" } }, { user: n1 });
  assert.deepEqual(made.spec.taints, [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }]);
  await server.create(pods, pod("mine", { nodeName: "n1" }));
  await server.create(pods, pod("other", { nodeName: "n2" }));
  const leases = (namespace: string): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const patchType = "application/merge-patch+json";
  const cases: readonly (readonly [string, string, unknown, RegExp | undefined])[] = [
    ["POST", "/api/v1/nodes", { metadata: { name: "n2" } }, /node "n1" is not allowed to modify node "n2"$/],
    ["PATCH", "/api/v1/nodes/n1", { spec: { taints: [] } }, /node "n1" is not allowed to modify taints$/],
    [
      "PATCH",
      "/api/v1/nodes/n1",
      { metadata: { labels: { "node-restriction.kubernetes.io/a": "b" } } },
      /is not allowed to modify labels: node-restriction.kubernetes.io\/a$/,
    ],
    ["PATCH", "/api/v1/nodes/n1", { metadata: { labels: { "kubernetes.io/os": "linux", mine: "x" } } }, undefined],
    ["POST", leases("kube-node-lease"), { metadata: { name: "n1" } }, undefined],
    [
      "POST",
      leases("kube-node-lease"),
      { metadata: { name: "n2" } },
      /can only access node lease with the same name as the requesting node$/,
    ],
    [
      "POST",
      leases("default"),
      { metadata: { name: "n1" } },
      /can only access leases in the "kube-node-lease" system namespace$/,
    ],
    ["POST", pods, pod("new", { nodeName: "n1" }), /can only create mirror pods$/],
    ["PATCH", `${pods}/mine/status`, { status: { message: "x" } }, undefined],
    [
      "PATCH",
      `${pods}/other/status`,
      { status: { message: "x" } },
      /node "n1" can only update pod status for pods with spec.nodeName set to itself$/,
    ],
    ["DELETE", `${pods}/other`, undefined, /node "n1" can only delete pods with spec.nodeName set to itself$/],
    ["POST", `${pods}/other/eviction`, { metadata: { name: "other" } }, /node n1 can only evict pods with/],
    ["DELETE", `${pods}/mine`, { gracePeriodSeconds: 0 }, undefined],
  ];
  for (const [method, url, body, message] of cases) {
    const answer = await server.ask(method, url, body, {
      user: n1,
      ...(method === "PATCH" ? { contentType: patchType } : {}),
    });
    if (message) assert.match(String(answer.body.message), message);
    assert.equal(answer.code >= 400 ? answer.code : 200, message ? 403 : 200, JSON.stringify([url, answer.body]));
  }
});

test("runtime classes, storage classes and finalizers", async () => {
  await using server = await withPlugins();
  await account(server);
  await server.create("/apis/node.k8s.io/v1/runtimeclasses", {
    metadata: { name: "vm" },
    handler: "vm",
    overhead: { podFixed: { cpu: "100m" } },
    scheduling: { nodeSelector: { kind: "vm" } },
  });
  const made = await server.create(pods, pod("p", { runtimeClassName: "vm" }));
  assert.deepEqual([made.spec.overhead, made.spec.nodeSelector], [{ cpu: "100m" }, { kind: "vm" }]);
  const unknown = await server.ask("POST", pods, pod("q", { runtimeClassName: "no" }));
  assert.equal(unknown.body.message, 'pods "q" is forbidden: pod rejected: RuntimeClass "no" not found');
  const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
  await server.create("/apis/storage.k8s.io/v1/storageclasses", {
    metadata: { name: "fast", annotations },
    provisioner: "example.com/p",
  });
  const claim = await server.create("/api/v1/namespaces/default/persistentvolumeclaims", {
    metadata: { name: "c" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });
  assert.equal(claim.spec.storageClassName, "fast");
  assert.deepEqual(claim.metadata.finalizers, ["kubernetes.io/pvc-protection"]);
});

test("pods get the zone of their node, directly and by binding", async () => {
  await using server = await withPlugins();
  await account(server);
  const [zone, region] = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"];
  await server.create("/api/v1/nodes", {
    metadata: { name: "n1", labels: { [zone]: "z", [region]: "r", other: "x" } },
  });
  const direct = await server.create(pods, pod("direct", { nodeName: "n1" }));
  assert.deepEqual(direct.metadata.labels, { [zone]: "z", [region]: "r" });
  await server.create(pods, { ...pod("bound"), metadata: { name: "bound", labels: { [zone]: "mine" } } });
  await server.create(`${pods}/bound/binding`, { metadata: { name: "bound" }, target: { kind: "Node", name: "n1" } });
  await server.create(pods, pod("free"));
  await server.create(`${pods}/free/binding`, { metadata: { name: "free" }, target: { kind: "Node", name: "n1" } });
  assert.deepEqual((await server.get(`${pods}/free`)).metadata.labels, { [zone]: "z", [region]: "r" });
  assert.equal((await server.get(`${pods}/free`)).spec.nodeName, "n1");
});

test("limit ranges give defaults and set bounds", async () => {
  await using server = await withPlugins();
  await account(server);
  await server.create("/api/v1/namespaces/default/limitranges", {
    metadata: { name: "l" },
    spec: {
      limits: [
        {
          type: "Container",
          min: { cpu: "50m" },
          max: { cpu: "500m", memory: "1Gi" },
          default: { cpu: "300m", memory: "200Mi" },
          defaultRequest: { cpu: "100m", memory: "100Mi" },
        },
        { type: "PersistentVolumeClaim", min: { storage: "2Gi" } },
      ],
    },
  });
  const sized = await server.create(pods, pod("sized"));
  assert.deepEqual(sized.spec.containers[0].resources, {
    limits: { cpu: "300m", memory: "200Mi" },
    requests: { cpu: "100m", memory: "100Mi" },
  });
  assert.equal(
    sized.metadata.annotations["kubernetes.io/limit-ranger"],
    "LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c",
  );
  const sizes = (requests: object, limits: object): object => ({
    containers: [{ name: "c", image: "i", resources: { requests, limits } }],
  });
  const cases: readonly (readonly [object, string])[] = [
    [sizes({ cpu: "10m" }, {}), "minimum cpu usage per Container is 50m, but request is 10m"],
    [sizes({ cpu: "100m" }, { cpu: "600m" }), "maximum cpu usage per Container is 500m, but limit is 600m"],
    [sizes({ cpu: "1" }, { cpu: "1" }), "maximum cpu usage per Container is 500m, but limit is 1"],
  ];
  for (const [spec, why] of cases) {
    const answer = await server.ask("POST", pods, pod("p", spec));
    assert.deepEqual([answer.code, answer.body.message], [403, `pods "p" is forbidden: ${why}`]);
  }
  const claim = await server.ask("POST", "/api/v1/namespaces/default/persistentvolumeclaims", {
    metadata: { name: "c" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });
  assert.match(claim.body.message, /minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi$/);
});
