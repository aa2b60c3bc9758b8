// Controllers of one file each, against the real API server.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { CertificateSigningRequest } from "#api/certificates/certificate-signing-request.ts";
import { ConfigMap } from "#api/core/config-map.ts";
import { Endpoints } from "#api/core/endpoints.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { VolumeAttributesClass } from "#api/storage/volume-attributes-class.ts";
import { Pod } from "#api/core/pod.ts";
import { ReplicationController } from "#api/core/replication-controller.ts";
import { ResourceQuota } from "#api/core/resource-quota.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { isReason } from "#api/errors.ts";
import { kinds } from "#api/kinds.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import {
  createCertificateApprover,
  createCertificateSigner,
  certificateCleaner,
} from "./certificates/certificate-controllers.ts";
import { signerProblem } from "./certificates/signer-rules.ts";
import { clusterRoleAggregationController } from "./cluster-role-aggregation-controller.ts";
import { endpointSliceController } from "./endpoints/endpoint-slice-controller.ts";
import { endpointsController } from "./endpoints/endpoints-controller.ts";
import { mirroringController } from "./endpoints/mirroring-controller.ts";
import { replicationController } from "./replica-set/replication-controller.ts";
import { createResourceQuotaController } from "./resource-quota-controller.ts";
import {
  attributesClassProtectionController,
  claimProtectionController,
  volumeProtectionController,
} from "./volumes/protection.ts";
import { claimBinder, volumeBinder } from "./volumes/volume-binder.ts";
import { createWorld, type World } from "./world.fake.ts";

const at = (name: string) => ({ namespace: "default", name });
const makePod = (world: World, name: string, spec: object = {}, labels: Record<string, string> = {}) =>
  world.client.create(Pod, {
    metadata: { ...at(name), labels },
    spec: { containers: [{ name: "c", image: "i" }], ...spec },
  });

test("a Service gets its Endpoints and EndpointSlices, and they follow the pods", async () => {
  await using world = await createWorld({ controllers: [endpointsController, endpointSliceController] });
  const spec = { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: 8080 }] };
  await world.client.create(Service, { metadata: at("web"), spec });
  await world.settle();
  const addresses = async (): Promise<[string[], string[]]> => {
    const slices = (
      await world.client.list(EndpointSlice, { namespace: "default", labelSelector: "kubernetes.io/service-name=web" })
    ).items;
    const endpoints = await world.client.get(Endpoints, at("web"));
    const listed = (endpoints.subsets ?? []).flatMap((s) => (s.addresses ?? []).map((a) => a.ip));
    return [slices.flatMap((s) => (s.endpoints ?? []).flatMap((e) => [...e.addresses])).toSorted(), listed.toSorted()];
  };
  assert.deepEqual(await addresses(), [[], []], "both stand there before the first pod");
  await makePod(world, "a", {}, { app: "web" });
  await makePod(world, "b", {}, { app: "web" });
  await world.settle();
  const ips = (await world.client.list(Pod)).items.map((p) => p.status.podIP!).toSorted();
  assert.equal(ips.length, 2);
  assert.deepEqual(await addresses(), [ips, ips]);
  await world.client.delete(Pod, at("a"));
  await world.client.patch(Pod, at("b"), { type: "merge", patch: { metadata: { labels: { app: "other" } } } });
  await world.settle();
  assert.deepEqual(await addresses(), [[], []]);
  await world.client.delete(Service, at("web"));
  await world.settle();
  await assert.rejects(world.client.get(Endpoints, at("web")), (error: unknown) => isReason(error, "NotFound"));
});

