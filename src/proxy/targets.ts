// Which addresses lead to which endpoints on this node: Services and EndpointSlices reduced to what packets need. Pure.
import type { Service } from "#api/core/service.ts";
import type { EndpointSlice } from "#api/discovery/endpoint-slice.ts";

export type Protocol = "tcp" | "udp" | "sctp";
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}
/** One way in: packets to an address (or, without one, to a node's own) and port go to the endpoints. */
export interface Target {
  /** "namespace/name:port", for people and for the names of chains. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly endpoints: readonly Endpoint[];
  /** Seconds a client stays with its endpoint; 0: every connection anew. */
  readonly affinitySeconds: number;
}
export interface AddressTarget extends Target {
  readonly ip: string;
}
export interface NodePortTarget extends Target {
  /** Endpoints are on this node only, and clients keep their address. */
  readonly local: boolean;
}
export interface Targets {
  readonly addresses: readonly AddressTarget[];
  readonly nodePorts: readonly NodePortTarget[];
}

export interface NodeView {
  readonly nodeName: string;
  /** Service addresses that this node answers itself (cluster DNS): no endpoints stand behind them. */
  readonly ownAddresses: ReadonlySet<string>;
}

const ipv4 = (ip: string): boolean => ip.includes(".") && !ip.includes(":");
interface Ready {
  readonly endpoint: Endpoint;
  readonly nodeName: string;
  readonly ready: boolean;
  /** Terminating, but still answering: used when nothing else is left. */
  readonly serving: boolean;
}

/** Slices by "namespace/service". */
export function slicesByService(slices: Iterable<EndpointSlice>): Map<string, EndpointSlice[]> {
  const out = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const service = slice.metadata.labels?.["kubernetes.io/service-name"];
    if (!service || slice.addressType !== "IPv4") continue;
    const key = `${slice.metadata.namespace}/${service}`;
    const known = out.get(key);
    if (known) known.push(slice);
    else out.set(key, [slice]);
  }
  return out;
}

function endpointsOfPort(slices: readonly EndpointSlice[], portName: string, protocol: Protocol): Ready[] {
  const found = new Map<string, Ready>();
  for (const slice of slices) {
    const port = slice.ports?.find(
      (p) => (p.name ?? "") === portName && (p.protocol ?? "TCP").toLowerCase() === protocol,
    )?.port;
    if (!port) continue;
    for (const e of slice.endpoints ?? []) {
      const ip = e.addresses?.[0];
      if (!ip) continue;
      const ready = e.conditions?.ready ?? true;
      const serving = e.conditions?.serving ?? ready;
      const key = `${ip}:${port}`;
      if (!found.get(key)?.ready)
        found.set(key, { endpoint: { ip, port }, nodeName: e.nodeName ?? "", ready, serving });
    }
  }
  return [...found.values()];
}
/** Ready ones; where there are none, those that are on their way out but still serve. In a stable order. */
function usable(all: readonly Ready[]): Endpoint[] {
  const ready = all.filter((e) => e.ready);
  const chosen = ready.length ? ready : all.filter((e) => e.serving);
  return chosen.map((e) => e.endpoint).sort((a, b) => (a.ip === b.ip ? a.port - b.port : a.ip < b.ip ? -1 : 1));
}

function addTargets(
  service: Service,
  slices: readonly EndpointSlice[],
  view: NodeView,
  out: { addresses: AddressTarget[]; nodePorts: NodePortTarget[] },
): void {
  const spec = service.spec;
  const affinitySeconds =
    spec.sessionAffinity === "ClientIP" ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0;
  for (const port of spec.ports ?? []) {
    const protocol = (port.protocol ?? "TCP").toLowerCase() as Protocol;
    const all = endpointsOfPort(slices, port.name ?? "", protocol);
    const here = all.filter((e) => e.nodeName === view.nodeName);
    const inside = usable(spec.internalTrafficPolicy === "Local" ? here : all);
    const local = spec.externalTrafficPolicy === "Local";
    const outside = usable(local ? here : all);
    const base = {
      name: `${service.metadata.namespace}/${service.metadata.name}:${port.name ?? port.port}`,
      protocol,
      affinitySeconds,
    };
    for (const ip of spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []))
      if (ipv4(ip) && !view.ownAddresses.has(ip))
        out.addresses.push({ ...base, ip, port: port.port, endpoints: inside });
    const external = [
      ...(spec.externalIPs ?? []),
      ...(service.status.loadBalancer?.ingress ?? []).map((i) => (i.ipMode === "Proxy" ? "" : (i.ip ?? ""))),
    ];
    for (const ip of external) if (ipv4(ip)) out.addresses.push({ ...base, ip, port: port.port, endpoints: outside });
    if (port.nodePort) out.nodePorts.push({ ...base, port: port.nodePort, endpoints: outside, local });
  }
}

/** Headless and ExternalName services have no address and take no part. */
export function planTargets(services: Iterable<Service>, slices: Iterable<EndpointSlice>, view: NodeView): Targets {
  const bySer = slicesByService(slices);
  const out = { addresses: [] as AddressTarget[], nodePorts: [] as NodePortTarget[] };
  for (const service of services) {
    const { clusterIP, type } = service.spec;
    if (type === "ExternalName" || !clusterIP || clusterIP === "None") continue;
    if (service.metadata.labels?.["service.kubernetes.io/service-proxy-name"]) continue;
    addTargets(service, bySer.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? [], view, out);
  }
  return out;
}
