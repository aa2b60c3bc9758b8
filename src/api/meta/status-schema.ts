// Status, the answer the server gives for errors and some deletions.

import { type Infer, atomicList, int32, known, message, optional, pointer, string, struct } from "#api/schema.ts";
import { ListMeta } from "#api/meta/schema.ts";

export const StatusCause = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause",
  "One particular cause of an error.",
  {
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
      "Kind of problem, for example FieldValueInvalid.",
    ),
    message: optional(2, string, "Explanation of the problem, for people."),
    field: optional(3, string, "Faulty field, for example spec.containers[0].image."),
  },
);
export interface StatusCause extends Infer<typeof StatusCause> {}

export const StatusDetails = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails",
  "What exactly an error is about.",
  {
    name: optional(1, string, "Name of the object concerned."),
    group: optional(2, string, "API group of the object concerned."),
    kind: optional(3, string, "Kind or resource of the object concerned."),
    uid: optional(6, string, "Identifier of the object concerned, if it is a single one."),
    causes: optional(4, atomicList(StatusCause), "Each problem that was found."),
    retryAfterSeconds: optional(5, int32, "Seconds to wait before trying again."),
  },
);
export interface StatusDetails extends Infer<typeof StatusDetails> {}

export const Status = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
  "Outcome of a request that returns no object.",
  {
    metadata: struct(1, ListMeta, "List data; empty in most answers."),
    status: optional(2, string, "Either Success or Failure."),
    message: optional(3, string, "Explanation of the outcome, for people."),
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
      "One word programs can test, for example NotFound.",
    ),
    details: pointer(5, StatusDetails, "What the outcome is about, such as object and causes."),
    code: optional(6, int32, "HTTP code of the answer, for example 404; 0 when unset."),
  },
);
export interface Status extends Infer<typeof Status> {}
