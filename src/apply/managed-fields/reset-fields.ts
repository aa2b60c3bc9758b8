// Which fields a write cannot change, so that its manager does not come to own them: the status on the main resource,
// all but the status on /status, and of some kinds parts of the metadata too.
import type { AnyKind } from "#api/kind.ts";

const always = ["apiVersion", "kind", "metadata", "status"];
/** Besides what is said above, by "<plural>.<group>/<subresource>". Source: the reset fields of upstream's strategies. */
const particular: Readonly<Record<string, readonly string[]>> = {
  "pods./status": ["metadata.deletionTimestamp", "metadata.ownerReferences"],
  "deployments.apps/status": ["metadata.labels"],
  "certificatesigningrequests.certificates.k8s.io/": ["spec"],
  "certificatesigningrequests.certificates.k8s.io/status": ["status.conditions"],
  "certificatesigningrequests.certificates.k8s.io/approval": ["spec", "status.certificate"],
  "validatingadmissionpolicies.admissionregistration.k8s.io/status": ["metadata"],
  "storageversions.internal.apiserver.k8s.io/status": ["metadata"],
  "flowschemas.flowcontrol.apiserver.k8s.io/status": ["metadata"],
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io/status": ["metadata"],
  "servicecidrs.networking.k8s.io/status": ["metadata"],
  "devicetaintrules.resource.k8s.io/status": ["metadata"],
  "resourceclaims.resource.k8s.io/status": ["metadata"],
  "resourcepoolstatusrequests.resource.k8s.io/status": ["metadata"],
  "podgroups.scheduling.k8s.io/status": ["metadata"],
  "volumeattachments.storage.k8s.io/status": ["metadata"],
  "storageversionmigrations.storagemigration.k8s.io/status": ["metadata"],
  "apiservices.apiregistration.k8s.io/status": ["metadata"],
  "customresourcedefinitions.apiextensions.k8s.io/status": ["metadata"],
};

const known = new WeakMap<AnyKind, Map<string, readonly string[]>>();
/** Dotted paths, for `resetFields` of apply and of ordinary writes. */
export function resetFieldsOf(kind: AnyKind, subresource: string): readonly string[] {
  let bySubresource = known.get(kind);
  if (!bySubresource) known.set(kind, (bySubresource = new Map()));
  let paths = bySubresource.get(subresource);
  if (!paths) bySubresource.set(subresource, (paths = pathsOf(kind, subresource)));
  return paths;
}
function pathsOf(kind: AnyKind, subresource: string): readonly string[] {
  const own = particular[`${kind.plural}.${kind.group}/${subresource}`] ?? [];
  const hasStatus = kind.subresources.some((s) => s.name === "status");
  if (subresource === "") return hasStatus ? ["status", ...own] : own;
  if (subresource !== "status") return own;
  const metadata = kind.custom ? ["metadata"] : own;
  return [...Object.keys(kind.schema.fields).filter((name) => !always.includes(name)), ...metadata];
}
