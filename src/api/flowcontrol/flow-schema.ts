// FlowSchema: which requests belong to which priority level.
import { type FieldError, duplicateValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { FlowDistinguisherMethod, FlowSchemaSpec, FlowSchema as schema } from "#api/flowcontrol/schema.ts";
import type { Infer } from "#api/schema.ts";
import { dnsSubdomain, sameValue } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import { validateFlowRule } from "./flow-rule-validation.ts";
import { mandatoryFlowSchemas } from "./mandatory.ts";

const maxPrecedence = 10000;
const methods = ["ByNamespace", "ByUser"];

export interface FlowSchema extends Infer<typeof schema> {}
export const FlowSchema = defineKind<FlowSchema>({
  group: "flowcontrol.apiserver.k8s.io",
  version: "v1",
  kind: "FlowSchema",
  plural: "flowschemas",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("PriorityLevel", "Level of its requests.", ({ spec }) => spec.priorityLevelConfiguration.name),
    textColumn("MatchingPrecedence", "Order of trying.", ({ spec }) => spec.matchingPrecedence ?? 0),
    textColumn(
      "DistinguisherMethod",
      "How flows are told apart.",
      ({ spec }) => spec.distinguisherMethod?.type ?? "<none>",
    ),
    ageColumn,
    textColumn(
      "MissingPL",
      "Whether its level does not exist.",
      ({ status }) => (status.conditions ?? []).find(({ type }) => type === "Dangling")?.status ?? "?",
    ),
  ],
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validate,
    validateStatusUpdate: ({ status }) => validateConditionTypes(status.conditions ?? []),
  },
});

function validate({ metadata, spec }: FlowSchema): FieldError[] {
  const found: FieldError[] = [];
  const { matchingPrecedence: precedence = 0, distinguisherMethod, priorityLevelConfiguration, rules = [] } = spec;
  const field = "spec.matchingPrecedence";
  if (precedence <= 0) found.push(invalidValue(field, precedence, "must be a positive value"));
  if (precedence > maxPrecedence)
    found.push(invalidValue(field, precedence, `must not be greater than ${maxPrecedence}`));
  if (precedence === 1 && metadata.name !== "exempt")
    found.push(invalidValue(field, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  if (distinguisherMethod && !methods.includes(distinguisherMethod.type)) {
    const shown = goStruct(FlowDistinguisherMethod, distinguisherMethod);
    found.push(notSupported("spec.distinguisherMethod.type", shown, methods));
  }
  const level = "spec.priorityLevelConfiguration.name";
  if (priorityLevelConfiguration.name) dnsSubdomain(found, level, priorityLevelConfiguration.name);
  else found.push(requiredValue(level, "must reference a priority level"));
  for (const [i, rule] of rules.entries()) validateFlowRule(found, `spec.rules[${i}]`, rule);
  const fixed = mandatoryFlowSchemas[metadata.name ?? ""];
  if (fixed && !sameValue(spec, fixed)) {
    const text = `spec of '${metadata.name!}' must equal the fixed value`;
    found.push(invalidValue("spec", goStruct(FlowSchemaSpec, spec), text));
  }
  return found;
}
/** Also for priority levels. */
export function validateConditionTypes(conditions: readonly { readonly type?: string }[]): FieldError[] {
  const found: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { type = "" }] of conditions.entries()) {
    const field = `status.conditions[${i}].type`;
    if (seen.has(type)) found.push(duplicateValue(field, type));
    seen.add(type);
    if (!type) found.push(requiredValue(field));
  }
  return found;
}
