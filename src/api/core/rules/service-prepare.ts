// What a Service is filled in with before it is stored: defaults by type, and on update what a client left out of
// what the cluster has given it, or what its new type no longer has.
import type { Draft } from "#api/schema.ts";
import { sameValue } from "#api/meta/checks.ts";
import type { Service, ServiceSpec } from "#api/core/schema/service.ts";
import { isExternallyReachable, needsClusterIP, needsHealthCheckPort, needsNodePort } from "./service-types.ts";

type SpecDraft = Draft<ServiceSpec>;
const affinitySeconds = 10800;

export function applyServiceDefaults(service: Draft<Service>): void {
  const spec = service.spec;
  if (!spec) return;
  if (spec.sessionAffinity === "None") delete spec.sessionAffinityConfig;
  else if (spec.sessionAffinity === "ClientIP" && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: affinitySeconds } };
  for (const port of spec.ports ?? []) if (port && !port.targetPort) port.targetPort = port.port;
  if (isExternallyReachable(spec)) spec.externalTrafficPolicy ||= "Cluster";
  if (spec.type === "ClusterIP" || needsNodePort(spec)) spec.internalTrafficPolicy ??= "Cluster";
  if (spec.type !== "LoadBalancer") return;
  spec.allocateLoadBalancerNodePorts ??= true;
  for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress?.ip) ingress.ipMode ??= "VIP";
}

/** The single address of old stands for a list of one. */
export function prepareServiceForCreate(service: Draft<Service>): void {
  const { spec } = service;
  if (spec?.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
}

export function prepareServiceForUpdate(service: Draft<Service>, old: Service): void {
  const spec = (service.spec ??= {});
  keepAllocated(spec, old.spec);
  followClusterIP(spec, old.spec);
  dropWithType(spec, old.spec);
  if (spec.type !== "LoadBalancer") service.status = { ...service.status, loadBalancer: {} };
}

/** Clients need not repeat what was allocated for them. */
function keepAllocated(spec: SpecDraft, old: ServiceSpec): void {
  if (needsClusterIP(old) && needsClusterIP(spec)) {
    if (old.clusterIP) spec.clusterIP ||= old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs?.length) spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(spec)) {
    const now = new Set(spec.ports?.map((port) => port?.nodePort));
    const used = new Set((old.ports ?? []).map((port) => port.nodePort).filter((port) => now.has(port)));
    const byName = new Map((old.ports ?? []).map((port) => [port.name ?? "", port.nodePort]));
    for (const port of spec.ports ?? []) {
      const before = byName.get(port?.name ?? "");
      if (port && !port.nodePort && before && !used.has(before)) port.nodePort = before;
    }
  }
  if (needsHealthCheckPort(old) && needsHealthCheckPort(spec) && old.healthCheckNodePort)
    spec.healthCheckNodePort ||= old.healthCheckNodePort;
}
/** A client that knows only the single address changes the list with it. */
function followClusterIP(spec: SpecDraft, old: ServiceSpec): void {
  const before = old.clusterIPs ?? [];
  if (before.length > 0 && !spec.clusterIPs?.length && spec.clusterIP === old.clusterIP) spec.clusterIPs = [...before];
  if ((spec.clusterIP ?? "") === (old.clusterIP ?? "") || !sameValue(spec.clusterIPs, before)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else if (old.clusterIP) delete spec.clusterIPs;
}

/** What the old type had and the new one cannot have goes, unless the client changed it: then it is refused. */
function dropWithType(spec: SpecDraft, old: ServiceSpec): void {
  const dropSame = (...fields: readonly (keyof ServiceSpec)[]): void => {
    for (const field of fields) if (sameValue(spec[field], old[field])) delete spec[field];
  };
  if (needsClusterIP(old) && !needsClusterIP(spec)) {
    if (sameValue([spec.clusterIP, spec.clusterIPs], [old.clusterIP, old.clusterIPs]))
      dropSame("clusterIP", "clusterIPs");
    dropSame("ipFamilies", "ipFamilyPolicy");
  }
  if (needsNodePort(old) && !needsNodePort(spec)) {
    const before = new Set((old.ports ?? []).map((port) => port.nodePort));
    if ((spec.ports ?? []).every((port) => !port?.nodePort || before.has(port.nodePort)))
      for (const port of spec.ports ?? []) delete port?.nodePort;
  }
  if (needsHealthCheckPort(old) && !needsHealthCheckPort(spec)) dropSame("healthCheckNodePort");
  if (old.type === "LoadBalancer" && spec.type !== "LoadBalancer")
    dropSame("allocateLoadBalancerNodePorts", "loadBalancerClass");
  if (isExternallyReachable(old) && !isExternallyReachable(spec)) dropSame("externalTrafficPolicy");
}
