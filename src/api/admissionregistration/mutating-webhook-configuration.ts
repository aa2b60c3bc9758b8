// The MutatingWebhookConfiguration kind.
import { defineKind } from "#api/kind.ts";
import { MutatingWebhookConfiguration as schema } from "#api/admissionregistration/webhook-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface MutatingWebhookConfiguration extends Infer<typeof schema> {}
export const MutatingWebhookConfiguration = defineKind<MutatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "MutatingWebhookConfiguration",
  plural: "mutatingwebhookconfigurations",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  hasGeneration: true,
});
