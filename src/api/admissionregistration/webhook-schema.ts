// Shapes that register webhooks to check or change incoming requests.

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

export const ServiceReference = message(
  "io.k8s.api.admissionregistration.v1.ServiceReference",
  "The Service behind which a webhook runs.",
  {
    namespace: required(1, string, "Namespace in which the Service lives."),
    name: required(2, string, "Name of the Service."),
    path: pointer(3, string, "URL path to call on the Service; absent means the root."),
    port: pointer(4, int32, "Port of the Service, from 1 to 65535; default 443.", { default: 443 }),
  },
);
export interface ServiceReference extends Infer<typeof ServiceReference> {}

export const WebhookClientConfig = message(
  "io.k8s.api.admissionregistration.v1.WebhookClientConfig",
  "How the API server reaches a webhook: by URL or by Service.",
  {
    url: pointer(3, string, "Address of the webhook, which must begin with https://; excludes service."),
    service: pointer(1, ServiceReference, "Service in the cluster that runs the webhook; excludes url."),
    caBundle: optional(
      2,
      bytes,
      "Certificates in PEM form, base64-encoded, that vouch for the webhook; absent uses the system's.",
    ),
  },
);
export interface WebhookClientConfig extends Infer<typeof WebhookClientConfig> {}

export const MutatingWebhook = message(
  "io.k8s.api.admissionregistration.v1.MutatingWebhook",
  "A webhook that may change or refuse requests.",
  {
    name: required(1, string, "Full name with dots, such as inject.example.com; unique in the configuration."),
    clientConfig: required(2, WebhookClientConfig, "How to reach the webhook."),
    rules: optional(
      3,
      atomicList(RuleWithOperations),
      "Operations and resources that are sent to the webhook; one match is enough.",
    ),
    failurePolicy: pointer(
      4,
      oneOf("Ignore", "Fail"),
      "If the call fails: Fail (default) refuses the request, Ignore lets it pass.",
      { default: "Fail" },
    ),
    matchPolicy: pointer(
      9,
      oneOf("Exact", "Equivalent"),
      "Equivalent (default) also catches other versions of a resource; Exact only those listed.",
      { default: "Equivalent" },
    ),
    namespaceSelector: pointer(
      5,
      LabelSelector,
      "Call only for objects in namespaces with these labels; empty (default) means all.",
      { default: {} },
    ),
    objectSelector: pointer(
      11,
      LabelSelector,
      "Call only for objects with these labels, before or after the change; empty means all.",
      { default: {} },
    ),
    sideEffects: required(
      6,
      oneOf("Unknown", "None", "Some", "NoneOnDryRun"),
      "Whether the call changes anything elsewhere; None or NoneOnDryRun is needed for dry runs.",
      { pointer: true },
    ),
    timeoutSeconds: pointer(7, int32, "Seconds to wait for the answer, from 1 to 30; default 10.", { default: 10 }),
    admissionReviewVersions: required(
      8,
      atomicList(string),
      "AdmissionReview versions the webhook understands, best first, such as v1.",
    ),
    reinvocationPolicy: pointer(
      10,
      oneOf("Never", "IfNeeded"),
      "Never (default) calls once; IfNeeded calls again if others changed the object afterwards.",
      { default: "Never" },
    ),
    matchConditions: optional(
      12,
      mapList(MatchCondition, "name"),
      "CEL conditions, at most 64, that must all be true for a call.",
      { patch: "merge", patchKey: "name" },
    ),
  },
);
export interface MutatingWebhook extends Infer<typeof MutatingWebhook> {}

export const MutatingWebhookConfiguration = topLevel(
  "io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration",
  "Registers webhooks that may change incoming objects before they are stored.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    webhooks: optional(2, mapList(MutatingWebhook, "name"), "The webhooks and the requests each one receives.", {
      patch: "merge",
      patchKey: "name",
    }),
  },
);
export interface MutatingWebhookConfiguration extends Infer<typeof MutatingWebhookConfiguration> {}

export const ValidatingWebhook = message(
  "io.k8s.api.admissionregistration.v1.ValidatingWebhook",
  "A webhook that may refuse requests but not change them.",
  {
    name: required(1, string, "Full name with dots, such as check.example.com; unique in the configuration."),
    clientConfig: required(2, WebhookClientConfig, "How to reach the webhook."),
    rules: optional(
      3,
      atomicList(RuleWithOperations),
      "Operations and resources that are sent to the webhook; one match is enough.",
    ),
    failurePolicy: pointer(
      4,
      oneOf("Ignore", "Fail"),
      "If the call fails: Fail (default) refuses the request, Ignore lets it pass.",
      { default: "Fail" },
    ),
    matchPolicy: pointer(
      9,
      oneOf("Exact", "Equivalent"),
      "Equivalent (default) also catches other versions of a resource; Exact only those listed.",
      { default: "Equivalent" },
    ),
    namespaceSelector: pointer(
      5,
      LabelSelector,
      "Call only for objects in namespaces with these labels; empty (default) means all.",
      { default: {} },
    ),
    objectSelector: pointer(
      10,
      LabelSelector,
      "Call only for objects with these labels, before or after the change; empty means all.",
      { default: {} },
    ),
    sideEffects: required(
      6,
      oneOf("Unknown", "None", "Some", "NoneOnDryRun"),
      "Whether the call changes anything elsewhere; None or NoneOnDryRun is needed for dry runs.",
      { pointer: true },
    ),
    timeoutSeconds: pointer(7, int32, "Seconds to wait for the answer, from 1 to 30; default 10.", { default: 10 }),
    admissionReviewVersions: required(
      8,
      atomicList(string),
      "AdmissionReview versions the webhook understands, best first, such as v1.",
    ),
    matchConditions: optional(
      11,
      mapList(MatchCondition, "name"),
      "CEL conditions, at most 64, that must all be true for a call.",
      { patch: "merge", patchKey: "name" },
    ),
  },
);
export interface ValidatingWebhook extends Infer<typeof ValidatingWebhook> {}

export const ValidatingWebhookConfiguration = topLevel(
  "io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration",
  "Registers webhooks that may refuse requests after all changes are made.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    webhooks: optional(2, mapList(ValidatingWebhook, "name"), "The webhooks and the requests each one receives.", {
      patch: "merge",
      patchKey: "name",
    }),
  },
);
export interface ValidatingWebhookConfiguration extends Infer<typeof ValidatingWebhookConfiguration> {}
