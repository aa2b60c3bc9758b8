// Numbers that may be given as a share: 3, or "25%".
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { isPercent } from "#api/names.ts";
import { invalidEach, nonNegative } from "./checks.ts";

type IntOrPercent = number | string;

export function validateIntOrPercent(found: FieldError[], field: string, value: IntOrPercent): void {
  if (typeof value === "number") nonNegative(found, field, value);
  else invalidEach(found, field, value, isPercent(value));
}
const percentOf = (value: IntOrPercent): number | undefined =>
  typeof value === "string" && isPercent(value).length === 0 ? Number(value.slice(0, -1)) : undefined;
/** The bare number; a text that is no percentage counts as Go reads it. */
export const intOrPercentValue = (value: IntOrPercent): number => {
  if (typeof value === "number") return value;
  return percentOf(value) ?? (/^[+-]?\d+$/.test(value) ? Number(value) : 0);
};
export function atMostWhole(found: FieldError[], field: string, value: IntOrPercent): void {
  if ((percentOf(value) ?? 0) > 100) found.push(invalidValue(field, value, "must not be greater than 100%"));
}
