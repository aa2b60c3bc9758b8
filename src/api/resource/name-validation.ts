// Names of device pools and of attributes, identities of shares, and data that only a driver understands.
import { type FieldError, invalidValue, requiredValue, tooLong } from "#api/field-error.ts";
import { byteLength, isCIdentifier } from "#api/names.ts";
import { validateDriverName } from "#api/core/pod-rules/driver-names.ts";
import { dnsSubdomain, invalidEach } from "#api/meta/checks.ts";

const maxPoolNameLength = 253;
const maxIdentifierLength = 32;
const maxDomainLength = 63;
/** Of a domain, a slash and an identifier. */
export const maxAttributeNameLength = maxDomainLength + 1 + maxIdentifierLength;

export function validatePoolName(found: FieldError[], field: string, name: string): void {
  if (!name) return void found.push(requiredValue(field));
  if (name.length > maxPoolNameLength) found.push(tooLong(field, maxPoolNameLength));
  for (const part of name.split("/")) dnsSubdomain(found, field, part);
}
/** An identifier, with or without the domain of a driver. */
export function validateAttributeName(found: FieldError[], field: string, name: string): void {
  const [first = "", second, ...more] = name.split("/");
  if (more.length > 0) return;
  if (second === undefined) return validateIdentifier(found, field, first);
  if (first) validateDriverName(found, field, first);
  else found.push(invalidValue(field, "", "the domain must not be empty"));
  if (second) validateIdentifier(found, field, second);
  else found.push(invalidValue(field, "", "the name must not be empty"));
}
export function validateFullAttributeName(found: FieldError[], field: string, name: string): void {
  validateAttributeName(found, field, name);
  const text = "a fully qualified name must be a domain and a name separated by a slash";
  if (!name.includes("/")) found.push(invalidValue(field, name, text));
}
function validateIdentifier(found: FieldError[], field: string, text: string): void {
  if (text.length > maxIdentifierLength) found.push(tooLong(field, maxIdentifierLength));
  invalidEach(found, field, text, isCIdentifier(text));
}

const hex = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
export function validateUid(found: FieldError[], field: string, uid: string): void {
  const plain = /^(urn:uuid:|\{)?([0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12})\}?$/i;
  if (!plain.test(uid))
    return void found.push(invalidValue(field, uid, `error validating uid: invalid UUID length: ${uid.length}`));
  const text =
    "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters";
  if (!hex.test(uid)) found.push(invalidValue(field, uid, text));
}

/** A JSON object of limited size. */
export function validateDriverData(found: FieldError[], field: string, data: unknown, maxBytes: number): void {
  if (data === undefined || data === null) return void found.push(requiredValue(field));
  if (byteLength(JSON.stringify(data)) > maxBytes) return void found.push(tooLong(field, maxBytes));
  if (typeof data !== "object" || Array.isArray(data))
    found.push(invalidValue(field, "<value omitted>", "must be a valid JSON object"));
}
