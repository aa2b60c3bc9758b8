// The subsets of an Endpoints object: addresses that share ports stand together, ready ones apart from the others.
import type { Pod } from "#api/core/pod.ts";
import type { EndpointAddress, EndpointPort, EndpointSubset } from "#api/core/schema/service.ts";
import type { Service } from "#api/core/service.ts";
import {
  addressesOf,
  hostnameOf,
  isHeadless,
  podReference,
  podsOf,
  targetPort,
} from "#controllers/endpoints/service-pods.ts";
import { isReady } from "#controllers/pods/pod-state.ts";

/** Upstream: more addresses are cut off, and an annotation says so; EndpointSlices have them all. */
export const mostAddresses = 1000;

interface Backend {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}
interface Offered {
  readonly port: EndpointPort | undefined;
  readonly backends: Backend[];
}

export function planSubsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const tolerant = service.spec.publishNotReadyAddresses ?? false;
  const offered = new Map<string, Offered>();
  const offer = (port: EndpointPort | undefined, backend: Backend): void => {
    const id = JSON.stringify(port ?? null);
    const known = offered.get(id);
    if (known) known.backends.push(backend);
    else offered.set(id, { port, backends: [backend] });
  };
  for (const pod of podsOf(service, pods, tolerant)) {
    const address = addressOf(pod, service);
    if (!address) continue;
    const backend = { address, ready: tolerant || isReady(pod) };
    const ports = service.spec.ports ?? [];
    if (ports.length === 0 && isHeadless(service)) offer(undefined, backend);
    for (const { name, protocol = "TCP", appProtocol, ...port } of ports) {
      const number = targetPort(pod, { ...port, protocol });
      if (number === undefined) continue;
      const named = name ? { name } : {};
      offer({ ...named, port: number, protocol, ...(appProtocol ? { appProtocol } : {}) }, backend);
    }
  }
  return repack([...offered.values()]);
}

function addressOf(pod: Pod, service: Service): EndpointAddress | undefined {
  const sixth = service.spec.ipFamilies?.[0] === "IPv6";
  const ip = addressesOf(pod).find((a) => a.includes(":") === sixth);
  if (ip === undefined) return undefined;
  const hostname = hostnameOf(pod, service);
  const { nodeName } = pod.spec;
  return {
    ip,
    ...(nodeName ? { nodeName } : {}),
    ...(hostname ? { hostname } : {}),
    targetRef: podReference(pod),
  };
}

/** Ports with the very same addresses make one subset. */
function repack(offered: readonly Offered[]): EndpointSubset[] {
  const groups = new Map<string, { backends: readonly Backend[]; ports: EndpointPort[] }>();
  for (const { port, backends } of offered) {
    const sorted = backends.toSorted((a, b) => compare(idOf(a), idOf(b)));
    const id = sorted.map(idOf).join(" ");
    const group = groups.get(id) ?? { backends: sorted, ports: [] };
    groups.set(id, group);
    if (port) group.ports.push(port);
  }
  return [...groups.entries()]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([, { backends, ports }]) => {
      const of = (ready: boolean) => backends.filter((b) => b.ready === ready).map((b) => b.address);
      const [addresses, notReadyAddresses] = [of(true), of(false)];
      return {
        ...(addresses.length > 0 ? { addresses } : {}),
        ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
        ...(ports.length > 0 ? { ports: ports.toSorted((a, b) => compare(portId(a), portId(b))) } : {}),
      };
    });
}
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const idOf = (b: Backend): string => `${b.address.ip}/${b.address.targetRef?.uid ?? ""}/${b.ready}`;
const portId = (p: EndpointPort): string => `${p.protocol}/${p.port}/${p.name ?? ""}`;

/** Leaves as many addresses as allowed, ready ones first. */
export function truncate(subsets: readonly EndpointSubset[], most = mostAddresses): EndpointSubset[] | undefined {
  const count = (key: "addresses" | "notReadyAddresses"): number =>
    subsets.reduce((n, s) => n + (s[key]?.length ?? 0), 0);
  const ready = count("addresses");
  if (ready + count("notReadyAddresses") <= most) return undefined;
  let readyLeft = Math.min(ready, most);
  let otherLeft = most - readyLeft;
  const result: EndpointSubset[] = [];
  for (const subset of subsets) {
    const addresses = subset.addresses?.slice(0, readyLeft) ?? [];
    const notReadyAddresses = subset.notReadyAddresses?.slice(0, otherLeft) ?? [];
    readyLeft -= addresses.length;
    otherLeft -= notReadyAddresses.length;
    const { addresses: _a, notReadyAddresses: _n, ...rest } = subset;
    if (addresses.length + notReadyAddresses.length === 0) continue;
    result.push({
      ...rest,
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
    });
  }
  return result;
}
