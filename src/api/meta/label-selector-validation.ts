// Rules for label selectors and for conditions, shared by every kind that has them.
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
} from "#api/field-error.ts";
import { labelValue, labels, qualifiedName } from "./checks.ts";
import type { Condition, LabelSelector, LabelSelectorRequirement } from "./schema.ts";

export function validateLabelSelector(
  found: FieldError[],
  field: string,
  selector: LabelSelector | undefined,
  options: { anyValue?: boolean } = {},
): void {
  if (!selector) return;
  labels(found, `${field}.matchLabels`, selector.matchLabels);
  for (const [i, test] of (selector.matchExpressions ?? []).entries())
    validateRequirement(found, `${field}.matchExpressions[${i}]`, test, options);
}
function validateRequirement(
  found: FieldError[],
  field: string,
  test: LabelSelectorRequirement,
  options: { anyValue?: boolean },
): void {
  const values = test.values ?? [];
  if (test.operator === "In" || test.operator === "NotIn") {
    if (values.length === 0)
      found.push(requiredValue(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (test.operator === "Exists" || test.operator === "DoesNotExist") {
    if (values.length > 0)
      found.push(
        forbiddenValue(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      );
  } else found.push(invalidValue(`${field}.operator`, test.operator ?? "", "not a valid selector operator"));
  qualifiedName(found, `${field}.key`, test.key ?? "");
  if (!options.anyValue) for (const [i, value] of values.entries()) labelValue(found, `${field}.values[${i}]`, value);
}
/** No test at all. */
export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;

const reasonPattern = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";
const reason = new RegExp(`^${reasonPattern}$`);
/** metav1 conditions. */
export function validateConditions(found: FieldError[], field: string, conditions: readonly Condition[] = []): void {
  const types = new Set<string>();
  for (const [i, condition] of conditions.entries()) {
    if (types.has(condition.type)) found.push(duplicateValue(`${field}[${i}].type`, condition.type));
    types.add(condition.type);
    validateCondition(found, `${field}[${i}]`, condition);
  }
}
function validateCondition(found: FieldError[], field: string, condition: Condition): void {
  qualifiedName(found, `${field}.type`, condition.type ?? "");
  const statuses = ["False", "True", "Unknown"];
  if (!statuses.includes(condition.status))
    found.push(notSupported(`${field}.status`, condition.status ?? "", statuses));
  if ((condition.observedGeneration ?? 0) < 0)
    found.push(
      invalidValue(
        `${field}.observedGeneration`,
        condition.observedGeneration,
        "must be greater than or equal to zero",
      ),
    );
  if (!condition.lastTransitionTime) found.push(requiredValue(`${field}.lastTransitionTime`));
  if (!condition.reason) found.push(requiredValue(`${field}.reason`));
  else {
    if (!reason.test(condition.reason))
      found.push(
        invalidValue(
          `${field}.reason`,
          condition.reason,
          "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'" +
            ` (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${reasonPattern}')`,
        ),
      );
    if (condition.reason.length > 1024) found.push(tooLong(`${field}.reason`, 1024));
  }
  if ((condition.message ?? "").length > 32768) found.push(tooLong(`${field}.message`, 32768));
}
