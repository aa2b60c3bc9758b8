// Wire types of meta/status.

import { type Infer, atomicList, int32, known, message, optional, pointer, string, struct } from "#api/schema.ts";
import { ListMeta } from "#api/meta/schema.ts";

export const StatusCause = message("io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause", "", {
  reason: optional(
    1,
    known(
      "NamespaceTerminating",
      "DisruptionBudget",
      "FieldValueNotFound",
      "FieldValueRequired",
      "FieldValueDuplicate",
      "FieldValueInvalid",
      "FieldValueNotSupported",
      "FieldValueForbidden",
      "FieldValueTooLong",
      "FieldValueTooMany",
      "InternalError",
      "FieldValueTypeInvalid",
      "UnexpectedServerResponse",
      "FieldManagerConflict",
      "ResourceVersionTooLarge",
    ),
    "",
  ),
  message: optional(2, string, ""),
  field: optional(3, string, ""),
});
export interface StatusCause extends Infer<typeof StatusCause> {}

export const StatusDetails = message("io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails", "", {
  name: optional(1, string, ""),
  group: optional(2, string, ""),
  kind: optional(3, string, ""),
  uid: optional(6, string, ""),
  causes: optional(4, atomicList(StatusCause), ""),
  retryAfterSeconds: optional(5, int32, ""),
});
export interface StatusDetails extends Infer<typeof StatusDetails> {}

export const Status = message("io.k8s.apimachinery.pkg.apis.meta.v1.Status", "", {
  metadata: struct(1, ListMeta, "Name, labels and the other data that every object carries."),
  status: optional(2, string, "What was last observed; written by the system."),
  message: optional(3, string, ""),
  reason: optional(
    4,
    known(
      "Unauthorized",
      "Forbidden",
      "NotFound",
      "AlreadyExists",
      "Conflict",
      "Gone",
      "Invalid",
      "ServerTimeout",
      "StorageReadError",
      "Timeout",
      "TooManyRequests",
      "BadRequest",
      "MethodNotAllowed",
      "NotAcceptable",
      "RequestEntityTooLarge",
      "UnsupportedMediaType",
      "InternalError",
      "Expired",
      "ServiceUnavailable",
    ),
    "",
  ),
  details: pointer(5, StatusDetails, ""),
  code: optional(6, int32, ""),
});
export interface Status extends Infer<typeof Status> {}
