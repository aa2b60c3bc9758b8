// ResourceQuota: how much of everything the objects of a namespace may use together.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { ResourceQuota as schema } from "#api/core/schema/quota.ts";
import { compareQuantity } from "#api/quantity.ts";
import type { Infer } from "#api/schema.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { validateQuota, validateQuotaStatus, validateQuotaUpdate } from "./rules/quota-validation.ts";

export interface ResourceQuota extends Infer<typeof schema> {}
export const ResourceQuota = defineKind<ResourceQuota>({
  group: "",
  version: "v1",
  kind: "ResourceQuota",
  plural: "resourcequotas",
  returnsDeleted: true,
  scope: "Namespaced",
  shortNames: ["quota"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Request", "Used and allowed, but for limits.", (quota) => usageText(quota, false)),
    textColumn("Limit", "Used and allowed of limits.", (quota) => usageText(quota, true)),
    ageColumn,
  ],
  rules: {
    validate: validateQuota,
    validateUpdate: validateQuotaUpdate,
    validateStatusUpdate: validateQuotaStatus,
    warnings: (quota, old) => (old ? [] : warnings(quota)),
  },
  hasGeneration: false,
});

const usageText = ({ status }: ResourceQuota, ofLimits: boolean): string =>
  Object.entries(status.hard ?? {})
    .filter(([name]) => name.startsWith("limits.") === ofLimits)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${status.used?.[name] ?? "0"}/${hard}`)
    .join(", ");

function warnings({ spec: { hard = {} } }: ResourceQuota): string[] {
  return ["cpu", "memory", "storage", "ephemeral-storage"].flatMap((name) => {
    const short = name === "cpu" || name === "memory";
    const request = short && hard[`requests.${name}`] === undefined ? name : `requests.${name}`;
    const [asked, limit] = [hard[request], hard[`limits.${name}`]];
    return asked !== undefined && limit !== undefined && compareQuantity(asked, limit) > 0
      ? [`ResourceQuota ${request} (${asked}) should be less than limits.${name} (${limit})`]
      : [];
  });
}
