// Shapes of Lease, the lock used for leader election and node heartbeats.

import { type Infer, int32, known, message, microTime, pointer, string, struct, topLevel } from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const LeaseSpec = message(
  "io.k8s.api.coordination.v1.LeaseSpec",
  "Who holds the lock, since when and for how long.",
  {
    holderIdentity: pointer(1, string, "Name of the current holder; empty means nobody holds the lock."),
    leaseDurationSeconds: pointer(2, int32, "Seconds after renewTime at which others may take the lock over."),
    acquireTime: pointer(3, microTime, "When the present holder got the lock."),
    renewTime: pointer(4, microTime, "When the holder last confirmed that it is alive."),
    leaseTransitions: pointer(5, int32, "How many times the lock has passed to a different holder."),
    strategy: pointer(
      6,
      known("OldestEmulationVersion"),
      "How a holder is picked among candidates; only used with coordinated leader election.",
    ),
    preferredHolder: pointer(7, string, "Candidate to whom the present holder should hand over the lock."),
  },
);
export interface LeaseSpec extends Infer<typeof LeaseSpec> {}

export const Lease = topLevel(
  "io.k8s.api.coordination.v1.Lease",
  "A lock with an expiry time, used to elect leaders and to show that nodes live.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, LeaseSpec, "What is wanted."),
  },
);
export interface Lease extends Infer<typeof Lease> {}
