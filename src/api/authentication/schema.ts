// Shapes of token requests and of reviews that answer who somebody is.

import {
  type Infer,
  atomicList,
  bool,
  int64,
  list,
  map,
  message,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const BoundObjectReference = message(
  "io.k8s.api.authentication.v1.BoundObjectReference",
  "Points to the Pod, Secret or Node that a token is tied to.",
  {
    kind: optional(1, string, "Kind of the object: Pod, Secret or Node."),
    apiVersion: optional(2, string, "API version of the object, such as v1."),
    name: optional(3, string, "Name of the object that the token is tied to."),
    uid: optional(4, string, "Unique identifier of the object; guards against a new object with the same name."),
  },
);
export interface BoundObjectReference extends Infer<typeof BoundObjectReference> {}

export const UserInfo = message(
  "io.k8s.api.authentication.v1.UserInfo",
  "What the server knows about a user after login.",
  {
    username: optional(1, string, "Name that is unique among all active users."),
    uid: optional(2, string, "Identifier that tells two users of the same name apart over time."),
    groups: optional(3, atomicList(string), "Names of the groups that the user belongs to."),
    extra: optional(
      4,
      map(list(string), { wrapper: "k8s.io.api.authentication.v1.ExtraValue" }),
      "Further facts supplied by the login method, each with a list of values.",
    ),
  },
);
export interface UserInfo extends Infer<typeof UserInfo> {}

export const SelfSubjectReviewStatus = message(
  "io.k8s.api.authentication.v1.SelfSubjectReviewStatus",
  "The server's answer to the question who you are.",
  {
    userInfo: struct(1, UserInfo, "Your name, groups and other facts as the server sees them."),
  },
);
export interface SelfSubjectReviewStatus extends Infer<typeof SelfSubjectReviewStatus> {}

export const SelfSubjectReview = topLevel(
  "io.k8s.api.authentication.v1.SelfSubjectReview",
  "Asks the server who it thinks you are, like kubectl auth whoami.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    status: struct(2, SelfSubjectReviewStatus, "What was last observed; written by the system."),
  },
);
export interface SelfSubjectReview extends Infer<typeof SelfSubjectReview> {}

export const TokenRequestSpec = message(
  "io.k8s.api.authentication.v1.TokenRequestSpec",
  "What kind of service account token is wanted.",
  {
    audiences: optional(1, atomicList(string), "Parties the token is meant for; empty means the API server itself.", {
      always: true,
    }),
    expirationSeconds: pointer(
      4,
      int64,
      "Wanted lifetime in seconds, at least 600; default 3600, and the server may change it.",
      { default: 3600 },
    ),
    boundObjectRef: pointer(
      3,
      BoundObjectReference,
      "Object the token depends on; the token becomes invalid once that object is gone.",
    ),
  },
);
export interface TokenRequestSpec extends Infer<typeof TokenRequestSpec> {}

export const TokenRequestStatus = message(
  "io.k8s.api.authentication.v1.TokenRequestStatus",
  "The token that was issued and when it ends.",
  {
    token: optional(1, string, "The issued token text; it cannot be read again later.", { always: true }),
    expirationTimestamp: optional(2, time, "When the token stops being valid.", { always: true }),
  },
);
export interface TokenRequestStatus extends Infer<typeof TokenRequestStatus> {}

export const TokenRequest = topLevel(
  "io.k8s.api.authentication.v1.TokenRequest",
  "Asks for a fresh token for a service account.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, TokenRequestSpec, "What is wanted."),
    status: struct(3, TokenRequestStatus, "What was last observed; written by the system."),
  },
);
export interface TokenRequest extends Infer<typeof TokenRequest> {}

export const TokenReviewSpec = message(
  "io.k8s.api.authentication.v1.TokenReviewSpec",
  "The token to check and for whom.",
  {
    token: required(1, string, "The secret token text that should be checked.", { omitEmpty: true }),
    audiences: optional(
      2,
      atomicList(string),
      "Accept the token only if meant for one of these; empty means the API server.",
    ),
  },
);
export interface TokenReviewSpec extends Infer<typeof TokenReviewSpec> {}

export const TokenReviewStatus = message(
  "io.k8s.api.authentication.v1.TokenReviewStatus",
  "Whether the token was accepted and to whom it belongs.",
  {
    authenticated: optional(1, bool, "True if the token is genuine and still valid."),
    user: struct(2, UserInfo, "The user the token belongs to; set only if it was accepted."),
    audiences: optional(4, atomicList(string), "Those of the asked audiences that the token is valid for."),
    error: optional(3, string, "Why the token could not be checked."),
  },
);
export interface TokenReviewStatus extends Infer<typeof TokenReviewStatus> {}

export const TokenReview = topLevel(
  "io.k8s.api.authentication.v1.TokenReview",
  "Asks the server whether a token is valid and whose it is; nothing is stored.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, TokenReviewSpec, "What is wanted."),
    status: struct(3, TokenReviewStatus, "What was last observed; written by the system."),
  },
);
export interface TokenReview extends Infer<typeof TokenReview> {}
