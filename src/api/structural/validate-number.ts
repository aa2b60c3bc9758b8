// Numbers against a schema: the range of their format, bounds and factors.
import type { Finding, Findings } from "./findings.ts";
import type { JsonSchema } from "./json-schema.ts";

/** A number as Go prints it by %v. */
export function goNumber(value: number): string {
  const text = String(value);
  const size = Math.abs(value);
  if (size === 0 || Number.isInteger(value) ? size < 1e21 : size >= 1e-4) return text;
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  return `${digits}e${exponent[0]!}${exponent.slice(1).padStart(2, "0")}`;
}

/** Whether Go reads it as an int64. */
export const isInt64 = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 63;

const limits: Readonly<Record<string, (value: number) => boolean>> = {
  int32: (v) => v >= -(2 ** 31) && v < 2 ** 31,
  int64: isInt64,
  float: (v) => Math.abs(v) < 2 ** 128,
};
/** The format counts where the schema has one type only and the format belongs to it. */
function rangeError(schema: JsonSchema, value: number, what: string, path: string): Finding | undefined {
  const type = schema["x-kubernetes-int-or-string"] ? "" : (schema.type ?? "");
  const isInteger = type === "integer";
  const belongs = isInteger ? ["int32", "int64"] : type === "number" ? ["float", "double"] : [];
  const format = schema.format && belongs.includes(schema.format) ? schema.format : "";
  const fits = limits[format || (isInteger ? "int64" : "")];
  if (!fits || fits(value)) return undefined;
  const form = format ? `with format ${format}` : "(default format)";
  return { code: "whole", name: path, message: `${what} value must be of type ${type} ${form} in ${path}` };
}

export function validateNumber(schema: JsonSchema, value: number, path: string, into: Findings): void {
  const { maximum, minimum, multipleOf } = schema;
  const whole = isInt64(value);
  const add = (finding: Finding | undefined): void => void (finding && into.add(finding));
  const plain = (message: string): void => into.add({ code: "plain", name: path, value, message });
  const shown = (bound: number): string => (whole ? String(Math.trunc(bound)) : goNumber(bound));
  const bound = (limit: number): number => (whole ? Math.trunc(limit) : limit);
  add(rangeError(schema, value, "Checked", path));
  if (multipleOf !== undefined) {
    add(rangeError(schema, multipleOf, "MultipleOf", path));
    const factor = bound(multipleOf);
    const message = `factor MultipleOf declared for ${path} must be positive: ${goNumber(factor)}`;
    if (factor <= 0) into.add({ code: "plain", name: path, value: factor, message });
    else if (!isMultiple(value, factor)) plain(`${path} in body should be a multiple of ${goNumber(factor)}`);
  }
  if (minimum !== undefined) {
    add(rangeError(schema, minimum, "Minimum boundary", path));
    const isBelow = schema.exclusiveMinimum ? value <= bound(minimum) : value < bound(minimum);
    const how = schema.exclusiveMinimum ? "greater than" : "greater than or equal to";
    if (isBelow) plain(`${path} in body should be ${how} ${shown(minimum)}`);
  }
  if (maximum !== undefined) {
    add(rangeError(schema, maximum, "Maximum boundary", path));
    const isAbove = schema.exclusiveMaximum ? value >= bound(maximum) : value > bound(maximum);
    const how = schema.exclusiveMaximum ? "less than" : "less than or equal to";
    if (isAbove) plain(`${path} in body should be ${how} ${shown(maximum)}`);
  }
  into.matches++;
}
function isMultiple(value: number, factor: number): boolean {
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  const nearest = Math.round(times);
  return times === nearest || Math.abs(times - nearest) < 1e-9 * Math.max(1, Math.abs(times));
}
