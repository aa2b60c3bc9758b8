// What should stand in the EndpointSlices of a Service: one group for each family of addresses and each set of port
// numbers, because all endpoints of a slice share both.
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { Service } from "#api/core/service.ts";
import type { Endpoint, EndpointPort } from "#api/discovery/schema.ts";
import { addressesOf, hostnameOf, podReference, podsOf, targetPort } from "#controllers/endpoints/service-pods.ts";
import { isReady } from "#controllers/pods/pod-state.ts";

export type AddressType = "IPv4" | "IPv6";
export interface SliceGroup {
  readonly addressType: AddressType;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}
const zoneLabel = "topology.kubernetes.io/zone";

export function addressTypesOf(service: Service): AddressType[] {
  const families = service.spec.ipFamilies ?? [];
  return families.length > 0 ? families.map((f) => (f === "IPv6" ? "IPv6" : "IPv4")) : ["IPv4"];
}

/** One identifier for each set of ports, whatever their order. */
export const portsId = (ports: readonly EndpointPort[]): string =>
  ports
    .map((p) => `${p.name ?? ""}|${p.protocol ?? "TCP"}|${p.port ?? ""}|${p.appProtocol ?? ""}`)
    .toSorted()
    .join(",");

export function sliceGroups(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
): SliceGroup[] {
  const candidates = podsOf(service, pods, true);
  return addressTypesOf(service).flatMap((addressType) => {
    const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
    for (const pod of candidates) {
      const endpoint = endpointOf(pod, service, addressType, nodeOf);
      if (!endpoint) continue;
      const ports = portsOf(pod, service);
      const id = portsId(ports);
      const group = groups.get(id);
      if (group) group.endpoints.push(endpoint);
      else groups.set(id, { ports, endpoints: [endpoint] });
    }
    return [...groups.values()].map(({ ports, endpoints }) => ({
      addressType,
      ports,
      endpoints: withHints(service, endpoints),
    }));
  });
}

function portsOf(pod: Pod, service: Service): EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(pod, port);
    if (number === undefined) return [];
    const { name = "", protocol = "TCP", appProtocol } = port;
    return [{ name, protocol, port: number, ...(appProtocol ? { appProtocol } : {}) }];
  });
}

function endpointOf(
  pod: Pod,
  service: Service,
  addressType: AddressType,
  nodeOf: (name: string) => Node | undefined,
): Endpoint | undefined {
  const addresses = addressesOf(pod).filter((a) => a.includes(":") === (addressType === "IPv6"));
  if (addresses.length === 0) return undefined;
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { nodeName } = pod.spec;
  const zone = nodeName ? nodeOf(nodeName)?.metadata.labels?.[zoneLabel] : undefined;
  const hostname = hostnameOf(pod, service);
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname ? { hostname } : {}),
    targetRef: podReference(pod),
    ...(nodeName ? { nodeName } : {}),
    ...(zone ? { zone } : {}),
  };
}

/** Who should prefer which endpoint, when the Service wants its traffic kept near. */
function withHints(service: Service, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const wish = service.spec.trafficDistribution;
  if (wish !== "PreferClose" && wish !== "PreferSameZone" && wish !== "PreferSameNode") return endpoints;
  const complete = (e: Endpoint): boolean =>
    e.zone !== undefined && (wish !== "PreferSameNode" || e.nodeName !== undefined);
  if (!endpoints.every(complete)) return endpoints;
  return endpoints.map((endpoint) => {
    const forNodes = wish === "PreferSameNode" ? { forNodes: [{ name: endpoint.nodeName! }] } : {};
    return { ...endpoint, hints: { forZones: [{ name: endpoint.zone! }], ...forNodes } };
  });
}
