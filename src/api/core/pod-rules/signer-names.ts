// Names of certificate signers ("example.com/signer") and of the trust bundles that belong to them.
import { type FieldError, invalidValue, requiredValue, tooLong } from "#api/field-error.ts";
import { maxAnnotationBytes } from "#api/metadata.ts";
import { byteLength, isDnsLabel, isDnsSubdomain, isQualifiedName } from "#api/names.ts";

export function validateSignerName(found: FieldError[], field: string, name: string): void {
  if (!name) return void found.push(requiredValue(field));
  const segments = name.split("/");
  if (segments.length !== 2) {
    found.push(
      invalidValue(field, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"),
    );
    return;
  }
  const [domain, path] = segments as [string, string];
  if (domain.length > 253) found.push(tooLong(field, 253));
  firstBadPart(found, field, domain, isDnsLabel);
  if (domain.split(".").length < 2)
    found.push(invalidValue(field, domain, "should be a domain with at least two segments separated by dots"));
  firstBadPart(found, field, path, isDnsSubdomain);
  if (name.length > 571) found.push(tooLong(field, 571));
}
function firstBadPart(found: FieldError[], field: string, text: string, check: (part: string) => string[]): void {
  for (const part of text.split(".")) {
    const messages = check(part);
    for (const message of messages)
      found.push(invalidValue(field, text, `validating label ${JSON.stringify(part)}: ${message}`));
    if (messages.length > 0) return;
  }
}

/** Signers that Kubernetes reserves for itself. */
export function isKubernetesSigner(name: string): boolean {
  const domain = name.split("/")[0]!;
  return domain === "kubernetes.io" || domain.endsWith(".kubernetes.io");
}

/** A trust bundle of a signer carries the signer's name in its own. */
export function bundleNameProblems(name: string): string[] {
  const colon = name.lastIndexOf(":");
  return isDnsSubdomain(name.slice(colon + 1));
}

/** What a pod tells a signer: keys with a domain, and not too much. */
export function validateUserAnnotations(
  found: FieldError[],
  field: string,
  annotations: Readonly<Record<string, string>> | undefined,
): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    bytes += byteLength(key) + byteLength(value);
    const messages = isQualifiedName(key.toLowerCase());
    for (const message of messages) found.push(invalidValue(field, key.toLowerCase(), message));
    if (messages.length === 0 && !key.includes("/"))
      found.push(invalidValue(field, key.toLowerCase(), 'must be a domain-prefixed key (such as "acme.io/foo")'));
  }
  if (bytes > maxAnnotationBytes) found.push(tooLong(field, maxAnnotationBytes));
}
