// Shapes of the messages between the API server and admission webhooks.

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

export const AdmissionRequest = message(
  "io.k8s.api.admission.v1.AdmissionRequest",
  "An API request that a webhook should check or change.",
  {
    uid: optional(1, string, "Identifier of this call, to be copied to the answer.", { always: true }),
    kind: struct(2, GroupVersionKind, "Kind of the object as sent to the webhook, such as autoscaling/v1 Scale."),
    resource: struct(3, GroupVersionResource, "Resource as sent to the webhook, such as v1 pods."),
    subResource: optional(4, string, "Subresource that is asked for, such as status; empty for the resource itself."),
    requestKind: pointer(
      13,
      GroupVersionKind,
      "Kind that the client originally used; differs from kind if the object was converted.",
    ),
    requestResource: pointer(
      14,
      GroupVersionResource,
      "Resource that the client originally used; differs from resource after conversion.",
    ),
    requestSubResource: optional(15, string, "Subresource that the client originally used, if any."),
    name: optional(5, string, "Name of the object; may be empty on creation with generateName."),
    namespace: optional(6, string, "Namespace of the request, if there is one."),
    operation: optional(
      7,
      known("CREATE", "UPDATE", "DELETE", "CONNECT"),
      "What is being done: CREATE, UPDATE, DELETE or CONNECT.",
      { always: true },
    ),
    userInfo: struct(8, UserInfo, "The user who made the request."),
    object: optional(9, rawExtension, "The new object; absent for DELETE."),
    oldObject: optional(10, rawExtension, "The object as it was; only for UPDATE and DELETE."),
    dryRun: pointer(11, bool, "If true, nothing will be stored, so cause no side effects; default false."),
    options: optional(12, rawExtension, "Options of the operation, such as CreateOptions or DeleteOptions."),
  },
);
export interface AdmissionRequest extends Infer<typeof AdmissionRequest> {}

export const AdmissionResponse = message("io.k8s.api.admission.v1.AdmissionResponse", "The verdict of a webhook.", {
  uid: optional(1, string, "Identifier copied from the request.", { always: true }),
  allowed: optional(2, bool, "True lets the request go ahead; false refuses it.", { always: true }),
  status: pointer(3, Status, "Message and HTTP code for the user; used only when the request is refused."),
  patch: optional(4, bytes, "Changes to make, as a base64-encoded JSON patch; only from mutating webhooks."),
  patchType: pointer(5, known("JSONPatch"), "Form of the patch; JSONPatch is the only one."),
  auditAnnotations: optional(
    6,
    map(string),
    "Notes for the audit log; the webhook's name is put in front of each key.",
  ),
  warnings: optional(7, atomicList(string), "Messages to show to the user, best kept under 120 characters each."),
});
export interface AdmissionResponse extends Infer<typeof AdmissionResponse> {}

export const AdmissionReview = topLevel(
  "io.k8s.api.admission.v1.AdmissionReview",
  "Wraps the question to a webhook and its answer.",
  {
    request: pointer(1, AdmissionRequest, "The request to judge, filled in by the API server."),
    response: pointer(2, AdmissionResponse, "The answer, filled in by the webhook."),
  },
);
export interface AdmissionReview extends Infer<typeof AdmissionReview> {}
