// Shapes of access reviews, which answer whether somebody may do something.

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

export const FieldSelectorAttributes = message(
  "io.k8s.api.authorization.v1.FieldSelectorAttributes",
  "Field selector of the request, as raw text or parsed.",
  {
    rawSelector: optional(1, string, "Selector text as found in the request's query; not together with requirements."),
    requirements: optional(2, atomicList(FieldSelectorRequirement), "Parsed conditions on fields; all must hold."),
  },
);
export interface FieldSelectorAttributes extends Infer<typeof FieldSelectorAttributes> {}

export const LabelSelectorAttributes = message(
  "io.k8s.api.authorization.v1.LabelSelectorAttributes",
  "Label selector of the request, as raw text or parsed.",
  {
    rawSelector: optional(1, string, "Selector text as found in the request's query; not together with requirements."),
    requirements: optional(2, atomicList(LabelSelectorRequirement), "Parsed conditions on labels; all must hold."),
  },
);
export interface LabelSelectorAttributes extends Infer<typeof LabelSelectorAttributes> {}

export const ResourceAttributes = message(
  "io.k8s.api.authorization.v1.ResourceAttributes",
  "Describes a request for an API resource.",
  {
    namespace: optional(
      1,
      string,
      "Namespace of the request; empty means all namespaces or a cluster-scoped resource.",
    ),
    verb: optional(2, string, "Action such as get, list or create; * means all."),
    group: optional(3, string, "API group of the resource; empty is the core group and * means all."),
    version: optional(4, string, "API version of the resource; * means all."),
    resource: optional(5, string, "Resource name in plural, such as pods; * means all."),
    subresource: optional(6, string, "Part of the resource, such as log or status; empty means the resource itself."),
    name: optional(7, string, "Name of the object; empty means any object."),
    fieldSelector: pointer(8, FieldSelectorAttributes, "Limits the check to objects with certain field values."),
    labelSelector: pointer(9, LabelSelectorAttributes, "Limits the check to objects with certain labels."),
  },
);
export interface ResourceAttributes extends Infer<typeof ResourceAttributes> {}

export const NonResourceAttributes = message(
  "io.k8s.api.authorization.v1.NonResourceAttributes",
  "Describes a request to a URL path outside the resource API.",
  {
    path: optional(1, string, "URL path of the request, such as /healthz."),
    verb: optional(2, string, "HTTP method in lower case, such as get."),
  },
);
export interface NonResourceAttributes extends Infer<typeof NonResourceAttributes> {}

export const SubjectAccessReviewSpec = message(
  "io.k8s.api.authorization.v1.SubjectAccessReviewSpec",
  "The user and the action to check.",
  {
    resourceAttributes: pointer(
      1,
      ResourceAttributes,
      "The action on an API resource to check; excludes nonResourceAttributes.",
    ),
    nonResourceAttributes: pointer(
      2,
      NonResourceAttributes,
      "The action on a plain URL path to check; excludes resourceAttributes.",
    ),
    user: optional(3, string, "Name of the user to check; with only groups given, no particular user is meant."),
    groups: optional(4, atomicList(string), "Groups the checked user is taken to be in."),
    extra: optional(
      5,
      map(list(string), { wrapper: "k8s.io.api.authorization.v1.ExtraValue" }),
      "Further login facts of the checked user, each with a list of values.",
    ),
    uid: optional(6, string, "Unique identifier of the checked user, if known."),
  },
);
export interface SubjectAccessReviewSpec extends Infer<typeof SubjectAccessReviewSpec> {}

export const SubjectAccessReviewStatus = message(
  "io.k8s.api.authorization.v1.SubjectAccessReviewStatus",
  "The answer: allowed, denied or no opinion.",
  {
    allowed: required(1, bool, "True if the action may go ahead."),
    denied: optional(4, bool, "True if the action is firmly forbidden; both false means that nobody allowed it."),
    reason: optional(2, string, "Short explanation of the decision, meant for people."),
    evaluationError: optional(3, string, "Problem met while deciding; an answer may still have been reached."),
  },
);
export interface SubjectAccessReviewStatus extends Infer<typeof SubjectAccessReviewStatus> {}

