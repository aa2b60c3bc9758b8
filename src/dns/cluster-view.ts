// The cluster as DNS sees it, read from informers. Services and slices are turned into entries when asked for and kept
// until one of them changes, so a question costs one Map look-up.
import { Namespace } from "#api/core/namespace.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { InformerSet } from "#client/informer.ts";
import type { ClusterView, HeadlessEndpoint, NamedPort, ServiceEntry } from "#dns/records.ts";

const serviceLabel = "kubernetes.io/service-name";
const dashed = (ip: string): string => ip.replaceAll(/[.:]/g, "-");

function headlessEndpoints(slices: readonly EndpointSlice[], publishNotReady: boolean): HeadlessEndpoint[] {
  const byHost = new Map<string, { ips: Set<string>; hostname: string; ports: NamedPort[] }>();
  for (const slice of slices) {
    if (slice.addressType === "FQDN") continue;
    const ports = (slice.ports ?? []).flatMap((p) =>
      p.port ? [{ name: p.name ?? "", protocol: (p.protocol ?? "TCP").toLowerCase(), port: p.port }] : [],
    );
    for (const e of slice.endpoints ?? []) {
      if (!publishNotReady && e.conditions?.ready === false) continue;
      for (const ip of e.addresses ?? []) {
        const hostname = e.hostname || dashed(ip);
        const known = byHost.get(`${hostname} ${ip}`);
        if (known) known.ports.push(...ports);
        else byHost.set(`${hostname} ${ip}`, { ips: new Set([ip]), hostname, ports: [...ports] });
      }
    }
  }
  return [...byHost.values()].map((h) => ({ ...h, ips: [...h.ips] }));
}

/** `zone`: the cluster domain. The informers are asked for at once and must be run by the caller. */
export function createClusterView(informers: InformerSet, zone: string): { view: ClusterView; synced: Promise<void> } {
  const services = informers.informer(Service);
  const slices = informers.informer(EndpointSlice);
  const namespaces = informers.informer(Namespace);
  const slicesOf = slices.index("service", (s) => {
    const name = s.metadata.labels?.[serviceLabel];
    return name ? [`${s.metadata.namespace}/${name}`] : [];
  });
  const kept = new Map<string, ServiceEntry | undefined>();
  let names: Map<string, string> | undefined;
  let serial = 1;
  const forget = (key: string): void => {
    kept.delete(key);
    names = undefined;
    serial++;
  };
  services.onChange((now, old) => forget(`${(now ?? old)!.metadata.namespace}/${(now ?? old)!.metadata.name}`));
  slices.onChange((now, old) => {
    for (const s of [now, old]) forget(`${s?.metadata.namespace}/${s?.metadata.labels?.[serviceLabel]}`);
  });
  const make = (key: string): ServiceEntry | undefined => {
    const service = services.get(key);
    if (!service) return undefined;
    const spec = service.spec;
    if (spec.type === "ExternalName") return { type: "alias", target: (spec.externalName ?? "").replace(/\.$/, "") };
    if (spec.clusterIP === "None")
      return { type: "headless", endpoints: headlessEndpoints(slicesOf(key), spec.publishNotReadyAddresses ?? false) };
    const ips = spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : [];
    const ports = (spec.ports ?? []).map((p) => ({
      name: p.name ?? "",
      protocol: (p.protocol ?? "TCP").toLowerCase(),
      port: p.port,
    }));
    return { type: "address", ips, ports };
  };
  const entry = (key: string): ServiceEntry | undefined => {
    if (!kept.has(key)) {
      const made = make(key);
      if (!made) return undefined; // names that do not exist are not kept: anybody could ask for any number of them
      kept.set(key, made);
    }
    return kept.get(key);
  };
  const allNames = (): Map<string, string> => {
    const out = new Map<string, string>();
    for (const service of services.list()) {
      const key = `${service.metadata.namespace}/${service.metadata.name}`;
      const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${zone}`;
      const found = entry(key);
      if (found?.type === "address") for (const ip of found.ips) out.set(ip, base);
      if (found?.type === "headless")
        for (const e of found.endpoints) for (const ip of e.ips) if (!out.has(ip)) out.set(ip, `${e.hostname}.${base}`);
    }
    return out;
  };
  const view: ClusterView = {
    zone,
    service: (namespace, name) => entry(`${namespace}/${name}`),
    hasNamespace: (namespace) => namespaces.get(namespace) !== undefined,
    nameOf: (ip) => (names ??= allNames()).get(ip),
    get serial() {
      return serial;
    },
  };
  return { view, synced: Promise.all([services.synced, slices.synced, namespaces.synced]).then(() => undefined) };
}
