// Rules for Ingresses: hosts, paths and where the requests go.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { isWildcardDnsSubdomain } from "#api/names.ts";
import type { TypedLocalObjectReference } from "#api/core/schema/reference.ts";
import { dnsLabel, dnsSubdomain, invalidEach, pathSegment, portNumber, portOrName } from "#api/meta/checks.ts";
import { checkIp, parseIp } from "#api/meta/ip.ts";
import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressTLS } from "./ingress-schema.ts";

/** How a class was chosen before there was a field for it. */
export const classAnnotation = "kubernetes.io/ingress.class";
const notAName = "must be a DNS name, not an IP address";
const pathTypes = ["Exact", "ImplementationSpecific", "Prefix"];

export function validateIngress({ spec }: Ingress): FieldError[] {
  const found: FieldError[] = [];
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec;
  if (rules.length === 0 && !defaultBackend)
    found.push(invalidValue("spec", spec.rules, "either `defaultBackend` or `rules` must be specified"));
  if (defaultBackend) validateBackend(found, "spec.defaultBackend", defaultBackend);
  for (const [i, rule] of rules.entries()) validateRule(found, `spec.rules[${i}]`, rule);
  for (const [i, entry] of tls.entries()) validateTls(found, `spec.tls[${i}]`, entry);
  if (ingressClassName !== undefined) dnsSubdomain(found, "spec.ingressClassName", ingressClassName);
  return found;
}
export function validateNewIngress({ metadata, spec }: Ingress): FieldError[] {
  const value = metadata.annotations?.[classAnnotation];
  const { ingressClassName } = spec;
  if (value === undefined || ingressClassName === undefined || value === ingressClassName) return [];
  const text = "must match `ingressClassName` when both are specified";
  return [invalidValue(`annotations.${classAnnotation}`, value, text)];
}
export function validateIngressStatus({ status }: Ingress): FieldError[] {
  const found: FieldError[] = [];
  for (const [i, { ip, hostname }] of (status.loadBalancer.ingress ?? []).entries()) {
    const field = `status.loadBalancer.ingress[${i}]`;
    if (ip) checkIp(found, `${field}.ip`, ip);
    if (!hostname) continue;
    dnsSubdomain(found, `${field}.hostname`, hostname);
    if (parseIp(hostname)) found.push(invalidValue(`${field}.hostname`, hostname, notAName));
  }
  return found;
}

function validateTls(found: FieldError[], field: string, { hosts = [], secretName }: IngressTLS): void {
  for (const [i, host] of hosts.entries()) validateHost(found, `${field}.hosts[${i}]`, host);
  if (secretName) dnsSubdomain(found, `${field}.secretName`, secretName);
}
function validateHost(found: FieldError[], field: string, host: string): void {
  if (host.includes("*")) invalidEach(found, field, host, isWildcardDnsSubdomain(host));
  else dnsSubdomain(found, field, host);
}
function validateRule(found: FieldError[], field: string, { host, http }: IngressRule): void {
  if (host) {
    if (parseIp(host)) found.push(invalidValue(`${field}.host`, host, notAName));
    validateHost(found, `${field}.host`, host);
  }
  if (!http) return;
  if ((http.paths ?? []).length === 0) found.push(requiredValue(`${field}.http.paths`));
  for (const [i, path] of (http.paths ?? []).entries()) validatePath(found, `${field}.http.paths[${i}]`, path);
}
function validatePath(found: FieldError[], field: string, { path = "", pathType, backend }: HTTPIngressPath): void {
  if (pathType === undefined) return void found.push(requiredValue(`${field}.pathType`, "pathType must be specified"));
  const refuse = (text: string): void => void found.push(invalidValue(`${field}.path`, path, text));
  if (!pathTypes.includes(pathType)) found.push(notSupported(`${field}.pathType`, pathType, pathTypes));
  else if (!path.startsWith("/") && (path || pathType !== "ImplementationSpecific")) refuse("must be an absolute path");
  if (pathType === "Exact" || pathType === "Prefix") {
    for (const part of ["//", "/./", "/../", "%2f", "%2F"])
      if (path.includes(part)) refuse(`must not contain '${part}'`);
    for (const end of ["/..", "/."]) if (path.endsWith(end)) refuse(`cannot end with '${end}'`);
  }
  validateBackend(found, `${field}.backend`, backend);
}
function validateBackend(found: FieldError[], field: string, { service, resource }: IngressBackend): void {
  const refuse = (text: string): void => void found.push(invalidValue(field, "", text));
  if (service && resource) return refuse("cannot set both resource and service backends");
  if (resource) return validateObject(found, `${field}.resource`, resource);
  if (!service) return refuse("resource or service backend is required");
  if (service.name) dnsLabel(found, `${field}.service.name`, service.name);
  else found.push(requiredValue(`${field}.service.name`));
  const { name, number } = service.port;
  if (name && number) refuse("cannot set both port name & port number");
  else if (name) portOrName(found, `${field}.service.port.name`, name);
  else if (number) portNumber(found, `${field}.service.port.number`, number);
  else found.push(requiredValue(field, "port name or number is required"));
}
interface Reference {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
}
/** Also for the parameters of an IngressClass. */
export function validateObject(
  found: FieldError[],
  field: string,
  { apiGroup, kind, name }: TypedLocalObjectReference | Reference,
): void {
  if (apiGroup !== undefined) dnsSubdomain(found, `${field}.apiGroup`, apiGroup);
  if (kind) pathSegment(found, `${field}.kind`, kind);
  else found.push(requiredValue(`${field}.kind`));
  if (name) pathSegment(found, `${field}.name`, name);
  else found.push(requiredValue(`${field}.name`));
}
