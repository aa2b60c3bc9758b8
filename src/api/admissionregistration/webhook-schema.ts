// Wire types of admissionregistration/webhook.

import {
  type Infer,
  atomicList,
  bytes,
  int32,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { MatchCondition, RuleWithOperations } from "#api/admissionregistration/policy-schema.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const ServiceReference = message("io.k8s.api.admissionregistration.v1.ServiceReference", "", {
  namespace: required(1, string, ""),
  name: required(2, string, ""),
  path: pointer(3, string, ""),
  port: pointer(4, int32, ""),
});
export interface ServiceReference extends Infer<typeof ServiceReference> {}

export const WebhookClientConfig = message("io.k8s.api.admissionregistration.v1.WebhookClientConfig", "", {
  url: pointer(3, string, ""),
  service: pointer(1, ServiceReference, ""),
  caBundle: optional(2, bytes, ""),
});
export interface WebhookClientConfig extends Infer<typeof WebhookClientConfig> {}

export const MutatingWebhook = message("io.k8s.api.admissionregistration.v1.MutatingWebhook", "", {
  name: required(1, string, ""),
  clientConfig: required(2, WebhookClientConfig, ""),
  rules: optional(3, atomicList(RuleWithOperations), ""),
  failurePolicy: pointer(4, oneOf("Ignore", "Fail"), ""),
  matchPolicy: pointer(9, oneOf("Exact", "Equivalent"), ""),
  namespaceSelector: pointer(5, LabelSelector, ""),
  objectSelector: pointer(11, LabelSelector, ""),
  sideEffects: required(6, oneOf("Unknown", "None", "Some", "NoneOnDryRun"), "", { pointer: true }),
  timeoutSeconds: pointer(7, int32, ""),
  admissionReviewVersions: required(8, atomicList(string), ""),
  reinvocationPolicy: pointer(10, oneOf("Never", "IfNeeded"), ""),
  matchConditions: optional(12, mapList(MatchCondition, "name"), "", { patch: "merge", patchKey: "name" }),
});
export interface MutatingWebhook extends Infer<typeof MutatingWebhook> {}

export const MutatingWebhookConfiguration = topLevel(
  "io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration",
  "",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    webhooks: optional(2, mapList(MutatingWebhook, "name"), "", { patch: "merge", patchKey: "name" }),
  },
);
export interface MutatingWebhookConfiguration extends Infer<typeof MutatingWebhookConfiguration> {}

export const ValidatingWebhook = message("io.k8s.api.admissionregistration.v1.ValidatingWebhook", "", {
  name: required(1, string, ""),
  clientConfig: required(2, WebhookClientConfig, ""),
  rules: optional(3, atomicList(RuleWithOperations), ""),
  failurePolicy: pointer(4, oneOf("Ignore", "Fail"), ""),
  matchPolicy: pointer(9, oneOf("Exact", "Equivalent"), ""),
  namespaceSelector: pointer(5, LabelSelector, ""),
  objectSelector: pointer(10, LabelSelector, ""),
  sideEffects: required(6, oneOf("Unknown", "None", "Some", "NoneOnDryRun"), "", { pointer: true }),
  timeoutSeconds: pointer(7, int32, ""),
  admissionReviewVersions: required(8, atomicList(string), ""),
  matchConditions: optional(11, mapList(MatchCondition, "name"), "", { patch: "merge", patchKey: "name" }),
});
export interface ValidatingWebhook extends Infer<typeof ValidatingWebhook> {}

export const ValidatingWebhookConfiguration = topLevel(
  "io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration",
  "",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    webhooks: optional(2, mapList(ValidatingWebhook, "name"), "", { patch: "merge", patchKey: "name" }),
  },
);
export interface ValidatingWebhookConfiguration extends Infer<typeof ValidatingWebhookConfiguration> {}