test("Endpoints written by hand are mirrored, those of controllers are not", async () => {
  await using world = await createWorld({ controllers: [mirroringController, endpointsController] });
  await world.client.create(Service, { metadata: at("manual"), spec: { ports: [{ port: 80 }] } });
  const subsets = [
    {
      addresses: [{ ip: "192.0.2.1" }],
      notReadyAddresses: [{ ip: "192.0.2.2" }],
      ports: [{ port: 80, protocol: "TCP" as const }],
    },
  ];
  await world.client.create(Endpoints, { metadata: at("manual"), subsets });
  await world.settle();
  const slices = async () =>
    (
      await world.client.list(EndpointSlice, {
        namespace: "default",
        labelSelector: "kubernetes.io/service-name=manual",
      })
    ).items;
  const [slice] = await slices();
  assert.deepEqual(
    slice?.endpoints?.map((e) => [e.addresses[0], e.conditions.ready]),
    [
      ["192.0.2.1", true],
      ["192.0.2.2", false],
    ],
  );
  await world.client.delete(Endpoints, at("manual"));
  await world.settle();
  assert.deepEqual(await slices(), []);
});

test("a ReplicationController keeps its pods", async () => {
  await using world = await createWorld({ controllers: [replicationController] });
  const template = { metadata: { labels: { app: "rc" } }, spec: { containers: [{ name: "c", image: "i" }] } };
  await world.client.create(ReplicationController, {
    metadata: at("rc"),
    spec: { replicas: 2, selector: { app: "rc" }, template },
  });
  await world.settle();
  assert.equal((await world.client.list(Pod)).items.length, 2);
  const { status } = await world.client.get(ReplicationController, at("rc"));
  assert.deepEqual([status.replicas, status.readyReplicas, status.availableReplicas], [2, 2, 2]);
});

test("who asks for more pods than a quota allows at once gets no more, and says so", async () => {
  await using world = await createWorld({ controllers: [createResourceQuotaController(kinds), replicationController] });
  await world.client.create(ResourceQuota, { metadata: at("q"), spec: { hard: { pods: "2" } } });
  await world.settle();
  const labels = { app: "many" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
  await world.client.create(ReplicationController, {
    metadata: at("many"),
    spec: { replicas: 3, selector: labels, template },
  });
  await world.settle(5_000);
  assert.equal((await world.client.list(Pod, { namespace: "default" })).items.length, 2);
  const { status } = await world.client.get(ReplicationController, at("many"));
  assert.deepEqual(
    status.conditions?.map(({ type, reason }) => [type, reason]),
    [["ReplicaFailure", "FailedCreate"]],
  );
  assert.equal((await world.client.get(ResourceQuota, at("q"))).status.used?.["pods"], "2");
});

test("a quota knows what is used, and forgets what is gone", async () => {
  await using world = await createWorld({ controllers: [createResourceQuotaController(kinds)] });
  const hard = { pods: "5", "requests.cpu": "4", "count/configmaps": "10", services: "3", "services.nodeports": "2" };
  await world.client.create(ResourceQuota, { metadata: at("q"), spec: { hard } });
  const scoped = { hard: { pods: "5" }, scopes: ["NotBestEffort"] };
  await world.client.create(ResourceQuota, { metadata: at("scoped"), spec: scoped });
  const cpu = { containers: [{ name: "c", image: "i", resources: { requests: { cpu: "500m" } } }] };
  await makePod(world, "a", cpu);
  await makePod(world, "b", cpu);
  await world.client.create(ConfigMap, { metadata: at("m") });
  await world.client.create(Service, {
    metadata: at("s"),
    spec: { type: "NodePort", ports: [{ port: 80 }, { name: "x", port: 81 }].map((p, i) => ({ name: `p${i}`, ...p })) },
  });
  await world.settle();
  const used = async (name: string) => (await world.client.get(ResourceQuota, at(name))).status.used;
  assert.deepEqual(await used("q"), {
    pods: "2",
    "requests.cpu": "1",
    "count/configmaps": "1",
    services: "1",
    "services.nodeports": "2",
  });
  assert.deepEqual(await used("scoped"), { pods: "2" });
  await world.client.delete(Pod, at("a"));
  await world.client.delete(ConfigMap, at("m"));
  await world.settle();
  assert.deepEqual(await used("q"), {
    pods: "1",
    "requests.cpu": "500m",
    "count/configmaps": "0",
    services: "1",
    "services.nodeports": "2",
  });
});

test("roles are put together by label", async () => {
  await using world = await createWorld({ controllers: [clusterRoleAggregationController], runsPods: false });
  const rule = (resource: string) => ({ verbs: ["get"], apiGroups: ["example.com"], resources: [resource] });
  await world.client.create(ClusterRole, {
    metadata: { name: "part-b", labels: { join: "yes" } },
    rules: [rule("b"), rule("a")],
  });
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { join: "yes" } }] };
  await world.client.create(ClusterRole, { metadata: { name: "whole" }, aggregationRule, rules: [] });
  await world.settle();
  await world.client.create(ClusterRole, { metadata: { name: "part-a", labels: { join: "yes" } }, rules: [rule("a")] });
  await world.settle();
  const resources = async () =>
    (await world.client.get(ClusterRole, { name: "whole" })).rules?.map((r) => r.resources?.[0]);
  assert.deepEqual(await resources(), ["a", "b"]);
  await world.client.delete(ClusterRole, { name: "part-b" });
  await world.settle();
  assert.deepEqual(await resources(), ["a"]);
});

