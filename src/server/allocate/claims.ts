// What a Service has taken, as objects of the store: an IPAddress for each ClusterIP, and, where several servers share
// the store, an entry for each node port. Only one server can make such an object, so no two give out the same.
import { Service } from "#api/core/service.ts";
import { apiVersionOf, type KubeObject } from "#api/kind.ts";
import { parseIp } from "#api/meta/ip.ts";
import { IPAddress } from "#api/networking/ip-address.ts";
import type { Clock } from "#base/clock.ts";
import { uuid, type Random } from "#base/random.ts";
import { timestamp } from "#server/api-context.ts";
import type { Storage } from "#server/cache/storage.ts";
import type { WatchCache } from "#server/cache/watch-cache.ts";

/** "namespace/name" */
export type ServiceKey = string;
/** One sort of thing that Services take. */
export interface ClaimKind {
  readonly cache: WatchCache;
  namesOf(service: Service): readonly string[];
  make(name: string, service: ServiceKey): KubeObject;
  /** Whose claim it is; undefined: not one of ours. */
  ownerOf(object: KubeObject): ServiceKey | undefined;
}
interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
}

const managedBy = "ipaddress.kubernetes.io/managed-by";
const ipFamily = "ipaddress.kubernetes.io/ip-family";
const manager = "ipallocator.k8s.io";

export const ipsOf = ({ spec }: Service): readonly string[] =>
  (spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])).filter((ip) => ip !== "None" && ip !== "");
export const portsOf = ({ spec }: Service): number[] => [
  ...(spec.ports ?? []).flatMap((p) => (p.nodePort ? [p.nodePort] : [])),
  ...(spec.healthCheckNodePort ? [spec.healthCheckNodePort] : []),
];

const split = (key: ServiceKey): { readonly namespace: string; readonly name: string } => {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
};
const newMetadata = (name: string, { clock, random }: Surroundings): KubeObject["metadata"] => ({
  name,
  uid: uuid(random),
  creationTimestamp: timestamp(clock.now()),
});

export const addressClaims = (storage: Storage, surroundings: Surroundings): ClaimKind => ({
  cache: storage.cache(IPAddress.group, IPAddress.plural),
  namesOf: ipsOf,
  make: (name, service) => {
    const labels = { [ipFamily]: parseIp(name)?.family === 6 ? "IPv6" : "IPv4", [managedBy]: manager };
    return {
      kind: IPAddress.kind,
      apiVersion: apiVersionOf(IPAddress),
      metadata: { ...newMetadata(name, surroundings), labels },
      spec: { parentRef: { resource: Service.plural, ...split(service) } },
    } as KubeObject;
  },
  ownerOf: (object) => {
    if (object.metadata.labels?.[managedBy] !== manager) return undefined;
    const { namespace = "", name = "" } = (object as IPAddress).spec.parentRef ?? {};
    return `${namespace}/${name}`;
  },
});

/** They have no kind: nobody but servers sees them. */
export const portClaims = (storage: Storage, surroundings: Surroundings): ClaimKind => ({
  cache: storage.cache("ranges", "servicenodeports"),
  namesOf: (service) => portsOf(service).map(String),
  make: (name, service) => ({ metadata: newMetadata(name, surroundings), service }) as unknown as KubeObject,
  ownerOf: (object) => (object as KubeObject & { readonly service?: ServiceKey }).service,
});

export interface Claim {
  readonly kind: ClaimKind;
  readonly name: string;
}
/** False: somebody else has it. One that a Service of the same name left behind is taken over, and is a new one then. */
export async function take(storage: Storage, { kind, name }: Claim, service: ServiceKey): Promise<boolean> {
  const written = await storage.put(kind.cache, name, kind.make(name, service), 0);
  if (written.ok) return true;
  if (!written.current || kind.ownerOf(written.current.object) !== service) return false;
  return (await storage.put(kind.cache, name, kind.make(name, service), written.current.revision)).ok;
}
/** Only a claim of this Service. */
export async function release(storage: Storage, { kind, name }: Claim, service: ServiceKey): Promise<void> {
  const stored = kind.cache.get(name) ?? (await storage.read(kind.cache, name));
  if (stored && kind.ownerOf(stored.object) === service) await storage.delete(kind.cache, stored);
}
