import assert from "node:assert/strict";
import { test } from "node:test";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { Pod } from "#api/core/pod.ts";
import { ResourceSlice } from "#api/resource/resource-slice.ts";
import { NodeAuthorizer } from "./node-authorizer.ts";
import { objectsOf } from "./stored-objects.fake.ts";

function cluster(): NodeAuthorizer {
  const objects = objectsOf();
  const spec = {
    nodeName: "n1",
    serviceAccountName: "robot",
    containers: [
      { env: [{ valueFrom: { secretKeyRef: { name: "s-env" } } }], envFrom: [{ configMapRef: { name: "c" } }] },
    ],
    volumes: [
      { name: "d", secret: { secretName: "s" } },
      { name: "e", ephemeral: {} },
      { name: "p", persistentVolumeClaim: { claimName: "claim" } },
    ],
    resourceClaims: [{ name: "gpu" }],
  };
  const status = { resourceClaimStatuses: [{ name: "gpu", resourceClaimName: "gpu-x" }] };
  objects.set(Pod, { metadata: { namespace: "a", name: "p" }, spec, status });
  const annotations = { "kubernetes.io/config.mirror": "1" };
  const mirrored = { nodeName: "n1", containers: [], volumes: [{ name: "d", secret: { secretName: "taken" } }] };
  objects.set(Pod, { metadata: { namespace: "a", name: "m", annotations }, spec: mirrored });
  objects.set(PersistentVolume, {
    metadata: { name: "pv" },
    spec: {
      claimRef: { namespace: "a", name: "claim" },
      csi: { nodeStageSecretRef: { namespace: "k", name: "stage" } },
    },
  });
  objects.set(ResourceSlice, { metadata: { name: "slice" }, spec: { nodeName: "n1" } });
  return new NodeAuthorizer(objects);
}

test("what a node may do, and what it is told otherwise", () => {
  const nodes = cluster();
  const none = "no relationship found between node 'n1' and this object";
  // verb [group/]resource [namespace/]name[?fieldSelector] → true or the reason
  const cases: readonly (readonly [string, true | string])[] = [
    ["get secrets a/s", true],
    ["watch secrets a/s-env", true],
    ["get secrets a/taken", none],
    ["get secrets b/s", none],
    ["get secrets k/stage", true],
    ["list secrets a/", "No Object name found"],
    ["list secrets", "can only read namespaced object of this type"],
    ["delete secrets a/s", "can only read resources of this type"],
    ["get configmaps a/c", true],
    ["get persistentvolumeclaims a/claim", true],
    ["get persistentvolumeclaims a/p-e", true],
    ["patch persistentvolumeclaims/status a/claim", true],
    ["get persistentvolumeclaims/status a/claim", "can only get/update/patch this type"],
    ["list persistentvolumes", "can only get individual resources of this type"],
    ["get persistentvolumes pv", true],
    ["get persistentvolumes other", none],
    ["get resource.k8s.io:resourceclaims a/gpu-x", true],
    ["get serviceaccounts a/robot", true],
    ["create serviceaccounts/token a/robot", true],
    ["create serviceaccounts/token a/other", none],
    ["create serviceaccounts a/robot", "can only create token subresource of serviceaccount"],
    ["list serviceaccounts a/", "can only create tokens for individual service accounts"],
    ["get nodes n1", true],
    ["get nodes n2", "node 'n1' cannot read 'n2', only its own Node object"],
    ["list nodes", "node 'n1' cannot read all nodes, only its own Node object"],
    ["patch nodes n2", true],
    ["delete nodes n1", ""],
    ["patch nodes/status n1", true],
    ["get pods a/p", true],
    ["get pods a/q", none],
    ["list pods", "can only list/watch pods with spec.nodeName field selector"],
    ["list pods ?spec.nodeName=n1", true],
    ["list pods ?spec.nodeName!=n1", "can only list/watch pods with spec.nodeName field selector"],
    ["watch pods a/p?metadata.name=p", true],
    ["create pods/eviction a/x", true],
    ["get pods/log a/p", ""],
    ["get coordination.k8s.io:leases kube-node-lease/n1", true],
    [
      "update coordination.k8s.io:leases kube-node-lease/n2",
      "can only access node lease with the same name as the requesting node",
    ],
    ["get coordination.k8s.io:leases a/n1", 'can only access leases in the "kube-node-lease" system namespace'],
    ["list coordination.k8s.io:leases kube-node-lease/", "can only get, create, update, patch, or delete a node lease"],
    ["get storage.k8s.io:csinodes n2", "can only access CSINode with the same name as the requesting node"],
    ["delete resource.k8s.io:resourceslices slice", true],
    [
      "list resource.k8s.io:resourceslices",
      "can only list/watch/deletecollection resourceslices with nodeName field selector",
    ],
    ["list services", true],
    ["create events.k8s.io:events a/e", true],
    ["create authorization.k8s.io:localsubjectaccessreviews a/", true],
    ["list endpoints", ""],
  ];
  for (const [text, expected] of cases) {
    const [verb = "", what = "", where = ""] = text.split(" ");
    const [resource = "", group = ""] = what.split(":").toReversed();
    const [path = "", fieldSelector] = where.split("?");
    const [name = "", namespace = ""] = path.split("/").toReversed();
    const asked = { verb, isResource: true, group, resource, name, namespace, path: "" };
    assert.equal(nodes.decide("n1", { ...asked, ...(fieldSelector ? { fieldSelector } : {}) }), expected, text);
  }
});
