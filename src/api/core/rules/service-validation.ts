// Rules for Services: ports, the addresses of the cluster, and what each type may have.
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from "#api/field-error.ts";
import { isDnsSubdomain } from "#api/names.ts";
import {
  dnsLabel,
  dnsSubdomain,
  invalidEach,
  labels,
  portNumber,
  portOrName,
  qualifiedName,
  requiredOneOf,
  supported,
} from "#api/meta/checks.ts";
import { checkCidr, checkEndpointIp, checkIp, parseIp } from "#api/meta/ip.ts";
import type { Service, ServicePort, ServiceSpec } from "#api/core/schema/service.ts";
import { isExternallyReachable, isHeadless, needsHealthCheckPort } from "./service-types.ts";
import { validateServiceAddresses } from "./service-address-validation.ts";

const topologyMode = "service.kubernetes.io/topology-mode";
const topologyHints = "service.kubernetes.io/topology-aware-hints";
const sourceRanges = "service.beta.kubernetes.io/load-balancer-source-ranges";
const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const distributions = ["PreferClose", "PreferSameZone", "PreferSameNode"];
const longestAffinitySeconds = 86400;

export function validateService(service: Service): FieldError[] {
  const found: FieldError[] = [];
  const { spec, metadata } = service;
  const { [topologyMode]: mode, [topologyHints]: hints } = metadata.annotations ?? {};
  if (mode !== undefined && hints !== undefined && mode !== hints)
    found.push(
      invalidValue(
        `metadata.annotations[${topologyMode}]`,
        mode,
        `must match annotations[${topologyHints}] when both are specified`,
      ),
    );
  validateType(found, "spec", spec);
  validatePorts(found, "spec.ports", spec);
  labels(found, "spec.selector", spec.selector);
  validateAffinity(found, "spec", spec);
  validateServiceAddresses(found, "spec", spec);
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    const before = found.length;
    checkIp(found, `spec.externalIPs[${i}]`, ip);
    if (found.length === before) checkEndpointIp(found, `spec.externalIPs[${i}]`, ip);
  }
  requiredOneOf(found, "spec.type", spec.type, types);
  uniquePorts(found, "spec.ports", spec);
  validateBalancer(found, "spec", service);
  validateTraffic(found, "spec", spec);
  return found;
}

function validateType(found: FieldError[], field: string, spec: ServiceSpec): void {
  const { type, ports = [], clusterIPs = [] } = spec;
  if (ports.length === 0 && !isHeadless(spec) && type !== "ExternalName") found.push(requiredValue(`${field}.ports`));
  if ((type === "LoadBalancer" || type === "NodePort") && isHeadless(spec))
    found.push(invalidValue(`${field}.clusterIPs[0]`, clusterIPs[0], `may not be set to 'None' for ${type} services`));
  if (type !== "ExternalName") return;
  const refused = "may not be set for ExternalName services";
  if (clusterIPs.length > 0) found.push(forbiddenValue(`${field}.clusterIPs`, refused));
  if (spec.ipFamilies?.length) found.push(forbiddenValue(`${field}.ipFamilies`, refused));
  if (spec.ipFamilyPolicy !== undefined) found.push(forbiddenValue(`${field}.ipFamilyPolicy`, refused));
  const name = (spec.externalName ?? "").replace(/\.$/, "");
  if (name) dnsSubdomain(found, `${field}.externalName`, name);
  else found.push(requiredValue(`${field}.externalName`));
}

function validatePorts(found: FieldError[], field: string, { ports = [] }: ServiceSpec): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = `${field}[${i}]`;
    if (!port.name) {
      if (ports.length > 1) found.push(requiredValue(`${at}.name`));
    } else {
      dnsLabel(found, `${at}.name`, port.name);
      if (names.has(port.name)) found.push(duplicateValue(`${at}.name`, port.name));
      names.add(port.name);
    }
    portNumber(found, `${at}.port`, port.port);
    requiredOneOf(found, `${at}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]);
    portOrName(found, `${at}.targetPort`, port.targetPort);
    if (port.appProtocol !== undefined) qualifiedName(found, `${at}.appProtocol`, port.appProtocol);
  }
}
function uniquePorts(found: FieldError[], field: string, { ports = [], type }: ServiceSpec): void {
  if (type === "ClusterIP")
    for (const [i, port] of ports.entries())
      if (port.nodePort)
        found.push(forbiddenValue(`${field}[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
  const unique = (
    keyOf: (port: ServicePort) => string | undefined,
    report: (i: number, port: ServicePort) => FieldError,
  ) => {
    const seen = new Set<string>();
    for (const [i, port] of ports.entries()) {
      const key = keyOf(port);
      if (key === undefined) continue;
      if (seen.has(key)) found.push(report(i, port));
      seen.add(key);
    }
  };
  unique(
    (port) => (port.nodePort ? `${port.protocol}/${port.nodePort}` : undefined),
    (i, port) => duplicateValue(`${field}[${i}].nodePort`, port.nodePort),
  );
  unique(
    (port) => `${port.protocol}/${port.port}`,
    (i, { protocol = "", port }) => duplicateValue(`${field}[${i}]`, shownPort(protocol, port)),
  );
}
/** Upstream shows its own struct. */
const shownPort = (protocol: string, port: number) => ({
  Name: "",
  Protocol: protocol,
  AppProtocol: null,
  Port: port,
  TargetPort: 0,
  NodePort: 0,
});

function validateAffinity(found: FieldError[], field: string, spec: ServiceSpec): void {
  const { sessionAffinity: affinity, sessionAffinityConfig: config } = spec;
  requiredOneOf(found, `${field}.sessionAffinity`, affinity, ["ClientIP", "None"]);
  const at = `${field}.sessionAffinityConfig`;
  if (affinity === "None" && config) found.push(forbiddenValue(at, "must not be set when session affinity is None"));
  if (affinity !== "ClientIP") return;
  const why = "when session affinity type is ClientIP";
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) found.push(requiredValue(at, why));
  else if (!config.clientIP) found.push(requiredValue(`${at}.clientIP`, why));
  else if (seconds === undefined) found.push(requiredValue(`${at}.clientIP.timeoutSeconds`, why));
  else if (seconds <= 0 || seconds > longestAffinitySeconds)
    found.push(
      invalidValue(
        `${at}.clientIP.timeoutSeconds`,
        seconds,
        `must be greater than 0 and less than ${longestAffinitySeconds}`,
      ),
    );
}

