// MutatingWebhookConfiguration: webhooks that may change requests before they are carried out.
import { defineKind } from "#api/kind.ts";
import { MutatingWebhookConfiguration as schema } from "#api/admissionregistration/webhook-schema.ts";
import type { Infer } from "#api/schema.ts";
import { ageColumn, integerColumn, nameColumn } from "#api/meta/columns.ts";
import { validateWebhooks } from "./webhook-validation.ts";

export interface MutatingWebhookConfiguration extends Infer<typeof schema> {}
export const MutatingWebhookConfiguration = defineKind<MutatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "MutatingWebhookConfiguration",
  plural: "mutatingwebhookconfigurations",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  columns: [
    nameColumn,
    integerColumn("Webhooks", "How many webhooks it has.", ({ webhooks }) => webhooks?.length ?? 0),
    ageColumn,
  ],
  rules: {
    validateCreate: ({ webhooks = [] }) => validateWebhooks(webhooks),
    validateUpdate: ({ webhooks = [] }, old) => validateWebhooks(webhooks, old.webhooks ?? []),
  },
  unconditionalUpdate: false,
  hasGeneration: true,
});
