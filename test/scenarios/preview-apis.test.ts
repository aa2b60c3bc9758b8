// Beta and alpha APIs: off unless asked for; where they are on, each object can be written in one version and read,
// watched and changed in every other.
import { test, describe, before, after } from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { kinds } from "#api/kinds.ts";
import { previewKinds } from "#api/preview-kinds.ts";
import { testCluster, type TestCluster } from "#testing.ts";
import { connect } from "../support/conformance.ts";
import type { Rest, Wire } from "../support/rest.ts";
import { createTestPki } from "../support/test-pki.ts";

const everything = { runtimeConfig: "api/all=true", featureGates: "AllAlpha=true,AllBeta=true" };

const { ca: authority } = await createTestPki();
const podKey = generateKeyPairSync("ed25519");
const podCertificate = {
  signerName: "example.com/mesh",
  podName: "p",
  podUID: "u1",
  serviceAccountName: "default",
  serviceAccountUID: "u2",
  nodeName: "n",
  nodeUID: "u3",
  pkixPublicKey: podKey.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  proofOfPossession: sign(null, Buffer.from("u1"), podKey.privateKey).toString("base64"),
};
const claim = { devices: { requests: [{ name: "a", exactly: { deviceClassName: "c" } }] } };
const firstClaim = { devices: { requests: [{ name: "a", deviceClassName: "c" }] } };
const device = { attributes: { model: { string: "x" } }, taints: [{ key: "k", effect: "NoSchedule" }] };
const slice = (one: object): object => ({
  driver: "d.example.com",
  nodeName: "n",
  pool: { name: "p", generation: 1, resourceSliceCount: 1 },
  devices: [{ name: "d", ...one }],
});
const policy = {
  matchConstraints: {
    resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
  },
  mutations: [{ patchType: "ApplyConfiguration", applyConfiguration: { expression: "Object{}" } }],
  reinvocationPolicy: "Never",
};
/** The least of each kind, where need be by version. */
const specs: Readonly<Record<string, (version: string) => object>> = {
  ClusterTrustBundle: () => ({ trustBundle: authority }),
  PodCertificateRequest: () => podCertificate,
  IPAddress: () => ({ parentRef: { resource: "services", namespace: "default", name: "x" } }),
  ServiceCIDR: (version) => ({ cidrs: [`10.${20 + version.length}.0.0/24`] }),
  MutatingAdmissionPolicy: () => policy,
  MutatingAdmissionPolicyBinding: () => ({ policyName: "none" }),
  Workload: () => ({ podGroupTemplates: [{ name: "a", schedulingPolicy: { gang: { minCount: 2 } } }] }),
  PodGroup: () => ({ schedulingPolicy: { basic: {} } }),
  LeaseCandidate: () => ({
    leaseName: "l",
    binaryVersion: "1.36.0",
    emulationVersion: "1.35.0",
    strategy: "OldestEmulationVersion",
  }),
  StorageVersion: () => ({}),
  DeviceClass: () => ({ selectors: [{ cel: { expression: "true" } }] }),
  ResourceClaim: (version) => (version === "v1beta1" ? firstClaim : claim),
  ResourceClaimTemplate: (version) => ({ spec: version === "v1beta1" ? firstClaim : claim }),
  ResourceSlice: (version) => slice(version === "v1beta1" ? { basic: device } : device),
  DeviceTaintRule: () => ({ taint: { key: "k", effect: "NoExecute" } }),
  ResourcePoolStatusRequest: () => ({ driver: "d.example.com" }),
  StorageVersionMigration: () => ({ resource: { group: "apps", resource: "deployments" } }),
};
const bodies: Readonly<Record<string, object>> = {
  VolumeAttributesClass: { driverName: "d.example.com", parameters: { a: "b" } },
};
const nameOf = (kind: string, version: string): string => {
  if (kind === "IPAddress") return `10.96.9.${version.length}`;
  return kind === "StorageVersion" ? `g.from${version}` : `from-${version}`;
};
const pathOf = ({ group, version, plural, scope }: (typeof previewKinds)[number]): string =>
  `/apis/${group}/${version}${scope === "Namespaced" ? "/namespaces/default" : ""}/${plural}`;

