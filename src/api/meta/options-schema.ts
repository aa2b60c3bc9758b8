// Wire types of meta/options.

import {
  type Infer,
  atomicList,
  bool,
  int64,
  known,
  message,
  optional,
  pointer,
  required,
  string,
} from "#api/schema.ts";

export const ApplyOptions = message("io.k8s.apimachinery.pkg.apis.meta.v1.ApplyOptions", "", {
  dryRun: optional(1, atomicList(string), ""),
  force: required(2, bool, ""),
  fieldManager: required(3, string, ""),
});
export interface ApplyOptions extends Infer<typeof ApplyOptions> {}

export const CreateOptions = message("io.k8s.apimachinery.pkg.apis.meta.v1.CreateOptions", "", {
  dryRun: optional(1, atomicList(string), ""),
  fieldManager: optional(3, string, ""),
  fieldValidation: optional(4, string, ""),
});
export interface CreateOptions extends Infer<typeof CreateOptions> {}

export const Preconditions = message("io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions", "", {
  uid: pointer(1, string, ""),
  resourceVersion: pointer(2, string, ""),
});
export interface Preconditions extends Infer<typeof Preconditions> {}

export const DeleteOptions = message("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions", "", {
  gracePeriodSeconds: pointer(1, int64, ""),
  preconditions: pointer(2, Preconditions, ""),
  orphanDependents: pointer(3, bool, ""),
  propagationPolicy: pointer(4, known("Orphan", "Background", "Foreground"), ""),
  dryRun: optional(5, atomicList(string), ""),
  ignoreStoreReadErrorWithClusterBreakingPotential: pointer(6, bool, ""),
});
export interface DeleteOptions extends Infer<typeof DeleteOptions> {}

export const GetOptions = message("io.k8s.apimachinery.pkg.apis.meta.v1.GetOptions", "", {
  resourceVersion: optional(1, string, ""),
});
export interface GetOptions extends Infer<typeof GetOptions> {}

export const ListOptions = message("io.k8s.apimachinery.pkg.apis.meta.v1.ListOptions", "", {
  labelSelector: optional(1, string, ""),
  fieldSelector: optional(2, string, ""),
  watch: optional(3, bool, ""),
  allowWatchBookmarks: optional(9, bool, ""),
  resourceVersion: optional(4, string, ""),
  resourceVersionMatch: optional(10, known("NotOlderThan", "Exact"), ""),
  timeoutSeconds: pointer(5, int64, ""),
  limit: optional(7, int64, ""),
  continue: optional(8, string, ""),
  sendInitialEvents: pointer(11, bool, ""),
  shardSelector: optional(15, string, ""),
});
export interface ListOptions extends Infer<typeof ListOptions> {}

export const PatchOptions = message("io.k8s.apimachinery.pkg.apis.meta.v1.PatchOptions", "", {
  dryRun: optional(1, atomicList(string), ""),
  force: pointer(2, bool, ""),
  fieldManager: optional(3, string, ""),
  fieldValidation: optional(4, string, ""),
});
export interface PatchOptions extends Infer<typeof PatchOptions> {}

export const UpdateOptions = message("io.k8s.apimachinery.pkg.apis.meta.v1.UpdateOptions", "", {
  dryRun: optional(1, atomicList(string), ""),
  fieldManager: optional(2, string, ""),
  fieldValidation: optional(3, string, ""),
});
export interface UpdateOptions extends Infer<typeof UpdateOptions> {}
