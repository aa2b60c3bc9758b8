// Wire types of core/reference.

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
  "",
  {
    name: optional(1, string, "", { default: "" }),
  },
  [],
  { atomic: true },
);
export interface LocalObjectReference extends Infer<typeof LocalObjectReference> {}

export const ConfigMapKeySelector = message(
  "io.k8s.api.core.v1.ConfigMapKeySelector",
  "",
  {
    key: required(2, string, ""),
    optional: pointer(3, bool, ""),
  },
  [embed(1, LocalObjectReference)],
  { atomic: true },
);
export interface ConfigMapKeySelector extends Infer<typeof ConfigMapKeySelector> {}

export const FileKeySelector = message(
  "io.k8s.api.core.v1.FileKeySelector",
  "",
  {
    volumeName: required(1, string, ""),
    path: required(2, string, ""),
    key: required(3, string, ""),
    optional: pointer(4, bool, "", { default: false }),
  },
  [],
  { atomic: true },
);
export interface FileKeySelector extends Infer<typeof FileKeySelector> {}

export const KeyToPath = message("io.k8s.api.core.v1.KeyToPath", "", {
  key: required(1, string, ""),
  path: required(2, string, ""),
  mode: pointer(3, int32, ""),
});
export interface KeyToPath extends Infer<typeof KeyToPath> {}

export const ObjectFieldSelector = message(
  "io.k8s.api.core.v1.ObjectFieldSelector",
  "",
  {
    apiVersion: optional(1, string, ""),
    fieldPath: required(2, string, ""),
  },
  [],
  { atomic: true },
);
export interface ObjectFieldSelector extends Infer<typeof ObjectFieldSelector> {}

export const ObjectReference = message(
  "io.k8s.api.core.v1.ObjectReference",
  "",
  {
    kind: optional(1, string, ""),
    namespace: optional(2, string, ""),
    name: optional(3, string, ""),
    uid: optional(4, string, ""),
    apiVersion: optional(5, string, ""),
    resourceVersion: optional(6, string, ""),
    fieldPath: optional(7, string, ""),
  },
  [],
  { atomic: true },
);
export interface ObjectReference extends Infer<typeof ObjectReference> {}

export const ResourceClaim = message("io.k8s.api.core.v1.ResourceClaim", "", {
  name: required(1, string, ""),
  request: optional(2, string, ""),
});
export interface ResourceClaim extends Infer<typeof ResourceClaim> {}

export const ResourceFieldSelector = message(
  "io.k8s.api.core.v1.ResourceFieldSelector",
  "",
  {
    containerName: optional(1, string, ""),
    resource: required(2, string, ""),
    divisor: optional(3, quantity, ""),
  },
  [],
  { atomic: true },
);
export interface ResourceFieldSelector extends Infer<typeof ResourceFieldSelector> {}

export const ResourceRequirements = message("io.k8s.api.core.v1.ResourceRequirements", "", {
  limits: optional(1, map(quantity), ""),
  requests: optional(2, map(quantity), ""),
  claims: optional(3, mapList(ResourceClaim, "name"), ""),
});
export interface ResourceRequirements extends Infer<typeof ResourceRequirements> {}

export const SecretKeySelector = message(
  "io.k8s.api.core.v1.SecretKeySelector",
  "",
  {
    key: required(2, string, ""),
    optional: pointer(3, bool, ""),
  },
  [embed(1, LocalObjectReference)],
  { atomic: true },
);
export interface SecretKeySelector extends Infer<typeof SecretKeySelector> {}

export const SecretReference = message(
  "io.k8s.api.core.v1.SecretReference",
  "",
  {
    name: optional(1, string, ""),
    namespace: optional(2, string, ""),
  },
  [],
  { atomic: true },
);
export interface SecretReference extends Infer<typeof SecretReference> {}

export const TypedLocalObjectReference = message(
  "io.k8s.api.core.v1.TypedLocalObjectReference",
  "",
  {
    apiGroup: pointer(1, string, ""),
    kind: required(2, string, ""),
    name: required(3, string, ""),
  },
  [],
  { atomic: true },
);
export interface TypedLocalObjectReference extends Infer<typeof TypedLocalObjectReference> {}

export const TypedObjectReference = message("io.k8s.api.core.v1.TypedObjectReference", "", {
  apiGroup: pointer(1, string, ""),
  kind: required(2, string, ""),
  name: required(3, string, ""),
  namespace: pointer(4, string, ""),
});
export interface TypedObjectReference extends Infer<typeof TypedObjectReference> {}

export const VolumeResourceRequirements = message("io.k8s.api.core.v1.VolumeResourceRequirements", "", {
  limits: optional(1, map(quantity), ""),
  requests: optional(2, map(quantity), ""),
});
export interface VolumeResourceRequirements extends Infer<typeof VolumeResourceRequirements> {}