/** The way there and back changes nothing but what was asked for; tables and protobuf are there too. */
async function changeAndShow(rest: Rest, path: string): Promise<void> {
  const shown = await rest.get(path);
  const labels = { by: path.split("/")[3] };
  const changed = await rest.put(path, { ...shown, metadata: { ...shown.metadata, labels } });
  assert.deepEqual(changed.metadata.labels, labels);
  assert.deepEqual({ ...changed, metadata: 0 }, { ...shown, metadata: 0 });
  const table = await rest.ask(path, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
  assert.equal(table.body.rows[0].cells[0], shown.metadata.name);
  const wire = await rest.ask(path, { accept: "application/vnd.kubernetes.protobuf" });
  assert.equal(wire.code, 200);
  assert.ok(wire.text.startsWith("k8s"));
}

describe("with every API served", () => {
  let cluster: TestCluster;
  let rest: Rest;
  before(async () => {
    cluster = await testCluster({ features: everything });
    rest = await connect(cluster);
  });
  after(async () => {
    rest[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
  });

  const resources = Map.groupBy(previewKinds, ({ group, plural }) => `${group}/${plural}`);
  for (const [name, previews] of resources) {
    const { group, plural } = previews[0]!;
    const versions = [...kinds.filter((kind) => kind.group === group && kind.plural === plural), ...previews];
    test(`${name}: ${versions.map(({ version }) => version).join(", ")}`, async () => {
      const watches = await Promise.all(versions.map((one) => rest.watch(pathOf(one))));
      for (const written of versions) {
        const { kind, version } = written;
        const body = bodies[kind] ?? { spec: specs[kind]!(version) };
        const metadata = { name: nameOf(kind, version) };
        await rest.post(pathOf(written), { apiVersion: `${group}/${version}`, kind, metadata, ...body });
        for (const [j, read] of versions.entries()) {
          const shown = await rest.get(`${pathOf(read)}/${metadata.name}`);
          assert.equal(shown.apiVersion, `${group}/${read.version}`);
          const [owner] = shown.metadata.managedFields ?? [];
          if (owner) assert.equal(owner.apiVersion, `${group}/${version}`);
          const watched = await watches[j]!.next("ADDED", (object: Wire) => object.metadata.name === metadata.name);
          assert.deepEqual(watched, shown);
        }
        for (const changedIn of versions) await changeAndShow(rest, `${pathOf(changedIn)}/${metadata.name}`);
      }
      for (const watch of watches) watch.stop();
    });
  }
  test("an old version is called so", async () => {
    const { headers } = await rest.ask("/apis/resource.k8s.io/v1beta1/deviceclasses");
    assert.equal(
      headers.warning,
      '299 - "resource.k8s.io/v1beta1 DeviceClass is deprecated in v1.35+, unavailable in v1.38+"',
    );
  });
  test("field selectors are those of the stored version", async () => {
    const found = async (version: string, selector: string): Promise<number> =>
      (await rest.get(`/apis/resource.k8s.io/${version}/resourceslices?fieldSelector=${selector}`)).items.length;
    assert.equal(await found("v1beta1", "spec.driver%3Dd.example.com"), 3);
    assert.equal(await found("v1beta1", "spec.driver%3Dother"), 0);
  });
  test("metrics name the gates that are on", async () => {
    const { text } = await rest.ask("/metrics");
    assert.match(text, /^kubernetes_feature_enabled\{name="GenericWorkload",stage="ALPHA"\} 1$/m);
  });
});

describe("as upstream has it by default", () => {
  test("previews are not served, and fields of features that are off are dropped", async () => {
    await using cluster = await testCluster();
    using rest = await connect(cluster);
    for (const kind of previewKinds) assert.equal((await rest.ask(pathOf(kind))).code, 404, pathOf(kind));
    const spec = { containers: [{ name: "c", image: "app:1" }], schedulingGroup: { podGroupName: "g" } };
    const pod = await rest.post("/api/v1/namespaces/default/pods", { metadata: { name: "p" }, spec });
    assert.equal(pod.spec.schedulingGroup, undefined);
  });
});

describe("groups of pods", () => {
  test("come from a workload, take a priority, and stay while their pods run", async () => {
    await using cluster = await testCluster({ nodes: 1, features: everything });
    using rest = await connect(cluster);
    const base = "/apis/scheduling.k8s.io/v1alpha2/namespaces/default";
    const groups = `${base}/podgroups`;
    const spec = {
      podGroupTemplateRef: { workload: { workloadName: "w", podGroupTemplateName: "a" } },
      schedulingPolicy: { gang: { minCount: 2 } },
    };
    const asked = { body: { metadata: { name: "g" }, spec } };
    const missing = await rest.refusal(groups, asked);
    assert.match(missing.message, /is forbidden: PodGroup rejected: Workload "w" not found$/);
    await rest.post(`${base}/workloads`, { metadata: { name: "w" }, spec: specs["Workload"]!("") });
    await rest.post("/apis/scheduling.k8s.io/v1/priorityclasses", { metadata: { name: "high" }, value: 7 });
    const group = await rest.post(groups, { metadata: { name: "g" }, spec: { ...spec, priorityClassName: "high" } });
    assert.equal(group.spec.priority, 7);
    assert.deepEqual(group.metadata.finalizers, ["scheduling.k8s.io/podgroup-protection"]);
    const wrong = await rest.refusal(groups, { body: { metadata: { name: "h" }, spec: { ...spec, priority: 5 } } });
    assert.match(wrong.message, /priority set in the pod group \(5\) must match the priority computed \(0\)/);
    await rest.post("/api/v1/namespaces/default/pods", {
      metadata: { name: "p" },
      spec: { containers: [{ name: "c", image: "app:1" }], schedulingGroup: { podGroupName: "g" } },
    });
    await cluster.settle();
    await rest.delete(`${groups}/g`);
    await cluster.settle();
    assert.ok((await rest.get(`${groups}/g`)).metadata.deletionTimestamp, "the pod keeps it");
    await rest.delete("/api/v1/namespaces/default/pods/p");
    await cluster.until(async () => (await rest.ask(`${groups}/g`)).code === 404);
  });
});

describe("gates of the server itself", () => {
  test("lists by watch, hashes of storage versions", async () => {
    await using cluster = await testCluster({ features: { featureGates: "WatchList=false,StorageVersionHash=false" } });
    using rest = await connect(cluster);
    const query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    const { message } = await rest.refusal(`/api/v1/namespaces?${query}`);
    const why = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
    assert.equal(message, `ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: ${why}`);
    const { resources } = await rest.get("/api/v1");
    assert.ok(resources.every((resource: Wire) => resource.storageVersionHash === undefined));
  });
});

describe("single choices", () => {
  test("a version whose stored version is off; a gate; a stable version that is off", async () => {
    await using cluster = await testCluster({
      features: {
        runtimeConfig: "coordination.k8s.io/v1alpha2=true,batch/v1=false,batch/v1/jobs=true",
        featureGates: "GenericWorkload=true",
      },
    });
    using rest = await connect(cluster);
    const candidates = "/apis/coordination.k8s.io/v1alpha2/namespaces/default/leasecandidates";
    const spec = specs["LeaseCandidate"]!("");
    await rest.post(candidates, { metadata: { name: "a" }, spec });
    assert.equal((await rest.ask(candidates.replace("v1alpha2", "v1beta1"))).code, 404);
    assert.equal((await rest.ask("/apis/batch/v1/cronjobs")).code, 404);
    assert.equal((await rest.ask("/apis/batch/v1/jobs")).code, 200);
    await cluster.restartServer();
    assert.equal((await rest.get(`${candidates}/a`)).spec.leaseName, "l");
    const pod = await rest.post("/api/v1/namespaces/default/pods", {
      metadata: { name: "p" },
      spec: { containers: [{ name: "c", image: "app:1" }], schedulingGroup: { podGroupName: "g" } },
    });
    assert.deepEqual(pod.spec.schedulingGroup, { podGroupName: "g" });
    await cluster.advance("2m");
    assert.deepEqual(cluster.warnings, []);
  });
});
