// Small references: to objects, to keys of config maps and secrets, to fields and resources.

import {
  type Infer,
  bool,
  embed,
  int32,
  map,
  mapList,
  message,
  optional,
  pointer,
  quantity,
  required,
  string,
} from "#api/schema.ts";

export const LocalObjectReference = message(
  "io.k8s.api.core.v1.LocalObjectReference",
  "Points to an object of the same namespace by name.",
  {
    name: optional(1, string, "Name of the object.", { default: "" }),
  },
  [],
  { atomic: true },
);
export interface LocalObjectReference extends Infer<typeof LocalObjectReference> {}

export const ConfigMapKeySelector = message(
  "io.k8s.api.core.v1.ConfigMapKeySelector",
  "Points to one key of a config map.",
  {
    key: required(2, string, "Key to read from the config map."),
    optional: pointer(3, bool, "When true, a missing config map or key is not an error."),
  },
  [embed(1, LocalObjectReference)],
  { atomic: true },
);
export interface ConfigMapKeySelector extends Infer<typeof ConfigMapKeySelector> {}

export const FileKeySelector = message(
  "io.k8s.api.core.v1.FileKeySelector",
  "Points to one key of an env-style file in a volume.",
  {
    volumeName: required(1, string, "Volume of the pod that holds the file."),
    path: required(2, string, "File to read, relative to the root of the volume."),
    key: required(3, string, "Variable to look up in the file."),
    optional: pointer(4, bool, "When true, a missing file or key is not an error; false by default.", {
      default: false,
    }),
  },
  [],
  { atomic: true },
);
export interface FileKeySelector extends Infer<typeof FileKeySelector> {}

export const KeyToPath = message("io.k8s.api.core.v1.KeyToPath", "Writes one key to a file of chosen name.", {
  key: required(1, string, "Key whose value is written."),
  path: required(2, string, "File to write, relative to the volume; stepping up with .. is refused."),
  mode: pointer(3, int32, "Permission bits of the file, for example 0400; the volume's defaultMode if absent."),
});
export interface KeyToPath extends Infer<typeof KeyToPath> {}

export const ObjectFieldSelector = message(
  "io.k8s.api.core.v1.ObjectFieldSelector",
  "Points to a field of the pod.",
  {
    apiVersion: optional(1, string, "Version in which fieldPath is written; v1 by default.", { default: "v1" }),
    fieldPath: required(2, string, "Which field, for example metadata.labels['app']."),
  },
  [],
  { atomic: true },
);
export interface ObjectFieldSelector extends Infer<typeof ObjectFieldSelector> {}

export const ObjectReference = message(
  "io.k8s.api.core.v1.ObjectReference",
  "Points to any object, or to a part of one.",
  {
    kind: optional(1, string, "Kind of the object, for example Pod."),
    namespace: optional(2, string, "Namespace of the object."),
    name: optional(3, string, "Name of the object."),
    uid: optional(4, string, "Identifier of the object, to tell it from later ones of the same name."),
    apiVersion: optional(5, string, "API group and version of the object."),
    resourceVersion: optional(6, string, "Version of the object that is meant."),
    fieldPath: optional(7, string, "Part of the object, for example spec.containers{web}."),
  },
  [],
  { atomic: true },
);
export interface ObjectReference extends Infer<typeof ObjectReference> {}

export const ResourceClaim = message(
  "io.k8s.api.core.v1.ResourceClaim",
  "Gives a container the devices of one of the pod's claims.",
  {
    name: required(1, string, "Entry of the pod's resourceClaims to use."),
    request: optional(2, string, "Single request of the claim to use; all of them when empty."),
  },
);
export interface ResourceClaim extends Infer<typeof ResourceClaim> {}

export const ResourceFieldSelector = message(
  "io.k8s.api.core.v1.ResourceFieldSelector",
  "Points to a request or limit of a container.",
  {
    containerName: optional(1, string, "Container to look at; required in volumes, optional in variables."),
    resource: required(2, string, "Which figure, for example limits.memory."),
    divisor: optional(3, quantity, "Unit in which to give the figure, for example 1Mi; 1 by default."),
  },
  [],
  { atomic: true },
);
export interface ResourceFieldSelector extends Infer<typeof ResourceFieldSelector> {}

export const ResourceRequirements = message(
  "io.k8s.api.core.v1.ResourceRequirements",
  "How much CPU, memory and other resources are needed and allowed.",
  {
    limits: optional(1, map(quantity), "Most it may use; memory beyond kills it, CPU beyond slows it."),
    requests: optional(2, map(quantity), "Amount set aside by the scheduler; the limit is used if absent."),
    claims: optional(3, mapList(ResourceClaim, "name"), "Device claims of the pod that the container uses."),
  },
);
export interface ResourceRequirements extends Infer<typeof ResourceRequirements> {}

export const SecretKeySelector = message(
  "io.k8s.api.core.v1.SecretKeySelector",
  "Points to one key of a secret.",
  {
    key: required(2, string, "Key to read from the secret."),
    optional: pointer(3, bool, "When true, a missing secret or key is not an error."),
  },
  [embed(1, LocalObjectReference)],
  { atomic: true },
);
export interface SecretKeySelector extends Infer<typeof SecretKeySelector> {}

export const SecretReference = message(
  "io.k8s.api.core.v1.SecretReference",
  "Points to a secret in any namespace.",
  {
    name: optional(1, string, "Name of the secret."),
    namespace: optional(2, string, "Namespace of the secret."),
  },
  [],
  { atomic: true },
);
export interface SecretReference extends Infer<typeof SecretReference> {}

export const TypedLocalObjectReference = message(
  "io.k8s.api.core.v1.TypedLocalObjectReference",
  "Points to an object of a given kind in the same namespace.",
  {
    apiGroup: pointer(1, string, "API group of the kind; absent means the core group."),
    kind: required(2, string, "Kind of the object."),
    name: required(3, string, "Name of the object."),
  },
  [],
  { atomic: true },
);
export interface TypedLocalObjectReference extends Infer<typeof TypedLocalObjectReference> {}

export const TypedObjectReference = message(
  "io.k8s.api.core.v1.TypedObjectReference",
  "Points to an object of a given kind, possibly in another namespace.",
  {
    apiGroup: pointer(1, string, "API group of the kind; absent means the core group."),
    kind: required(2, string, "Kind of the object."),
    name: required(3, string, "Name of the object."),
    namespace: pointer(4, string, "Namespace of the object; another one must permit it through a ReferenceGrant."),
  },
);
export interface TypedObjectReference extends Infer<typeof TypedObjectReference> {}

export const VolumeResourceRequirements = message(
  "io.k8s.api.core.v1.VolumeResourceRequirements",
  "How much storage is asked for.",
  {
    limits: optional(1, map(quantity), "Largest acceptable size, under the key storage."),
    requests: optional(2, map(quantity), "Smallest acceptable size, under the key storage."),
  },
);
export interface VolumeResourceRequirements extends Infer<typeof VolumeResourceRequirements> {}
