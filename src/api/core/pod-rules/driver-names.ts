// Names of CSI drivers and other plugins: DNS subdomains of at most 63 characters, in any case.
import { type FieldError, requiredValue, tooLong } from "#api/field-error.ts";
import { isDnsSubdomain } from "#api/names.ts";
import { invalidEach } from "#api/meta/checks.ts";

export function validateDriverName(found: FieldError[], field: string, name: string | undefined): void {
  if (!name) return void found.push(requiredValue(field));
  if (name.length > 63) found.push(tooLong(field, 63));
  invalidEach(found, field, name, isDnsSubdomain(name.toLowerCase()));
}
