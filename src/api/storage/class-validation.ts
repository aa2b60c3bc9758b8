// Rules that StorageClass and VolumeAttributesClass share: a driver, and settings that only it understands.
import { type FieldError, invalidValue, requiredValue, tooLong } from "#api/field-error.ts";
import { byteLength } from "#api/names.ts";
import { qualifiedName } from "#api/meta/checks.ts";

const maxParameters = 512;
const maxParameterBytes = 256 * 1024;

export function validateDriver(found: FieldError[], field: string, driver = ""): void {
  if (driver) qualifiedName(found, field, driver.toLowerCase());
  else found.push(requiredValue(field));
}
export const sizeOf = (values: Readonly<Record<string, string>>): number =>
  Object.entries(values).reduce((size, [key, value]) => size + byteLength(key) + byteLength(value), 0);
export function validateParameters(
  found: FieldError[],
  field: string,
  parameters: Readonly<Record<string, string>> = {},
): void {
  const keys = Object.keys(parameters);
  if (keys.length > maxParameters) return void found.push(tooLong(field, maxParameters));
  if (keys.includes("")) found.push(invalidValue(field, "", "field can not be empty."));
  if (sizeOf(parameters) > maxParameterBytes) found.push(tooLong(field, maxParameterBytes));
}
