// In which order groups and versions stand in discovery, as upstream has it: clients take the first that fits.
import type { GroupVersion } from "#api/kind.ts";

export interface Priority {
  readonly group: number;
  readonly version: number;
}
/** By group: its priority, and those of its versions. */
const builtIn: Readonly<Record<string, readonly [group: number, versions: Readonly<Record<string, number>>]>> = {
  "": [18_000, { v1: 1 }],
  apps: [17_800, { v1: 15 }],
  "events.k8s.io": [17_750, { v1: 15 }],
  "authentication.k8s.io": [17_700, { v1: 15 }],
  "authorization.k8s.io": [17_600, { v1: 15 }],
  autoscaling: [17_500, { v2: 30, v1: 15 }],
  batch: [17_400, { v1: 15 }],
  "certificates.k8s.io": [17_300, { v1: 15, v1beta1: 9, v1alpha1: 1 }],
  "networking.k8s.io": [17_200, { v1: 15, v1beta1: 9 }],
  policy: [17_100, { v1: 15 }],
  "rbac.authorization.k8s.io": [17_000, { v1: 15 }],
  "storage.k8s.io": [16_800, { v1: 15, v1beta1: 9 }],
  "admissionregistration.k8s.io": [16_700, { v1: 15, v1beta1: 12, v1alpha1: 9 }],
  "apiextensions.k8s.io": [16_700, { v1: 15 }],
  "scheduling.k8s.io": [16_600, { v1: 15, v1alpha2: 2 }],
  "coordination.k8s.io": [16_500, { v1: 15, v1beta1: 13, v1alpha2: 12 }],
  "node.k8s.io": [16_300, { v1: 15 }],
  "discovery.k8s.io": [16_200, { v1: 15 }],
  "resource.k8s.io": [16_200, { v1: 21, v1beta2: 15, v1beta1: 9, v1alpha3: 1 }],
  "flowcontrol.apiserver.k8s.io": [16_100, { v1: 21 }],
  "internal.apiserver.k8s.io": [16_000, { v1alpha1: 9 }],
  "storagemigration.k8s.io": [15_800, { v1beta1: 9 }],
};
const custom: Priority = { group: 1_000, version: 100 };
/** The group of APIServices stands first, and has no APIService itself. */
const first: Priority = { group: 20_000, version: 18 };

/** Of what this server answers itself. */
export function localPriority({ group, version }: GroupVersion): Priority {
  if (group === "apiregistration.k8s.io") return first;
  const known = Object.hasOwn(builtIn, group) ? builtIn[group] : undefined;
  return known ? { group: known[0], version: known[1][version] ?? custom.version } : custom;
}
