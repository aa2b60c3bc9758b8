// Shapes of candidates for a Lease.

import {
  type Infer,
  known,
  message,
  microTime,
  optional,
  pointer,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const LeaseCandidateSpec = message(
  "io.k8s.api.coordination.v1beta1.LeaseCandidateSpec",
  "For what somebody stands, and with which version.",
  {
    leaseName: required(1, string, "Lease that the candidate would hold; cannot change."),
    pingTime: pointer(2, microTime, "When an answer was last asked for; the candidate answers by a newer renewTime."),
    renewTime: pointer(3, microTime, "When the candidate last showed that it is there."),
    binaryVersion: required(4, string, "Version of the program of the candidate, such as 1.36.0."),
    emulationVersion: optional(5, string, "Version that the candidate behaves as; at most binaryVersion."),
    strategy: required(6, known("OldestEmulationVersion"), "How the holder is to be picked among all candidates.", {
      omitEmpty: true,
    }),
  },
);
export interface LeaseCandidateSpec extends Infer<typeof LeaseCandidateSpec> {}

export const LeaseCandidate = topLevel(
  "io.k8s.api.coordination.v1beta1.LeaseCandidate",
  "Somebody who stands for the role that a Lease guards.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, LeaseCandidateSpec, "What is wanted.", { omitEmpty: true }),
  },
);
export interface LeaseCandidate extends Infer<typeof LeaseCandidate> {}