test("a class of attributes is kept while a claim names it", async () => {
  await using world = await createWorld({ controllers: [attributesClassProtectionController] });
  const fast = { name: "fast" };
  await world.client.create(VolumeAttributesClass, {
    metadata: fast,
    driverName: "d.example.com",
    parameters: { a: "b" },
  });
  await world.client.create(PersistentVolumeClaim, {
    metadata: at("c"),
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
      volumeAttributesClassName: "fast",
    },
  });
  await world.settle();
  const finalizers = async () => (await world.client.get(VolumeAttributesClass, fast)).metadata.finalizers;
  assert.deepEqual(await finalizers(), ["kubernetes.io/vac-protection"]);
  await world.client.delete(VolumeAttributesClass, fast);
  await world.settle();
  assert.deepEqual(await finalizers(), ["kubernetes.io/vac-protection"], "the claim keeps it");
  await world.client.patch(PersistentVolumeClaim, at("c"), {
    type: "merge",
    patch: { metadata: { finalizers: null } },
  });
  await world.client.delete(PersistentVolumeClaim, at("c"));
  await world.settle(2000);
  await assert.rejects(world.client.get(VolumeAttributesClass, fast), (error: unknown) => isReason(error, "NotFound"));
});

test("claims and volumes find each other, and are kept while they are in use", async () => {
  await using world = await createWorld({
    controllers: [claimBinder, volumeBinder, claimProtectionController, volumeProtectionController],
  });
  const volume = (name: string, storage: string) =>
    world.client.create(PersistentVolume, {
      metadata: { name },
      spec: {
        capacity: { storage },
        accessModes: ["ReadWriteOnce"],
        hostPath: { path: `/tmp/${name}` },
        persistentVolumeReclaimPolicy: "Retain",
      },
    });
  const phase = async (name: string) => (await world.client.get(PersistentVolume, { name })).status.phase;
  await volume("large", "10Gi");
  await volume("small", "2Gi");
  await world.settle();
  assert.deepEqual([await phase("large"), await phase("small")], ["Available", "Available"]);
  const claim = (name: string, storage: string) =>
    world.client.create(PersistentVolumeClaim, {
      metadata: at(name),
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
    });
  await claim("c", "1Gi");
  await claim("huge", "100Gi");
  await world.settle();
  const bound = await world.client.get(PersistentVolumeClaim, at("c"));
  assert.deepEqual(
    [bound.status.phase, bound.spec.volumeName, bound.status.capacity?.["storage"]],
    ["Bound", "small", "2Gi"],
  );
  assert.equal((await world.client.get(PersistentVolumeClaim, at("huge"))).status.phase, "Pending");
  assert.deepEqual([await phase("large"), await phase("small")], ["Available", "Bound"]);

  await makePod(world, "user", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }] });
  await world.settle();
  await world.client.delete(PersistentVolumeClaim, at("c"));
  await world.client.delete(PersistentVolume, { name: "small" });
  await world.settle();
  assert.ok((await world.client.get(PersistentVolumeClaim, at("c"))).metadata.deletionTimestamp, "the pod keeps it");
  await world.client.delete(Pod, at("user"));
  await world.settle(2000);
  await assert.rejects(world.client.get(PersistentVolumeClaim, at("c")), (error: unknown) =>
    isReason(error, "NotFound"),
  );
  await assert.rejects(world.client.get(PersistentVolume, { name: "small" }), (error: unknown) =>
    isReason(error, "NotFound"),
  );
});

