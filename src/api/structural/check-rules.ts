// The form of rules in x-kubernetes-validations; what they compute is for the expression language to judge.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { findField } from "./field-path.ts";
import { type JsonSchema, rulesOf, type ValidationRule } from "./json-schema.ts";

const reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
const hasLineBreak = (text: string): boolean => /[\n\r]/.test(text);

export const checkRuleForms = (schema: JsonSchema, path: string): FieldError[] =>
  rulesOf(schema).flatMap((rule, i) => checkRule(rule, schema, `${path}.x-kubernetes-validations[${i}]`));

function checkRule(rule: ValidationRule, schema: JsonSchema, path: string): FieldError[] {
  const found: FieldError[] = [];
  const { message = "", messageExpression = "", fieldPath = "" } = rule;
  const text = rule.rule.trim();
  const at = `${path}.message`;
  if (text === "") found.push(requiredValue(`${path}.rule`, "rule is not specified"));
  else if (message !== "" && message.trim() === "")
    found.push(invalidValue(at, message, "must be non-empty if specified"));
  else if (hasLineBreak(message.trim())) found.push(invalidValue(at, message, "must not contain line breaks"));
  else if (hasLineBreak(text) && message.trim() === "")
    found.push(requiredValue(at, "message must be specified if rule contains line breaks"));
  if (messageExpression !== "" && messageExpression.trim() === "")
    found.push(requiredValue(`${path}.messageExpression`, "messageExpression must be non-empty if specified"));
  if (rule.reason !== undefined && !reasons.includes(rule.reason))
    found.push(notSupported(`${path}.reason`, rule.reason, reasons));
  const bad = (why: string): void => void found.push(invalidValue(`${path}.fieldPath`, fieldPath, why));
  if (fieldPath !== "" && fieldPath.trim() === "") bad("must be non-empty if specified");
  if (hasLineBreak(fieldPath)) bad("must not contain line breaks");
  if (fieldPath !== "" && !findField(fieldPath, schema, { brackets: true }).ok) bad("must be a valid path");
  return found;
}
