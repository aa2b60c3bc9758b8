// NodeRestriction: what a node may write is itself, its lease, and the pods that run on it; narrower than its rights.
import type { TokenRequest } from "#api/authentication/schema.ts";
import { Pod } from "#api/core/pod.ts";
import type { Node } from "#api/core/node.ts";
import { deepEqual } from "#api/json.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { nodeOf } from "#server/auth/node-authorizer.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";
import { refuse } from "./refuse.ts";

const mirror = "kubernetes.io/config.mirror";
const leaseNamespace = "kube-node-lease";
const quoted = JSON.stringify;

type Check = (request: AdmissionRequest, node: string, registry: Registry) => void;

const podCheck: Check = (request, node) => {
  const say = (why: string): Error => refuse(request, why);
  if (request.operation === "DELETE") {
    if ((request.old as Pod).spec.nodeName !== node)
      throw say(`node ${quoted(node)} can only delete pods with spec.nodeName set to itself`);
    return;
  }
  if (request.operation !== "CREATE") return;
  const { metadata, spec } = request.object as Draft<Pod>;
  if (metadata?.annotations?.[mirror] === undefined)
    throw say(`pod does not have ${quoted(mirror)} annotation, node ${quoted(node)} can only create mirror pods`);
  if (spec?.nodeName !== node) throw say(`node ${quoted(node)} can only create pods with spec.nodeName set to itself`);
  if (spec.serviceAccountName) throw say(`node ${quoted(node)} can not create pods that reference a service account`);
  if (spec.volumes?.some((v) => v?.secret ?? v?.configMap ?? v?.persistentVolumeClaim))
    throw say(`node ${quoted(node)} can not create pods that reference secrets, configmaps or claims`);
};

const podStatusCheck: Check = (request, node) => {
  const old = request.old as Pod | undefined;
  if (old && old.spec.nodeName !== node)
    throw refuse(request, `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`);
  if (old && !deepEqual(request.object?.metadata?.labels ?? {}, old.metadata.labels ?? {}))
    throw refuse(request, `node ${quoted(node)} cannot update labels through pod status`);
};

const evictionCheck: Check = (request, node, registry) => {
  const pod = registry.get(Pod, `${request.namespace}/${request.name}`);
  if (pod && pod.spec.nodeName !== node)
    throw refuse(request, `node ${node} can only evict pods with spec.nodeName set to itself`);
};

const restricted = "node-restriction.kubernetes.io";
const ownLabels = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/arch",
  "kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
]);
const ownPrefixes = ["kubelet.kubernetes.io", "node.kubernetes.io"];
const isWithin = (domain: string, prefix: string): boolean => domain === prefix || domain.endsWith(`.${prefix}`);
/** A label of the system's that a node may not put on itself. */
function isForbiddenLabel(label: string): boolean {
  const slash = label.indexOf("/");
  if (slash < 0) return false;
  const domain = label.slice(0, slash);
  if (isWithin(domain, restricted)) return true;
  if (!isWithin(domain, "kubernetes.io") && !isWithin(domain, "k8s.io")) return false;
  return !ownLabels.has(label) && !ownPrefixes.some((prefix) => isWithin(domain, prefix));
}

function changedLabels(asked: KubeObject, old: KubeObject | undefined): string[] {
  const [now, before] = [asked.metadata.labels ?? {}, old?.metadata.labels ?? {}];
  return [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => now[key] !== before[key]);
}

const nodeCheck: Check = (request, node) => {
  const name = request.name || request.object?.metadata?.name;
  if (name !== node) throw refuse(request, `node ${quoted(node)} is not allowed to modify node ${quoted(name ?? "")}`);
  if (request.operation === "DELETE" || !request.object) return;
  const labels = changedLabels(request.object as KubeObject, request.old)
    .filter(isForbiddenLabel)
    .toSorted();
  if (labels.length > 0)
    throw refuse(request, `node ${quoted(node)} is not allowed to modify labels: ${labels.join(", ")}`);
  const old = request.old as Node | undefined;
  const asked = request.object as unknown as Node;
  if (old && request.subresource === "" && !deepEqual(asked.spec?.taints ?? [], old.spec?.taints ?? []))
    throw refuse(request, `node ${quoted(node)} is not allowed to modify taints`);
  if (old && !deepEqual(asked.metadata.ownerReferences ?? [], old.metadata.ownerReferences ?? []))
    throw refuse(request, `node ${quoted(node)} is not allowed to modify ownerReferences`);
};

const leaseCheck: Check = (request, node) => {
  if (request.namespace !== leaseNamespace)
    throw refuse(request, `can only access leases in the ${quoted(leaseNamespace)} system namespace`);
  if ((request.name || request.object?.metadata?.name) !== node)
    throw refuse(request, "can only access node lease with the same name as the requesting node");
};
const csiNodeCheck: Check = (request, node) => {
  if ((request.name || request.object?.metadata?.name) !== node)
    throw refuse(request, "can only access CSINode with the same name as the requesting node");
};

const tokenCheck: Check = (request, node, registry) => {
  const ref = (request.object as Draft<TokenRequest> | undefined)?.spec?.boundObjectRef;
  if (!ref || ref.kind !== "Pod" || !ref.name) throw refuse(request, "node requested token not bound to a pod");
  if (!ref.uid) throw refuse(request, "node requested token with a pod binding without a uid");
  const pod = registry.get(Pod, `${request.namespace}/${ref.name}`);
  if (!pod || pod.metadata.uid !== ref.uid)
    throw refuse(request, `the UID in the bound object reference (${ref.uid}) does not match the UID in record`);
  if (pod.spec.nodeName !== node)
    throw refuse(request, "node requested token bound to a pod scheduled on a different node");
};

const checks: Readonly<Record<string, Check>> = {
  pods: podCheck,
  "pods/status": podStatusCheck,
  "pods/eviction": evictionCheck,
  nodes: nodeCheck,
  "nodes/status": nodeCheck,
  "leases.coordination.k8s.io": leaseCheck,
  "csinodes.storage.k8s.io": csiNodeCheck,
  "serviceaccounts/token": tokenCheck,
};

export const nodeRestriction = (registry: Registry): AdmissionPlugin => ({
  name: "NodeRestriction",
  concerns: (request) => nodeOf(request.user) !== undefined,
  admit(request) {
    const { of, subresource } = request;
    const key = `${of.plural}${of.group ? `.${of.group}` : ""}${subresource ? `/${subresource}` : ""}`;
    checks[key]?.(request, nodeOf(request.user)!, registry);
  },
});