const nodeIdentity = {
  commonName: "system:node:n1",
  organizations: ["system:nodes"],
  dnsNames: [],
  addresses: [],
  emails: [],
  uris: [],
};
test("a kubelet's certificate is approved and signed, and the request cleared away", async () => {
  const authority = {
    inspect: () => Promise.resolve(nodeIdentity),
    sign: (_request: string, { notAfter }: { notAfter: number }) =>
      Promise.resolve(
        `-----BEGIN CERTIFICATE-----\n${Buffer.from(String(notAfter)).toString("base64")}\n-----END CERTIFICATE-----\n`,
      ),
  };
  const controllers = [createCertificateApprover(authority), createCertificateSigner(authority), certificateCleaner];
  await using world = await createWorld({ controllers, runsPods: false });
  const pem = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
  const spec = {
    request: Buffer.from(pem).toString("base64"),
    signerName: "kubernetes.io/kube-apiserver-client-kubelet",
    usages: ["digital signature" as const, "client auth" as const],
  };
  const made = await world.client
    .create(CertificateSigningRequest, { metadata: { name: "csr" }, spec })
    .catch((error: unknown) => error);
  if (made instanceof Error)
    return assert.match(made.message, /request/, "the server reads requests itself and refuses this stand-in");
  await world.settle();
  const csr = await world.client.get(CertificateSigningRequest, { name: "csr" });
  assert.equal(csr.status.conditions?.[0]?.type, "Approved");
  assert.match(Buffer.from(csr.status.certificate ?? "", "base64").toString(), /BEGIN CERTIFICATE/);
  await world.settle(3601_000);
  await assert.rejects(world.client.get(CertificateSigningRequest, { name: "csr" }), (error: unknown) =>
    isReason(error, "NotFound"),
  );
});

describe("what the signers sign", () => {
  const request = (signer: string, usages: string[], username = "u") =>
    ({ spec: { signerName: `kubernetes.io/${signer}`, usages, username } }) as unknown as CertificateSigningRequest;
  const serving = { ...nodeIdentity, addresses: ["10.0.0.1"] };
  const both = ["digital signature", "server auth"];
  const cases: [string, ReturnType<typeof request>, typeof nodeIdentity, RegExp | undefined][] = [
    ["a client", request("kube-apiserver-client", ["client auth"]), nodeIdentity, undefined],
    [
      "a client that wants to serve",
      request("kube-apiserver-client", ["client auth", "server auth"]),
      nodeIdentity,
      /usages/,
    ],
    [
      "a kubelet",
      request("kube-apiserver-client-kubelet", ["digital signature", "client auth", "key encipherment"]),
      nodeIdentity,
      undefined,
    ],
    [
      "a kubelet with addresses",
      request("kube-apiserver-client-kubelet", ["digital signature", "client auth"]),
      serving as never,
      /IP/,
    ],
    ["a serving kubelet", request("kubelet-serving", both, "system:node:n1"), serving as never, undefined],
    ["for another node", request("kubelet-serving", both, "system:node:n2"), serving as never, /user that asks/],
    ["without names", request("kubelet-serving", both, "system:node:n1"), nodeIdentity, /required/],
  ];
  for (const [name, csr, identity, expected] of cases)
    test(name, () => {
      const problem = signerProblem(csr, identity);
      if (expected) assert.match(problem ?? "", expected);
      else assert.equal(problem, undefined);
    });
});
