// The ValidatingWebhookConfiguration kind.
import { defineKind } from "#api/kind.ts";
import { ValidatingWebhookConfiguration as schema } from "#api/admissionregistration/webhook-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ValidatingWebhookConfiguration extends Infer<typeof schema> {}
export const ValidatingWebhookConfiguration = defineKind<ValidatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingWebhookConfiguration",
  plural: "validatingwebhookconfigurations",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  hasGeneration: true,
});
