// ValidatingAdmissionPolicy: expressions that requests must satisfy. It takes effect through its bindings.
import { type FieldError, duplicateValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { JsonPathError, parseTemplate } from "#api/json-path-parse.ts";
import { byteLength } from "#api/names.ts";
import {
  AuditAnnotation,
  type Validation,
  ValidatingAdmissionPolicy as schema,
} from "#api/admissionregistration/policy-schema.ts";
import type { Infer } from "#api/schema.ts";
import { qualifiedName } from "#api/meta/checks.ts";
import { ageColumn, integerColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { validateConditions as validateStatusConditions } from "#api/meta/label-selector-validation.ts";
import { paramKindText } from "./policy-cells.ts";
import { validateConditions, validatePolicy } from "./policy-validation.ts";
import { optionalOneOf } from "./rule-validation.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";

const maxAnnotations = 20;
const maxExpressionBytes = 5 * 1024;

export interface ValidatingAdmissionPolicy extends Infer<typeof schema> {}
export const ValidatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    integerColumn("Validations", "How many checks it makes.", ({ spec }) => spec.validations?.length ?? 0),
    textColumn("ParamKind", "Kind of its parameters.", ({ spec }) => paramKindText(spec.paramKind)),
    ageColumn,
  ],
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validate,
    validateCreate: ({ spec }) => conditions(spec),
    validateUpdate: ({ spec }, old) => conditions(spec, old.spec),
    validateStatusUpdate({ status }) {
      const found: FieldError[] = [];
      for (const [i, { warning, fieldRef }] of (status.typeChecking?.expressionWarnings ?? []).entries()) {
        const field = `status.typeChecking.expressionWarnings[${i}]`;
        if (!warning) found.push(requiredValue(`${field}.warning`));
        validateReference(found, `${field}.fieldRef`, fieldRef?.trim() ?? "");
      }
      validateStatusConditions(found, "status.conditions", status.conditions);
      return found;
    },
  },
  unconditionalUpdate: false,
});

function validateReference(found: FieldError[], field: string, reference: string): void {
  if (!reference) return void found.push(requiredValue(field));
  try {
    // The reference begins with a field of the policy, where a path begins with a dot.
    parseTemplate(`{${/^\w/.test(reference) ? "." : ""}${reference}}`);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    found.push(invalidValue(field, reference, `invalid JSONPath: ${error.message}`));
  }
}

type Spec = ValidatingAdmissionPolicy["spec"];
function conditions(spec: Spec, old?: Spec): FieldError[] {
  const found: FieldError[] = [];
  validateConditions(found, spec, old);
  return found;
}
function validate({ metadata, spec }: ValidatingAdmissionPolicy): FieldError[] {
  const found: FieldError[] = [];
  validatePolicy(found, spec);
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0)
    for (const name of ["validations", "auditAnnotations"])
      found.push(requiredValue(`spec.${name}`, "validations or auditAnnotations must contain at least one item"));
  for (const [i, validation] of validations.entries()) validateCheck(found, `spec.validations[${i}]`, validation);
  if (auditAnnotations.length > maxAnnotations) {
    const shown = auditAnnotations.map((annotation) => goStruct(AuditAnnotation, annotation));
    const text = `must not have more than ${maxAnnotations} auditAnnotations`;
    found.push(invalidValue("spec.auditAnnotations", shown, text));
  }
  const keys = new Set<string>();
  for (const [i, annotation] of auditAnnotations.entries()) {
    const field = `spec.auditAnnotations[${i}]`;
    validateAnnotation(found, field, annotation, metadata.name);
    if (keys.has(annotation.key)) found.push(duplicateValue(`${field}.key`, annotation.key));
    keys.add(annotation.key);
  }
  return found;
}
function validateCheck(found: FieldError[], field: string, check: Validation): void {
  const { expression = "", messageExpression = "", message = "", reason } = check;
  const empty = "must be non-empty if specified";
  if (!expression.trim()) found.push(requiredValue(`${field}.expression`, "expression is not specified"));
  if (messageExpression && !messageExpression.trim())
    found.push(invalidValue(`${field}.messageExpression`, messageExpression, empty));
  if (message && !message.trim()) found.push(invalidValue(`${field}.message`, message, empty));
  else if (/[\n\r]/.test(message.trim()))
    found.push(invalidValue(`${field}.message`, message, "must not contain line breaks"));
  optionalOneOf(found, `${field}.reason`, reason, ["Forbidden", "Invalid", "RequestEntityTooLarge"]);
}
function validateAnnotation(
  found: FieldError[],
  field: string,
  { key = "", valueExpression = "" }: AuditAnnotation,
  policy: string | undefined,
): void {
  if (policy) qualifiedName(found, `${field}.key`, `${policy}/${key}`);
  else found.push(invalidValue(`${field}.key`, key, "requires metadata.name be non-empty"));
  const text = valueExpression.trim();
  const at = `${field}.valueExpression`;
  if (!text) found.push(requiredValue(at, "valueExpression is not specified"));
  else if (byteLength(text) > maxExpressionBytes)
    found.push(requiredValue(at, `must not exceed ${maxExpressionBytes} bytes in length`));
}
