// Rules for one entry of a LimitRange: smallest, largest and default amounts that can hold together.
import { member } from "#api/json.ts";
import { type FieldError, duplicateValue, forbiddenValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { compareQuantity, parseQuantity } from "#api/quantity.ts";
import {
  isOvercommitAllowed,
  validateContainerResourceName,
  validateResourceName,
} from "#api/core/pod-rules/resource-names.ts";
import { qualifiedName } from "#api/meta/checks.ts";
import type { LimitRangeItem } from "#api/core/schema/quota.ts";

const standardTypes = ["Pod", "Container", "PersistentVolumeClaim"];
const parts = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] as const;
type Part = (typeof parts)[number];

export function validateLimit(found: FieldError[], field: string, item: LimitRangeItem, types: Set<string>): void {
  const { type = "" } = item;
  const before = found.length;
  qualifiedName(found, `${field}.type`, type);
  if (found.length === before && !type.includes("/") && !standardTypes.includes(type))
    found.push(invalidValue(`${field}.type`, type, "must be a standard limit type or fully qualified"));
  if (types.has(type)) found.push(duplicateValue(`${field}.type`, type));
  types.add(type);
  const validateName = type === "Pod" || type === "Container" ? validateContainerResourceName : validateResourceName;
  const names = new Set<string>();
  for (const part of parts) {
    const given = Object.keys(item[part] ?? {});
    if (type === "Pod" && (part === "default" || part === "defaultRequest")) {
      if (given.length > 0) found.push(forbiddenValue(`${field}.${part}`, "may not be specified when `type` is 'Pod'"));
      continue;
    }
    if (part === "maxLimitRequestRatio") validateClaim(found, field, item);
    for (const name of given) {
      validateName(found, `${field}.${part}[${name}]`, name);
      names.add(name);
    }
  }
  for (const name of names) validateAmounts(found, field, item, name);
}
function validateClaim(found: FieldError[], field: string, { type, min, max }: LimitRangeItem): void {
  if (type !== "PersistentVolumeClaim" || min?.["storage"] !== undefined || max?.["storage"] !== undefined) return;
  const text = "either minimum or maximum storage value is required, but neither was provided";
  found.push(requiredValue(`${field}.limits`, text));
}

/** The lesser of two amounts must not exceed the greater; `shown` is the one that is printed, `at` where. */
interface Order {
  readonly less: Part;
  readonly more: Part;
  readonly at: Part;
  readonly shown: Part;
  readonly text: (less: string, more: string) => string;
}
const orders: readonly Order[] = [
  {
    less: "min",
    more: "max",
    at: "min",
    shown: "min",
    text: (less, more) => `min value ${less} is greater than max value ${more}`,
  },
  {
    less: "min",
    more: "defaultRequest",
    at: "defaultRequest",
    shown: "defaultRequest",
    text: (less, more) => `min value ${less} is greater than default request value ${more}`,
  },
  {
    less: "defaultRequest",
    more: "max",
    at: "defaultRequest",
    shown: "defaultRequest",
    text: (less, more) => `default request value ${less} is greater than max value ${more}`,
  },
  {
    less: "defaultRequest",
    more: "default",
    at: "defaultRequest",
    shown: "defaultRequest",
    text: (less, more) => `default request value ${less} is greater than default limit value ${more}`,
  },
  {
    less: "min",
    more: "default",
    at: "default",
    shown: "min",
    text: (less, more) => `min value ${less} is greater than default value ${more}`,
  },
  {
    less: "default",
    more: "max",
    at: "default",
    shown: "max",
    text: (less, more) => `default value ${less} is greater than max value ${more}`,
  },
];
function validateAmounts(found: FieldError[], field: string, item: LimitRangeItem, name: string): void {
  const isPod = item.type === "Pod";
  const amount = (part: Part): string | undefined =>
    isPod && (part === "default" || part === "defaultRequest") ? undefined : member(item[part], name);
  for (const { less, more, at, shown, text } of orders) {
    const [a, b] = [amount(less), amount(more)];
    if (a !== undefined && b !== undefined && compareQuantity(a, b) > 0)
      found.push(invalidValue(`${field}.${at}[${name}]`, amount(shown), text(a, b)));
  }
  validateRatio(found, `${field}.maxLimitRequestRatio[${name}]`, amount);
  const [limit, request] = [amount("default"), amount("defaultRequest")];
  if (isOvercommitAllowed(name) || limit === undefined || request === undefined) return;
  if (compareQuantity(limit, request) !== 0) {
    const text = `default value ${limit} must equal to defaultRequest value ${request} in ${name}`;
    found.push(invalidValue(`${field}.defaultRequest[${name}]`, request, text));
  }
}
function validateRatio(found: FieldError[], field: string, amount: (part: Part) => string | undefined): void {
  const ratio = amount("maxLimitRequestRatio");
  if (ratio === undefined) return;
  if (compareQuantity(ratio, "1") < 0) found.push(invalidValue(field, ratio, `ratio ${ratio} is less than 1`));
  const [min, max] = [amount("min"), amount("max")];
  if (min === undefined || max === undefined) return;
  const number = (quantity: string): number => Number(parseQuantity(quantity).nano) / 1e9;
  const most = number(max) / number(min);
  if (number(ratio) > most)
    found.push(invalidValue(field, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`));
}
