// Wire types of authentication.

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

export const BoundObjectReference = message("io.k8s.api.authentication.v1.BoundObjectReference", "", {
  kind: optional(1, string, ""),
  apiVersion: optional(2, string, ""),
  name: optional(3, string, ""),
  uid: optional(4, string, ""),
});
export interface BoundObjectReference extends Infer<typeof BoundObjectReference> {}

export const UserInfo = message("io.k8s.api.authentication.v1.UserInfo", "", {
  username: optional(1, string, ""),
  uid: optional(2, string, ""),
  groups: optional(3, atomicList(string), ""),
  extra: optional(4, map(list(string), { wrapper: "k8s.io.api.authentication.v1.ExtraValue" }), ""),
});
export interface UserInfo extends Infer<typeof UserInfo> {}

export const SelfSubjectReviewStatus = message("io.k8s.api.authentication.v1.SelfSubjectReviewStatus", "", {
  userInfo: struct(1, UserInfo, ""),
});
export interface SelfSubjectReviewStatus extends Infer<typeof SelfSubjectReviewStatus> {}

export const SelfSubjectReview = topLevel("io.k8s.api.authentication.v1.SelfSubjectReview", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  status: struct(2, SelfSubjectReviewStatus, "What was last observed; written by the system."),
});
export interface SelfSubjectReview extends Infer<typeof SelfSubjectReview> {}

export const TokenRequestSpec = message("io.k8s.api.authentication.v1.TokenRequestSpec", "", {
  audiences: optional(1, atomicList(string), "", { always: true }),
  expirationSeconds: pointer(4, int64, ""),
  boundObjectRef: pointer(3, BoundObjectReference, ""),
});
export interface TokenRequestSpec extends Infer<typeof TokenRequestSpec> {}

export const TokenRequestStatus = message("io.k8s.api.authentication.v1.TokenRequestStatus", "", {
  token: optional(1, string, "", { always: true }),
  expirationTimestamp: optional(2, time, "", { always: true }),
});
export interface TokenRequestStatus extends Infer<typeof TokenRequestStatus> {}

export const TokenRequest = topLevel("io.k8s.api.authentication.v1.TokenRequest", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, TokenRequestSpec, "What is wanted."),
  status: struct(3, TokenRequestStatus, "What was last observed; written by the system."),
});
export interface TokenRequest extends Infer<typeof TokenRequest> {}

export const TokenReviewSpec = message("io.k8s.api.authentication.v1.TokenReviewSpec", "", {
  token: required(1, string, "", { omitEmpty: true }),
  audiences: optional(2, atomicList(string), ""),
});
export interface TokenReviewSpec extends Infer<typeof TokenReviewSpec> {}

export const TokenReviewStatus = message("io.k8s.api.authentication.v1.TokenReviewStatus", "", {
  authenticated: optional(1, bool, ""),
  user: struct(2, UserInfo, ""),
  audiences: optional(4, atomicList(string), ""),
  error: optional(3, string, ""),
});
export interface TokenReviewStatus extends Infer<typeof TokenReviewStatus> {}

export const TokenReview = topLevel("io.k8s.api.authentication.v1.TokenReview", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, TokenReviewSpec, "What is wanted."),
  status: struct(3, TokenReviewStatus, "What was last observed; written by the system."),
});
export interface TokenReview extends Infer<typeof TokenReview> {}
