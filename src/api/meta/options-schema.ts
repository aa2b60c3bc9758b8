// Query options of reads, writes, patches and deletes.

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

export const ApplyOptions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.ApplyOptions",
  "Options of a server-side apply request.",
  {
    dryRun: optional(1, atomicList(string), "Set to All to run every check without saving anything."),
    force: required(2, bool, "When true, takes over fields that others manage instead of failing."),
    fieldManager: required(3, string, "Name under which the fields are owned; required for apply."),
  },
);
export interface ApplyOptions extends Infer<typeof ApplyOptions> {}

export const CreateOptions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.CreateOptions",
  "Options of a create request.",
  {
    dryRun: optional(1, atomicList(string), "Set to All to run every check without saving anything."),
    fieldManager: optional(3, string, "Name recorded as owner of the fields; taken from the user agent by default."),
    fieldValidation: optional(4, string, "Unknown or duplicate fields: Ignore, Warn (default) or Strict to refuse."),
  },
);
export interface CreateOptions extends Infer<typeof CreateOptions> {}

export const Preconditions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions",
  "Facts that must still be true for a write to go ahead.",
  {
    uid: pointer(1, string, "Identifier the object must have."),
    resourceVersion: pointer(2, string, "Version the object must have."),
  },
);
export interface Preconditions extends Infer<typeof Preconditions> {}

export const DeleteOptions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
  "Options of a delete request.",
  {
    gracePeriodSeconds: pointer(
      1,
      int64,
      "Seconds to let the object stop; 0 deletes at once, absent uses its own default.",
    ),
    preconditions: pointer(2, Preconditions, "Refuse the deletion unless these hold."),
    orphanDependents: pointer(3, bool, "Outdated form of propagationPolicy; true keeps the dependents."),
    propagationPolicy: pointer(
      4,
      known("Orphan", "Background", "Foreground"),
      "Dependents are deleted after (Background), before (Foreground), or kept (Orphan).",
    ),
    dryRun: optional(5, atomicList(string), "Set to All to run every check without saving anything."),
    ignoreStoreReadErrorWithClusterBreakingPotential: pointer(
      6,
      bool,
      "When true, deletes even an unreadable object, skipping all safeguards; dangerous.",
    ),
  },
);
export interface DeleteOptions extends Infer<typeof DeleteOptions> {}

export const GetOptions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.GetOptions",
  "Options of a request for one object.",
  {
    resourceVersion: optional(1, string, "How fresh the answer must be: empty for the latest, 0 for any."),
  },
);
export interface GetOptions extends Infer<typeof GetOptions> {}

export const ListOptions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.ListOptions",
  "Options of a list or watch request.",
  {
    labelSelector: optional(
      1,
      string,
      "Keeps only objects whose labels match, for example app=web; everything by default.",
    ),
    fieldSelector: optional(2, string, "Keeps only objects whose fields match, for example status.phase=Running."),
    watch: optional(3, bool, "When true, streams changes instead of returning a list."),
    allowWatchBookmarks: optional(9, bool, "When true, the watch also sends BOOKMARK events that mark progress."),
    resourceVersion: optional(4, string, "Version to list at or to watch from; empty means the latest."),
    resourceVersionMatch: optional(
      10,
      known("NotOlderThan", "Exact"),
      "How a list reads resourceVersion: NotOlderThan or Exact.",
    ),
    timeoutSeconds: pointer(5, int64, "Seconds after which the list or watch is ended, busy or not."),
    limit: optional(7, int64, "Most objects to return at once; ask for the rest with continue."),
    continue: optional(8, string, "Token from the previous page; fetches the next one, expires after some minutes."),
    sendInitialEvents: pointer(11, bool, "When true, a watch starts with the existing objects, then a bookmark."),
    shardSelector: optional(
      15,
      string,
      "Keeps only one share of the objects, so that several clients can divide them.",
    ),
  },
);
export interface ListOptions extends Infer<typeof ListOptions> {}

export const PatchOptions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.PatchOptions",
  "Options of a patch request.",
  {
    dryRun: optional(1, atomicList(string), "Set to All to run every check without saving anything."),
    force: pointer(2, bool, "When true, an apply takes over fields that others manage; not for other patches."),
    fieldManager: optional(3, string, "Name recorded as owner of the fields; required for apply."),
    fieldValidation: optional(4, string, "Unknown or duplicate fields: Ignore, Warn (default) or Strict to refuse."),
  },
);
export interface PatchOptions extends Infer<typeof PatchOptions> {}

export const UpdateOptions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.UpdateOptions",
  "Options of an update request.",
  {
    dryRun: optional(1, atomicList(string), "Set to All to run every check without saving anything."),
    fieldManager: optional(2, string, "Name recorded as owner of the fields; taken from the user agent by default."),
    fieldValidation: optional(3, string, "Unknown or duplicate fields: Ignore, Warn (default) or Strict to refuse."),
  },
);
export interface UpdateOptions extends Infer<typeof UpdateOptions> {}
