// Rules for the cluster addresses of a Service and their families: at most one of each, and the first never changes.
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from "#api/field-error.ts";
import { checkIp, parseIp } from "#api/meta/ip.ts";
import type { Service, ServiceSpec } from "#api/core/schema/service.ts";
import { isHeadless, needsHealthCheckPort } from "./service-types.ts";

const families = ["IPv4", "IPv6"];
const policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];

export function validateServiceAddresses(found: FieldError[], field: string, spec: ServiceSpec): void {
  if (spec.type === "ExternalName") return;
  const { clusterIP = "", clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const at = `${field}.clusterIPs`;
  if (clusterIP) {
    if (clusterIPs.length === 0) found.push(requiredValue(at));
    else if (clusterIPs[0] !== clusterIP)
      found.push(invalidValue(at, clusterIPs, "first value must match `clusterIP`"));
  } else if (clusterIPs.length > 0)
    found.push(invalidValue(at, clusterIPs, "must be empty when `clusterIP` is not specified"));
  for (const [i, family] of ipFamilies.entries()) {
    if (!families.includes(family)) found.push(notSupported(`${field}.ipFamilies[${i}]`, family, families));
    if (ipFamilies.indexOf(family) < i) found.push(duplicateValue(`${field}.ipFamilies[${i}]`, family));
  }
  if (ipFamilyPolicy !== undefined && !policies.includes(ipFamilyPolicy))
    found.push(notSupported(`${field}.ipFamilyPolicy`, ipFamilyPolicy, policies));
  const before = found.length;
  for (const [i, ip] of clusterIPs.entries()) {
    if (i > 0 || ip !== "None") checkIp(found, `${at}[${i}]`, ip);
    else if (clusterIPs.length > 1) found.push(invalidValue(at, clusterIPs, "'None' must be the first and only value"));
  }
  const wrong = found.length > before;
  if (clusterIPs.length > 2) found.push(invalidValue(at, clusterIPs, "may only hold up to 2 values"));
  if (!wrong) validateFamilies(found, at, spec);
}
function validateFamilies(found: FieldError[], at: string, spec: ServiceSpec): void {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  const has = (family: 4 | 6): boolean => clusterIPs.some((ip) => parseIp(ip)?.family === family);
  if (clusterIPs.length > 1 && !(has(4) && has(6)))
    found.push(invalidValue(at, clusterIPs, "may specify no more than one IP for each IP family"));
  if (isHeadless(spec)) return;
  for (const [i, ip] of clusterIPs.entries()) {
    const wanted = ipFamilies[i];
    if (wanted !== "IPv4" && wanted !== "IPv6") continue;
    if ((parseIp(ip)?.family === 6) !== (wanted === "IPv6"))
      found.push(invalidValue(`${at}[${i}]`, ip, `expected an ${wanted} value as indicated by \`ipFamilies[${i}]\``));
  }
}

const noChange = "may not change once set";
export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const found: FieldError[] = [];
  const { spec } = service;
  const before = old.spec;
  if (spec.type !== "ExternalName" && before.type !== "ExternalName") {
    if (!(isHeadless(spec) && isHeadless(before))) keepsAddresses(found, spec, before);
    if (!isHeadless(spec) && !isHeadless(before)) keepsFamilies(found, spec, before);
  }
  const isBalancer = spec.type === "LoadBalancer" && before.type === "LoadBalancer";
  if (isBalancer && spec.loadBalancerClass !== before.loadBalancerClass)
    found.push(invalidValue("spec.loadBalancerClass", spec.loadBalancerClass, noChange));
  const checked = needsHealthCheckPort(before) && needsHealthCheckPort(spec);
  if (checked && spec.healthCheckNodePort !== before.healthCheckNodePort)
    found.push(forbiddenValue("spec.healthCheckNodePort", "field is immutable"));
  return found;
}
function keepsAddresses(found: FieldError[], spec: ServiceSpec, old: ServiceSpec): void {
  const now = spec.clusterIPs ?? [];
  const before = old.clusterIPs ?? [];
  const shown = now.length > 0 ? now : null;
  const first = "spec.clusterIPs[0]";
  if (now.length === before.length) {
    for (const [i, ip] of before.entries())
      if (ip !== now[i]) found.push(invalidValue(`spec.clusterIPs[${i}]`, shown, noChange));
    return;
  }
  if (now.length === 0) found.push(invalidValue(first, shown, "primary clusterIP can not be unset"));
  else if (before.length > 0 && now[0] !== before[0]) found.push(invalidValue(first, shown, noChange));
  if (before.length > now.length && now.length === 1 && spec.ipFamilyPolicy !== "SingleStack")
    found.push(released(spec, "clusterIP"));
}
function keepsFamilies(found: FieldError[], spec: ServiceSpec, old: ServiceSpec): void {
  const now = spec.ipFamilies ?? [];
  const before = old.ipFamilies ?? [];
  const at = "spec.ipFamilies[0]";
  if (now.length === before.length) {
    for (const [i, family] of before.entries()) if (family !== now[i]) found.push(invalidValue(at, now, noChange));
    return;
  }
  const shrinks = before.length > now.length;
  if (shrinks && !spec.clusterIPs?.length)
    found.push(invalidValue(at, now.length > 0 ? now : null, "primary ipFamily can not be unset"));
  // Upstream shows the addresses here.
  if (now.length > 0 && before.length > 0 && now[0] !== before[0])
    found.push(invalidValue(at, spec.clusterIPs, noChange));
  if (shrinks && now.length === 1 && spec.ipFamilyPolicy !== "SingleStack") found.push(released(spec, "ipFamily"));
}
const released = (spec: ServiceSpec, what: string): FieldError =>
  invalidValue(
    "spec.ipFamilyPolicy",
    spec.ipFamilyPolicy,
    `must be set to 'SingleStack' when releasing the secondary ${what}`,
  );
