// ValidatingWebhookConfiguration: webhooks that judge requests before they are carried out.
import { defineKind } from "#api/kind.ts";
import { ValidatingWebhookConfiguration as schema } from "#api/admissionregistration/webhook-schema.ts";
import type { Infer } from "#api/schema.ts";
import { ageColumn, integerColumn, nameColumn } from "#api/meta/columns.ts";
import { validateWebhooks } from "./webhook-validation.ts";

export interface ValidatingWebhookConfiguration extends Infer<typeof schema> {}
export const ValidatingWebhookConfiguration = defineKind<ValidatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingWebhookConfiguration",
  plural: "validatingwebhookconfigurations",
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
