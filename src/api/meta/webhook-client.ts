// How a webhook is reached, by URL or by Service: the rules that admission and conversion webhooks share.
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import { isDnsSubdomain, isPortNumber } from "#api/names.ts";

export interface ServiceTarget {
  readonly namespace: string;
  readonly name: string;
  readonly path?: string;
  readonly port?: number;
}

const form = "; desired format: https://host[/path]";
export function validateWebhookUrl(url: string, field: string, options: { readonly https: boolean }): FieldError[] {
  const found: FieldError[] = [];
  const parts = /^(?:([a-zA-Z][-+.a-zA-Z0-9]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url);
  const [, scheme = "", authority = "", , query = "", fragment = ""] = parts ?? [];
  const at = authority.lastIndexOf("@");
  const host = authority.slice(at + 1);
  const refuse = (value: string, why: string): void => void found.push(invalidValue(field, value, why));
  if (url.startsWith(":")) {
    const why = `parse ${JSON.stringify(url)}: missing protocol scheme`;
    return [requiredValue(field, `url must be a valid URL: ${why}${form}`)];
  }
  if (options.https && scheme.toLowerCase() !== "https")
    refuse(scheme, `'https' is the only allowed URL scheme${form}`);
  if (host === "") refuse(host, `host must be specified${form}`);
  if (at >= 0) refuse(authority.slice(0, at), "user information is not permitted in the URL");
  if (fragment !== "") refuse(fragment, "fragments are not permitted in the URL");
  if (query !== "") refuse(query, "query parameters are not permitted in the URL");
  return found;
}

export function validateWebhookService(service: ServiceTarget, field: string): FieldError[] {
  const found: FieldError[] = [];
  const { port = 443, path = "" } = service;
  if (!service.name) found.push(requiredValue(`${field}.name`));
  if (!service.namespace) found.push(requiredValue(`${field}.namespace`));
  const wrong = isPortNumber(port);
  if (wrong.length > 0) found.push(invalidValue(`${field}.port`, port, `port is not valid: ${wrong.join(", ")}`));
  return [...found, ...pathErrors(path).map((why) => invalidValue(`${field}.path`, path, why))];
}
function pathErrors(path: string): string[] {
  if (path === "" || path === "/") return [];
  if (path === "//") return ["segment[0] may not be empty"];
  const found = path.startsWith("/") ? [] : ["must start with a '/'"];
  const segments = path.slice(1).replace(/\/$/, "").split("/");
  for (const [i, segment] of segments.entries()) {
    if (segment === "") found.push(`segment[${i}] may not be empty`);
    else found.push(...isDnsSubdomain(segment).map((why) => `segment[${i}]: ${why}`));
  }
  return found;
}

const block = /-----BEGIN CERTIFICATE-----\s+[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/;
/** `bundle` is base64 of certificates in PEM form. */
export function validateCaBundle(bundle: string, field: string): FieldError[] {
  return hasCertificates(bundle)
    ? []
    : [invalidValue(field, bundle, "unable to load root certificates: unable to parse bytes as PEM block")];
}
export const hasCertificates = (bundle: string): boolean => block.test(atob(bundle));
