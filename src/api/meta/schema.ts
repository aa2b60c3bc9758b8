// Wire types of meta.

import {
  type Infer,
  atomicList,
  bool,
  fieldsV1,
  int64,
  known,
  map,
  mapList,
  message,
  optional,
  pointer,
  required,
  setList,
  string,
  time,
} from "#api/schema.ts";

export const Condition = message("io.k8s.apimachinery.pkg.apis.meta.v1.Condition", "", {
  type: required(1, string, "", { maxLength: 316 }),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  observedGeneration: optional(3, int64, "", { minimum: 0 }),
  lastTransitionTime: required(4, time, ""),
  reason: required(5, string, "", { maxLength: 1024 }),
  message: required(6, string, "", { maxLength: 32768 }),
});
export interface Condition extends Infer<typeof Condition> {}

export const FieldSelectorRequirement = message("io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement", "", {
  key: required(1, string, ""),
  operator: required(2, known("In", "NotIn", "Exists", "DoesNotExist"), ""),
  values: optional(3, atomicList(string), ""),
});
export interface FieldSelectorRequirement extends Infer<typeof FieldSelectorRequirement> {}

export const GroupVersionKind = message("io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionKind", "", {
  group: required(1, string, ""),
  version: required(2, string, ""),
  kind: required(3, string, ""),
});
export interface GroupVersionKind extends Infer<typeof GroupVersionKind> {}

export const GroupVersionResource = message("io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionResource", "", {
  group: required(1, string, ""),
  version: required(2, string, ""),
  resource: required(3, string, ""),
});
export interface GroupVersionResource extends Infer<typeof GroupVersionResource> {}

export const LabelSelectorRequirement = message("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement", "", {
  key: required(1, string, ""),
  operator: required(2, known("In", "NotIn", "Exists", "DoesNotExist"), ""),
  values: optional(3, atomicList(string), ""),
});
export interface LabelSelectorRequirement extends Infer<typeof LabelSelectorRequirement> {}

export const LabelSelector = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
  "",
  {
    matchLabels: optional(1, map(string), ""),
    matchExpressions: optional(2, atomicList(LabelSelectorRequirement), ""),
  },
  [],
  { atomic: true },
);
export interface LabelSelector extends Infer<typeof LabelSelector> {}

export const ShardInfo = message("io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo", "", {
  selector: required(1, string, ""),
});
export interface ShardInfo extends Infer<typeof ShardInfo> {}

export const ListMeta = message("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta", "", {
  selfLink: optional(1, string, ""),
  resourceVersion: optional(2, string, ""),
  continue: optional(3, string, ""),
  remainingItemCount: pointer(4, int64, ""),
  shardInfo: pointer(5, ShardInfo, ""),
});
export interface ListMeta extends Infer<typeof ListMeta> {}

export const ManagedFieldsEntry = message("io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry", "", {
  manager: optional(1, string, ""),
  operation: optional(2, known("Apply", "Update"), ""),
  apiVersion: optional(3, string, ""),
  time: pointer(4, time, ""),
  fieldsType: optional(6, string, ""),
  fieldsV1: pointer(7, fieldsV1, ""),
  subresource: optional(8, string, ""),
});
export interface ManagedFieldsEntry extends Infer<typeof ManagedFieldsEntry> {}

export const OwnerReference = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference",
  "",
  {
    apiVersion: required(5, string, ""),
    kind: required(1, string, ""),
    name: required(3, string, ""),
    uid: required(4, string, ""),
    controller: pointer(6, bool, ""),
    blockOwnerDeletion: pointer(7, bool, ""),
  },
  [],
  { atomic: true },
);
export interface OwnerReference extends Infer<typeof OwnerReference> {}

export const ObjectMeta = message("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "", {
  name: optional(1, string, ""),
  generateName: optional(2, string, ""),
  namespace: optional(3, string, ""),
  selfLink: optional(4, string, ""),
  uid: optional(5, string, ""),
  resourceVersion: optional(6, string, ""),
  generation: optional(7, int64, ""),
  creationTimestamp: optional(8, time, ""),
  deletionTimestamp: pointer(9, time, ""),
  deletionGracePeriodSeconds: pointer(10, int64, ""),
  labels: optional(11, map(string), ""),
  annotations: optional(12, map(string), ""),
  ownerReferences: optional(13, mapList(OwnerReference, "uid"), "", { patch: "merge", patchKey: "uid" }),
  finalizers: optional(14, setList(string), "", { patch: "merge" }),
  managedFields: optional(17, atomicList(ManagedFieldsEntry), ""),
});
export interface ObjectMeta extends Infer<typeof ObjectMeta> {}