export const LocalSubjectAccessReview = topLevel(
  "io.k8s.api.authorization.v1.LocalSubjectAccessReview",
  "Asks whether a user may do something within one namespace.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, SubjectAccessReviewSpec, "What is wanted."),
    status: struct(3, SubjectAccessReviewStatus, "What was last observed; written by the system."),
  },
);
export interface LocalSubjectAccessReview extends Infer<typeof LocalSubjectAccessReview> {}

export const NonResourceRule = message(
  "io.k8s.api.authorization.v1.NonResourceRule",
  "Actions that are allowed on some URL paths.",
  {
    verbs: required(1, atomicList(string), "Allowed HTTP methods in lower case; * means all."),
    nonResourceURLs: optional(
      2,
      atomicList(string),
      "URL paths the rule covers; a trailing * covers everything below.",
    ),
  },
);
export interface NonResourceRule extends Infer<typeof NonResourceRule> {}

export const ResourceRule = message(
  "io.k8s.api.authorization.v1.ResourceRule",
  "Actions that are allowed on some resources.",
  {
    verbs: required(1, atomicList(string), "Allowed actions such as get, list or delete; * means all."),
    apiGroups: optional(2, atomicList(string), "API groups of the resources; * means all groups."),
    resources: optional(3, atomicList(string), "Resource names in plural, with subresources as pods/log; * means all."),
    resourceNames: optional(4, atomicList(string), "Object names the rule is limited to; empty means every name."),
  },
);
export interface ResourceRule extends Infer<typeof ResourceRule> {}

export const SelfSubjectAccessReviewSpec = message(
  "io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec",
  "The action you ask about; give either resource or path attributes.",
  {
    resourceAttributes: pointer(1, ResourceAttributes, "The action on an API resource to check."),
    nonResourceAttributes: pointer(2, NonResourceAttributes, "The action on a plain URL path to check."),
  },
);
export interface SelfSubjectAccessReviewSpec extends Infer<typeof SelfSubjectAccessReviewSpec> {}

export const SelfSubjectAccessReview = topLevel(
  "io.k8s.api.authorization.v1.SelfSubjectAccessReview",
  "Asks whether you may do something, like kubectl auth can-i.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, SelfSubjectAccessReviewSpec, "What is wanted."),
    status: struct(3, SubjectAccessReviewStatus, "What was last observed; written by the system."),
  },
);
export interface SelfSubjectAccessReview extends Infer<typeof SelfSubjectAccessReview> {}

export const SelfSubjectRulesReviewSpec = message(
  "io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec",
  "Says where to look for your permissions.",
  {
    namespace: optional(1, string, "Namespace for which the permissions are listed; must be given."),
  },
);
export interface SelfSubjectRulesReviewSpec extends Infer<typeof SelfSubjectRulesReviewSpec> {}

export const SubjectRulesReviewStatus = message(
  "io.k8s.api.authorization.v1.SubjectRulesReviewStatus",
  "List of everything the user may do in the namespace.",
  {
    resourceRules: required(
      1,
      atomicList(ResourceRule),
      "Allowed actions on API resources; the order carries no meaning.",
    ),
    nonResourceRules: required(
      2,
      atomicList(NonResourceRule),
      "Allowed actions on URL paths; the order carries no meaning.",
    ),
    incomplete: required(3, bool, "True if some permissions could not be listed, so more may be allowed."),
    evaluationError: optional(4, string, "Why the list may be incomplete, as told by the authorizer."),
  },
);
export interface SubjectRulesReviewStatus extends Infer<typeof SubjectRulesReviewStatus> {}

export const SelfSubjectRulesReview = topLevel(
  "io.k8s.api.authorization.v1.SelfSubjectRulesReview",
  "Lists what you may do in a namespace, like kubectl auth can-i --list.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, SelfSubjectRulesReviewSpec, "What is wanted."),
    status: struct(3, SubjectRulesReviewStatus, "What was last observed; written by the system."),
  },
);
export interface SelfSubjectRulesReview extends Infer<typeof SelfSubjectRulesReview> {}

export const SubjectAccessReview = topLevel(
  "io.k8s.api.authorization.v1.SubjectAccessReview",
  "Asks whether some user may do something; nothing is stored.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, SubjectAccessReviewSpec, "What is wanted."),
    status: struct(3, SubjectAccessReviewStatus, "What was last observed; written by the system."),
  },
);
export interface SubjectAccessReview extends Infer<typeof SubjectAccessReview> {}