const onlyBalancer = "may only be used when `type` is 'LoadBalancer'";
function validateBalancer(found: FieldError[], field: string, { spec, metadata }: Service): void {
  const isBalancer = spec.type === "LoadBalancer";
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const annotation = metadata.annotations?.[sourceRanges];
  if (ranges.length > 0) {
    const at = `${field}.LoadBalancerSourceRanges`;
    if (!isBalancer) found.push(forbiddenValue(at, onlyBalancer));
    for (const [i, range] of ranges.entries()) checkCidr(found, `${at}[${i}]`, range.trim());
  } else if (annotation !== undefined) {
    const at = `metadata.annotations[${sourceRanges}]`;
    if (!isBalancer) found.push(forbiddenValue(at, onlyBalancer));
    if (annotation.trim()) for (const range of annotation.trim().split(",")) checkCidr(found, at, range.trim());
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalancer)
    found.push(forbiddenValue(`${field}.allocateLoadBalancerNodePorts`, onlyBalancer));
  if (spec.allocateLoadBalancerNodePorts === undefined && isBalancer)
    found.push(requiredValue("allocateLoadBalancerNodePorts"));
  if (spec.loadBalancerClass === undefined) return;
  if (isBalancer) qualifiedName(found, `${field}.loadBalancerClass`, spec.loadBalancerClass);
  else found.push(forbiddenValue(`${field}.loadBalancerClass`, onlyBalancer));
}

function validateTraffic(found: FieldError[], field: string, spec: ServiceSpec): void {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, healthCheckNodePort: check } = spec;
  if (isExternallyReachable(spec))
    requiredOneOf(found, `${field}.externalTrafficPolicy`, external, ["Cluster", "Local"]);
  else if (external)
    found.push(
      invalidValue(`${field}.externalTrafficPolicy`, external, "may only be set for externally-accessible services"),
    );
  const at = `${field}.healthCheckNodePort`;
  if (needsHealthCheckPort(spec)) {
    if (!check) found.push(requiredValue(at));
    else portNumber(found, at, check);
  } else if (check)
    found.push(
      invalidValue(at, check, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"),
    );
  if (internal !== undefined) supported(found, `${field}.internalTrafficPolicy`, internal, ["Cluster", "Local"]);
  else if (spec.type !== "ExternalName" && types.includes(spec.type ?? ""))
    found.push(requiredValue(`${field}.internalTrafficPolicy`));
  if (spec.trafficDistribution !== undefined)
    supported(found, `${field}.trafficDistribution`, spec.trafficDistribution, distributions);
}

/** What a load balancer reports. */
export function validateServiceStatus({ spec, status }: Service): FieldError[] {
  const found: FieldError[] = [];
  const ingress = status.loadBalancer.ingress ?? [];
  const field = "status.loadBalancer.ingress";
  if (spec.type !== "LoadBalancer" && ingress.length > 0)
    return [forbiddenValue(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  for (const [i, { ip, ipMode, hostname }] of ingress.entries()) {
    const at = `${field}[${i}]`;
    if (ip) checkIp(found, `${at}.ip`, ip);
    if (ipMode === undefined) {
      if (ip) found.push(requiredValue(`${at}.ipMode`, "must be specified when `ip` is set"));
    } else if (!ip) found.push(forbiddenValue(`${at}.ipMode`, "may not be specified when `ip` is not set"));
    else if (ipMode !== "VIP" && ipMode !== "Proxy") found.push(notSupported(`${at}.ipMode`, ipMode, ["Proxy", "VIP"]));
    if (!hostname) continue;
    invalidEach(found, `${at}.hostname`, hostname, isDnsSubdomain(hostname));
    if (parseIp(hostname))
      found.push(invalidValue(`${at}.hostname`, hostname, "must be a DNS name, not an IP address"));
  }
  return found;
}
