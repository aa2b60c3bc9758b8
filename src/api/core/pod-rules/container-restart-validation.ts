// Rules for when a single container is started again, in its own restartPolicy and restartPolicyRules.
import { type FieldError, notSupported, requiredValue, tooMany } from "#api/field-error.ts";
import { supported } from "#api/meta/checks.ts";
import type { Container } from "#api/core/schema/container.ts";

const policies = ["Always", "Never", "OnFailure"];
const actions = ["Restart", "RestartAllContainers"];
const operators = ["In", "NotIn"];

export function validateRestartRules(
  found: FieldError[],
  field: string,
  { restartPolicy, restartPolicyRules: rules = [] }: Pick<Container, "restartPolicy" | "restartPolicyRules">,
): void {
  const at = `${field}.restartPolicy`;
  if (restartPolicy === undefined) {
    if (rules.length === 0) return;
    found.push(requiredValue(at, "must specify restartPolicy when restart rules are used"));
  } else supported(found, at, restartPolicy, policies);
  if (rules.length > 20) found.push(tooMany(`${field}.restartPolicyRules`, rules.length, 20));
  for (const [i, rule] of rules.entries()) {
    const ruleAt = `${field}.restartPolicyRules[${i}]`;
    supported(found, `${ruleAt}.action`, rule.action, actions);
    if (!rule.exitCodes) {
      found.push(requiredValue(`${ruleAt}.exitCodes`, "must be specified"));
      continue;
    }
    const { operator, values = [] } = rule.exitCodes;
    if (!operators.includes(operator)) found.push(notSupported(`${ruleAt}.exitCodes.operator`, operator, operators));
    if (values.length > 255) found.push(tooMany(`${ruleAt}.exitCodes.values`, values.length, 255));
  }
}
