// Shapes of what servers say of the versions that they store.

import {
  type Infer,
  int64,
  known,
  mapList,
  message,
  optional,
  pointer,
  required,
  setList,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const StorageVersionSpec = message(
  "io.k8s.api.apiserverinternal.v1alpha1.StorageVersionSpec",
  "Empty: everything of the object is in its status.",
  {},
);
export interface StorageVersionSpec extends Infer<typeof StorageVersionSpec> {}

export const ServerStorageVersion = message(
  "io.k8s.api.apiserverinternal.v1alpha1.ServerStorageVersion",
  "In which versions one server reads and writes a resource.",
  {
    apiServerID: required(1, string, "The server, as it names itself.", { omitEmpty: true }),
    encodingVersion: required(2, string, "Version in which the server writes objects to the store.", {
      omitEmpty: true,
    }),
    decodableVersions: required(3, setList(string), "Versions that the server can read from the store.", {
      omitEmpty: true,
    }),
    servedVersions: optional(4, setList(string), "Versions in which the server shows objects to clients."),
  },
);
export interface ServerStorageVersion extends Infer<typeof ServerStorageVersion> {}

export const StorageVersionCondition = message(
  "io.k8s.api.apiserverinternal.v1alpha1.StorageVersionCondition",
  "A fact about the versions of a resource.",
  {
    type: required(1, known("AllEncodingVersionsEqual"), "Name of the condition."),
    status: required(2, known("True", "False", "Unknown"), "Whether it holds: True, False or Unknown."),
    observedGeneration: optional(3, int64, "Generation of the object for which it was found."),
    lastTransitionTime: optional(4, time, "When the status last changed.", { always: true }),
    reason: required(5, string, "Cause in one word, for programs."),
    message: required(6, string, "Cause in words, for people.", { omitEmpty: true }),
  },
);
export interface StorageVersionCondition extends Infer<typeof StorageVersionCondition> {}

export const StorageVersionStatus = message(
  "io.k8s.api.apiserverinternal.v1alpha1.StorageVersionStatus",
  "What the servers say about one resource.",
  {
    storageVersions: optional(1, mapList(ServerStorageVersion, "apiServerID"), "Versions by server."),
    commonEncodingVersion: pointer(2, string, "Version that all servers write, when they agree."),
    conditions: optional(
      3,
      mapList(StorageVersionCondition, "type"),
      "Notable facts, such as AllEncodingVersionsEqual.",
    ),
  },
);
export interface StorageVersionStatus extends Infer<typeof StorageVersionStatus> {}

export const StorageVersion = topLevel(
  "io.k8s.api.apiserverinternal.v1alpha1.StorageVersion",
  "In which versions the API servers store one resource; its name is <group>.<resource>.",
  {
    metadata: required(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, StorageVersionSpec, "Empty."),
    status: struct(3, StorageVersionStatus, "What was last observed; written by the system."),
  },
);
export interface StorageVersion extends Infer<typeof StorageVersion> {}
