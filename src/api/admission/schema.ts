// Wire types of admission.

import {
  type Infer,
  atomicList,
  bool,
  bytes,
  known,
  map,
  message,
  optional,
  pointer,
  rawExtension,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { UserInfo } from "#api/authentication/schema.ts";
import { GroupVersionKind, GroupVersionResource } from "#api/meta/schema.ts";
import { Status } from "#api/meta/status-schema.ts";

export const AdmissionRequest = message("io.k8s.api.admission.v1.AdmissionRequest", "", {
  uid: optional(1, string, "", { always: true }),
  kind: struct(2, GroupVersionKind, ""),
  resource: struct(3, GroupVersionResource, ""),
  subResource: optional(4, string, ""),
  requestKind: pointer(13, GroupVersionKind, ""),
  requestResource: pointer(14, GroupVersionResource, ""),
  requestSubResource: optional(15, string, ""),
  name: optional(5, string, ""),
  namespace: optional(6, string, ""),
  operation: optional(7, known("CREATE", "UPDATE", "DELETE", "CONNECT"), "", { always: true }),
  userInfo: struct(8, UserInfo, ""),
  object: optional(9, rawExtension, ""),
  oldObject: optional(10, rawExtension, ""),
  dryRun: pointer(11, bool, ""),
  options: optional(12, rawExtension, ""),
});
export interface AdmissionRequest extends Infer<typeof AdmissionRequest> {}

export const AdmissionResponse = message("io.k8s.api.admission.v1.AdmissionResponse", "", {
  uid: optional(1, string, "", { always: true }),
  allowed: optional(2, bool, "", { always: true }),
  status: pointer(3, Status, "What was last observed; written by the system."),
  patch: optional(4, bytes, ""),
  patchType: pointer(5, known("JSONPatch"), ""),
  auditAnnotations: optional(6, map(string), ""),
  warnings: optional(7, atomicList(string), ""),
});
export interface AdmissionResponse extends Infer<typeof AdmissionResponse> {}

export const AdmissionReview = topLevel("io.k8s.api.admission.v1.AdmissionReview", "", {
  request: pointer(1, AdmissionRequest, ""),
  response: pointer(2, AdmissionResponse, ""),
});
export interface AdmissionReview extends Infer<typeof AdmissionReview> {}
