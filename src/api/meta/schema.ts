// Data shared by all objects: metadata, owners, selectors and conditions.

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

export const Condition = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.Condition",
  "One observation about an object, in the common form.",
  {
    type: required(1, string, "What is observed, in CamelCase, for example Available.", { maxLength: 316 }),
    status: required(2, known("True", "False", "Unknown"), "Whether it holds: True, False or Unknown."),
    observedGeneration: optional(3, int64, "Generation of the object this is based on; if older, it may be stale.", {
      minimum: 0,
    }),
    lastTransitionTime: required(4, time, "When status last switched to another value."),
    reason: required(5, string, "One CamelCase word for why the status is what it is; never empty.", {
      maxLength: 1024,
    }),
    message: required(6, string, "Explanation of the latest switch, for people; may be empty.", { maxLength: 32768 }),
  },
);
export interface Condition extends Infer<typeof Condition> {}

export const FieldSelectorRequirement = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement",
  "A test on one field.",
  {
    key: required(1, string, "Field to look at."),
    operator: required(
      2,
      known("In", "NotIn", "Exists", "DoesNotExist"),
      "How to compare: In, NotIn, Exists or DoesNotExist.",
    ),
    values: optional(3, atomicList(string), "Values to compare with; none for Exists and DoesNotExist."),
  },
);
export interface FieldSelectorRequirement extends Infer<typeof FieldSelectorRequirement> {}

export const GroupVersionKind = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionKind",
  "Full name of a kind.",
  {
    group: required(1, string, "API group; empty is the core one."),
    version: required(2, string, "API version, for example v1."),
    kind: required(3, string, "Kind, for example Deployment."),
  },
);
export interface GroupVersionKind extends Infer<typeof GroupVersionKind> {}

export const GroupVersionResource = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionResource",
  "Full name of a resource.",
  {
    group: required(1, string, "API group; empty is the core one."),
    version: required(2, string, "API version, for example v1."),
    resource: required(3, string, "Plural resource name, for example deployments."),
  },
);
export interface GroupVersionResource extends Infer<typeof GroupVersionResource> {}

export const LabelSelectorRequirement = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement",
  "A test on one label.",
  {
    key: required(1, string, "Label to look at."),
    operator: required(
      2,
      known("In", "NotIn", "Exists", "DoesNotExist"),
      "How to compare: In, NotIn, Exists or DoesNotExist.",
    ),
    values: optional(3, atomicList(string), "Values to compare with; none for Exists and DoesNotExist."),
  },
);
export interface LabelSelectorRequirement extends Infer<typeof LabelSelectorRequirement> {}

export const LabelSelector = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
  "Picks objects by label; all tests must pass, and no test picks all.",
  {
    matchLabels: optional(1, map(string), "Labels and the exact values they must have."),
    matchExpressions: optional(
      2,
      atomicList(LabelSelectorRequirement),
      "Finer tests, such as a label being one of several values.",
    ),
  },
  [],
  { atomic: true },
);
export interface LabelSelector extends Infer<typeof LabelSelector> {}

export const ShardInfo = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo",
  "Tells that a list holds only one share of the objects.",
  {
    selector: required(1, string, "The shard selector the server applied."),
  },
);
export interface ShardInfo extends Infer<typeof ShardInfo> {}

export const ListMeta = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta",
  "Data about a list rather than about its items.",
  {
    selfLink: optional(1, string, "No longer filled in."),
    resourceVersion: optional(2, string, "Version of the data at the time of the list; start a watch here."),
    continue: optional(3, string, "Token for the next page; empty on the last one."),
    remainingItemCount: pointer(4, int64, "About how many items are left after this page, if known."),
    shardInfo: pointer(5, ShardInfo, "Set when the list holds only a share of the objects."),
  },
);
export interface ListMeta extends Infer<typeof ListMeta> {}

export const ManagedFieldsEntry = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry",
  "Which fields one client set, and how.",
  {
    manager: optional(1, string, "Name of the client, for example kubectl."),
    operation: optional(2, known("Apply", "Update"), "Apply for server-side apply, Update for any other write."),
    apiVersion: optional(3, string, "API version in which the fields are named."),
    time: pointer(4, time, "When this client last changed a field."),
    fieldsType: optional(6, string, "Format of the field set; always FieldsV1."),
    fieldsV1: pointer(7, fieldsV1, "The fields this client owns, as a nested map."),
    subresource: optional(8, string, "Subresource written through, for example status; empty for the object itself."),
  },
);
export interface ManagedFieldsEntry extends Infer<typeof ManagedFieldsEntry> {}

export const OwnerReference = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference",
  "Points to the object this one depends on; it is removed when all owners go.",
  {
    apiVersion: required(5, string, "API group and version of the owner."),
    kind: required(1, string, "Kind of the owner, for example ReplicaSet."),
    name: required(3, string, "Name of the owner, in the same namespace or cluster-wide."),
    uid: required(4, string, "Identifier of the owner; another object of the same name does not count."),
    controller: pointer(6, bool, "True for the one owner that manages this object."),
    blockOwnerDeletion: pointer(7, bool, "When true, foreground deletion of the owner waits for this object."),
  },
  [],
  { atomic: true },
);
export interface OwnerReference extends Infer<typeof OwnerReference> {}

export const ObjectMeta = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
  "Name, labels and the other data that every object carries.",
  {
    name: optional(1, string, "Name of the object, unique for its kind in the namespace; cannot change."),
    generateName: optional(
      2,
      string,
      "Start of a name to which the server adds random characters; used if name is empty.",
    ),
    namespace: optional(3, string, "Namespace the object lives in; empty for cluster-wide kinds."),
    selfLink: optional(4, string, "No longer filled in."),
    uid: optional(5, string, "Identifier the server gives, unique over all time."),
    resourceVersion: optional(6, string, "Changes at each write; send it back to avoid overwriting others' changes."),
    generation: optional(7, int64, "Number that goes up each time the wanted state changes."),
    creationTimestamp: optional(
      8,
      time,
      "CreationTimestamp is a timestamp of the object's creation, in UTC; set by the server.",
    ),
    deletionTimestamp: pointer(9, time, "When the object is to be gone; set once deletion was asked for."),
    deletionGracePeriodSeconds: pointer(10, int64, "Seconds given to stop cleanly; set once deletion was asked for."),
    labels: optional(11, map(string), "Short key-value tags by which objects are found and grouped."),
    annotations: optional(12, map(string), "Free key-value notes for tools; cannot be used to select."),
    ownerReferences: optional(
      13,
      mapList(OwnerReference, "uid"),
      "Objects this one depends on; it is cleaned up after they are gone.",
      { patch: "merge", patchKey: "uid" },
    ),
    finalizers: optional(
      14,
      setList(string),
      "Tasks that must be done, and removed from here, before deletion completes.",
      { patch: "merge" },
    ),
    managedFields: optional(
      17,
      atomicList(ManagedFieldsEntry),
      "Who set which field; kept by the server for server-side apply.",
    ),
  },
);
export interface ObjectMeta extends Infer<typeof ObjectMeta> {}
