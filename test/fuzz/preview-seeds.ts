// Seeds of the beta and alpha kinds; those of further versions where these differ in shape stand under their version.
import { generateKeyPairSync, sign } from "node:crypto";
import { createTestPki } from "../support/test-pki.ts";

type Body = Readonly<Record<string, unknown>>;
const { ca: trustBundle } = await createTestPki();
const key = generateKeyPairSync("ed25519");
const claim = { devices: { requests: [{ name: "r", deviceClassName: "a" }] } };
const schedulingPolicy = { gang: { minCount: 2 } };

/** By "plural.group", or "version/plural.group". */
export const previewBodies: Readonly<Record<string, Body>> = {
  "clustertrustbundles.certificates.k8s.io": { spec: { trustBundle } },
  "podcertificaterequests.certificates.k8s.io": {
    spec: {
      signerName: "example.com/mesh",
      podName: "p",
      podUID: "u",
      serviceAccountName: "default",
      serviceAccountUID: "u",
      nodeName: "n",
      nodeUID: "u",
      pkixPublicKey: key.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
      proofOfPossession: sign(null, Buffer.from("u"), key.privateKey).toString("base64"),
    },
  },
  "podgroups.scheduling.k8s.io": { spec: { schedulingPolicy } },
  "workloads.scheduling.k8s.io": { spec: { podGroupTemplates: [{ name: "t", schedulingPolicy }] } },
  "leasecandidates.coordination.k8s.io": {
    spec: { leaseName: "l", binaryVersion: "1.36.0", emulationVersion: "1.36.0", strategy: "OldestEmulationVersion" },
  },
  "storageversions.internal.apiserver.k8s.io": { metadata: { name: "example.com.as" } },
  "devicetaintrules.resource.k8s.io": { spec: { taint: { key: "k", effect: "NoSchedule" } } },
  "resourcepoolstatusrequests.resource.k8s.io": { spec: { driver: "a.example.com" } },
  "storageversionmigrations.storagemigration.k8s.io": { spec: { resource: { resource: "configmaps" } } },
  "v1beta1/resourceclaims.resource.k8s.io": { spec: claim },
  "v1beta1/resourceclaimtemplates.resource.k8s.io": { spec: { spec: claim } },
  "v1beta1/resourceslices.resource.k8s.io": {
    spec: {
      driver: "a.example.com",
      nodeName: "n",
      pool: { name: "p", generation: 1, resourceSliceCount: 1 },
      devices: [{ name: "d", basic: { attributes: { model: { string: "x" } } } }],
    },
  },
};
