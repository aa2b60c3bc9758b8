// Wire types of coordination.

import { type Infer, int32, known, message, microTime, pointer, string, struct, topLevel } from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const LeaseSpec = message("io.k8s.api.coordination.v1.LeaseSpec", "", {
  holderIdentity: pointer(1, string, ""),
  leaseDurationSeconds: pointer(2, int32, ""),
  acquireTime: pointer(3, microTime, ""),
  renewTime: pointer(4, microTime, ""),
  leaseTransitions: pointer(5, int32, ""),
  strategy: pointer(6, known("OldestEmulationVersion"), ""),
  preferredHolder: pointer(7, string, ""),
});
export interface LeaseSpec extends Infer<typeof LeaseSpec> {}

export const Lease = topLevel("io.k8s.api.coordination.v1.Lease", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, LeaseSpec, "What is wanted."),
});
export interface Lease extends Infer<typeof Lease> {}
