// Rules that workloads and groups of pods share: how their pods are placed, near what, with which claims, how important.
import {
  type FieldError,
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooMany,
} from "#api/field-error.ts";
import { dnsLabel, dnsSubdomain, immutableText, qualifiedName, sameValue } from "#api/meta/checks.ts";
import type { PodGroupSpec, PodGroupTemplate } from "./group-schema.ts";

type Group = Pick<
  PodGroupSpec | PodGroupTemplate,
  "schedulingPolicy" | "schedulingConstraints" | "resourceClaims" | "disruptionMode" | "priorityClassName" | "priority"
>;
const maxClaims = 4;
const maxTopologies = 1;
const highestPriority = 1_000_000_000;
export const disruptionModes = ["Pod", "PodGroup"];

/** Exactly one of some fields is given. */
export function oneOfThem(found: FieldError[], field: string, value: object, names: readonly string[]): void {
  const given = names.filter((name) => (value as Record<string, unknown>)[name] !== undefined);
  const list = names.map((name) => `\`${name}\``).join(", ");
  if (given.length === 0) found.push(invalidValue(field, "", `must specify one of: ${list}`));
  if (given.length > 1)
    found.push(invalidValue(field, `{${given.join(", ")}}`, `must specify exactly one of: ${list}`));
}
/** Upstream: the message shows null, whatever the value is. */
export function unchanged(found: FieldError[], field: string, now: unknown, before: unknown): void {
  if (!sameValue(now, before)) found.push(invalidValue(field, null, immutableText));
}
/** A name that must be there and be of a form. */
export function requiredName(
  found: FieldError[],
  field: string,
  name: string | undefined,
  check: (found: FieldError[], field: string, name: string) => void,
): void {
  if (name) check(found, field, name);
  else found.push(requiredValue(field));
}

export function validateGroup(found: FieldError[], field: string, group: Group): void {
  const { schedulingPolicy, schedulingConstraints, resourceClaims = [], disruptionMode, priorityClassName } = group;
  oneOfThem(found, `${field}.schedulingPolicy`, schedulingPolicy, ["basic", "gang"]);
  const { gang } = schedulingPolicy;
  if (gang) validateCount(found, `${field}.schedulingPolicy.gang.minCount`, gang.minCount);
  const topology = schedulingConstraints?.topology ?? [];
  const at = `${field}.schedulingConstraints.topology`;
  if (topology.length > maxTopologies) found.push(tooMany(at, topology.length, maxTopologies));
  else for (const [i, { key }] of topology.entries()) requiredName(found, `${at}[${i}].key`, key, qualifiedName);
  validateClaims(found, `${field}.resourceClaims`, resourceClaims);
  if (disruptionMode !== undefined && !disruptionModes.includes(disruptionMode))
    found.push(notSupported(`${field}.disruptionMode`, disruptionMode, disruptionModes));
  if (priorityClassName) dnsSubdomain(found, `${field}.priorityClassName`, priorityClassName);
  if ((group.priority ?? 0) > highestPriority) {
    const text = `must be less than or equal to ${highestPriority}`;
    found.push(invalidValue(`${field}.priority`, group.priority, text));
  }
}
function validateCount(found: FieldError[], field: string, count: number | undefined): void {
  if (!count) found.push(requiredValue(field));
  else if (count < 1) found.push(invalidValue(field, count, "must be greater than or equal to 1"));
}
function validateClaims(found: FieldError[], field: string, claims: NonNullable<Group["resourceClaims"]>): void {
  if (claims.length > maxClaims) return void found.push(tooMany(field, claims.length, maxClaims));
  const names = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    if (names.has(claim.name)) found.push(duplicateValue(`${field}[${i}]`, claim));
    names.add(claim.name);
  }
  for (const [i, claim] of claims.entries()) {
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const at = `${field}[${i}]`;
    oneOfThem(found, at, claim, ["resourceClaimName", "resourceClaimTemplateName"]);
    requiredName(found, `${at}.name`, name, dnsLabel);
    if (resourceClaimName !== undefined) dnsSubdomain(found, `${at}.resourceClaimName`, resourceClaimName);
    if (resourceClaimTemplateName !== undefined)
      dnsSubdomain(found, `${at}.resourceClaimTemplateName`, resourceClaimTemplateName);
  }
}
