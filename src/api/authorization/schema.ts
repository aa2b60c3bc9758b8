// Wire types of authorization.

import {
  type Infer,
  atomicList,
  bool,
  list,
  map,
  message,
  optional,
  pointer,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { FieldSelectorRequirement, LabelSelectorRequirement, ObjectMeta } from "#api/meta/schema.ts";

export const FieldSelectorAttributes = message("io.k8s.api.authorization.v1.FieldSelectorAttributes", "", {
  rawSelector: optional(1, string, ""),
  requirements: optional(2, atomicList(FieldSelectorRequirement), ""),
});
export interface FieldSelectorAttributes extends Infer<typeof FieldSelectorAttributes> {}

export const LabelSelectorAttributes = message("io.k8s.api.authorization.v1.LabelSelectorAttributes", "", {
  rawSelector: optional(1, string, ""),
  requirements: optional(2, atomicList(LabelSelectorRequirement), ""),
});
export interface LabelSelectorAttributes extends Infer<typeof LabelSelectorAttributes> {}

export const ResourceAttributes = message("io.k8s.api.authorization.v1.ResourceAttributes", "", {
  namespace: optional(1, string, ""),
  verb: optional(2, string, ""),
  group: optional(3, string, ""),
  version: optional(4, string, ""),
  resource: optional(5, string, ""),
  subresource: optional(6, string, ""),
  name: optional(7, string, ""),
  fieldSelector: pointer(8, FieldSelectorAttributes, ""),
  labelSelector: pointer(9, LabelSelectorAttributes, ""),
});
export interface ResourceAttributes extends Infer<typeof ResourceAttributes> {}

export const NonResourceAttributes = message("io.k8s.api.authorization.v1.NonResourceAttributes", "", {
  path: optional(1, string, ""),
  verb: optional(2, string, ""),
});
export interface NonResourceAttributes extends Infer<typeof NonResourceAttributes> {}

export const SubjectAccessReviewSpec = message("io.k8s.api.authorization.v1.SubjectAccessReviewSpec", "", {
  resourceAttributes: pointer(1, ResourceAttributes, ""),
  nonResourceAttributes: pointer(2, NonResourceAttributes, ""),
  user: optional(3, string, ""),
  groups: optional(4, atomicList(string), ""),
  extra: optional(5, map(list(string), { wrapper: "k8s.io.api.authorization.v1.ExtraValue" }), ""),
  uid: optional(6, string, ""),
});
export interface SubjectAccessReviewSpec extends Infer<typeof SubjectAccessReviewSpec> {}

export const SubjectAccessReviewStatus = message("io.k8s.api.authorization.v1.SubjectAccessReviewStatus", "", {
  allowed: required(1, bool, ""),
  denied: optional(4, bool, ""),
  reason: optional(2, string, ""),
  evaluationError: optional(3, string, ""),
});
export interface SubjectAccessReviewStatus extends Infer<typeof SubjectAccessReviewStatus> {}

export const LocalSubjectAccessReview = topLevel("io.k8s.api.authorization.v1.LocalSubjectAccessReview", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, SubjectAccessReviewSpec, "What is wanted."),
  status: struct(3, SubjectAccessReviewStatus, "What was last observed; written by the system."),
});
export interface LocalSubjectAccessReview extends Infer<typeof LocalSubjectAccessReview> {}

export const NonResourceRule = message("io.k8s.api.authorization.v1.NonResourceRule", "", {
  verbs: required(1, atomicList(string), ""),
  nonResourceURLs: optional(2, atomicList(string), ""),
});
export interface NonResourceRule extends Infer<typeof NonResourceRule> {}

export const ResourceRule = message("io.k8s.api.authorization.v1.ResourceRule", "", {
  verbs: required(1, atomicList(string), ""),
  apiGroups: optional(2, atomicList(string), ""),
  resources: optional(3, atomicList(string), ""),
  resourceNames: optional(4, atomicList(string), ""),
});
export interface ResourceRule extends Infer<typeof ResourceRule> {}

export const SelfSubjectAccessReviewSpec = message("io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec", "", {
  resourceAttributes: pointer(1, ResourceAttributes, ""),
  nonResourceAttributes: pointer(2, NonResourceAttributes, ""),
});
export interface SelfSubjectAccessReviewSpec extends Infer<typeof SelfSubjectAccessReviewSpec> {}

export const SelfSubjectAccessReview = topLevel("io.k8s.api.authorization.v1.SelfSubjectAccessReview", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, SelfSubjectAccessReviewSpec, "What is wanted."),
  status: struct(3, SubjectAccessReviewStatus, "What was last observed; written by the system."),
});
export interface SelfSubjectAccessReview extends Infer<typeof SelfSubjectAccessReview> {}

export const SelfSubjectRulesReviewSpec = message("io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec", "", {
  namespace: optional(1, string, ""),
});
export interface SelfSubjectRulesReviewSpec extends Infer<typeof SelfSubjectRulesReviewSpec> {}

export const SubjectRulesReviewStatus = message("io.k8s.api.authorization.v1.SubjectRulesReviewStatus", "", {
  resourceRules: required(1, atomicList(ResourceRule), ""),
  nonResourceRules: required(2, atomicList(NonResourceRule), ""),
  incomplete: required(3, bool, ""),
  evaluationError: optional(4, string, ""),
});
export interface SubjectRulesReviewStatus extends Infer<typeof SubjectRulesReviewStatus> {}

export const SelfSubjectRulesReview = topLevel("io.k8s.api.authorization.v1.SelfSubjectRulesReview", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, SelfSubjectRulesReviewSpec, "What is wanted."),
  status: struct(3, SubjectRulesReviewStatus, "What was last observed; written by the system."),
});
export interface SelfSubjectRulesReview extends Infer<typeof SelfSubjectRulesReview> {}

export const SubjectAccessReview = topLevel("io.k8s.api.authorization.v1.SubjectAccessReview", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, SubjectAccessReviewSpec, "What is wanted."),
  status: struct(3, SubjectAccessReviewStatus, "What was last observed; written by the system."),
});
export interface SubjectAccessReview extends Infer<typeof SubjectAccessReview> {}
