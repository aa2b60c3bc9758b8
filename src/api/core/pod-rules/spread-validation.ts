// Rules for topology spread constraints.
import { type FieldError, duplicateValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { positive, supported } from "#api/meta/checks.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import type { TopologySpreadConstraint } from "#api/core/schema/node-selector.ts";
import { validateLabelKeys } from "./affinity-validation.ts";

const policies = ["Honor", "Ignore"];
const actions = ["DoNotSchedule", "ScheduleAnyway"];

export function validateSpread(
  found: FieldError[],
  field: string,
  constraints: readonly TopologySpreadConstraint[] = [],
): void {
  for (const [i, constraint] of constraints.entries()) {
    const at = `${field}[${i}]`;
    const { topologyKey, whenUnsatisfiable: action, minDomains } = constraint;
    positive(found, `${at}.maxSkew`, constraint.maxSkew);
    if (!topologyKey) found.push(requiredValue(`${at}.topologyKey`, "can not be empty"));
    supported(found, `${at}.whenUnsatisfiable`, action, actions);
    const later = constraints.slice(i + 1);
    if (later.some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === action))
      found.push(duplicateValue(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${action}}`));
    if (minDomains !== undefined) validateMinDomains(found, `${at}.minDomains`, minDomains, action);
    for (const name of ["nodeAffinityPolicy", "nodeTaintsPolicy"] as const)
      if (constraint[name] !== undefined && !policies.includes(constraint[name]))
        found.push(notSupported(`${at}.${name}`, constraint[name], policies));
    validateLabelKeys(found, at, constraint.labelSelector, constraint.matchLabelKeys);
    validateLabelSelector(found, `${at}.labelSelector`, constraint.labelSelector);
  }
}
function validateMinDomains(found: FieldError[], field: string, minDomains: number, action: string): void {
  positive(found, field, minDomains);
  if (action !== "DoNotSchedule")
    found.push(
      invalidValue(field, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`),
    );
}
