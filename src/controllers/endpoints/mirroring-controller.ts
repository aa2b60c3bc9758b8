// Mirrors Endpoints that people or other programs write, for Services without a selector, into EndpointSlices, which is
// what the nodes read.
import { Endpoints } from "#api/core/endpoints.ts";
import type { EndpointAddress, EndpointSubset } from "#api/core/schema/service.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { Endpoint } from "#api/discovery/schema.ts";
import { isReason } from "#api/errors.ts";
import { defineController, watching, type CacheOf, type Turn } from "#reconcile/controller.ts";
import { controllerReference } from "#reconcile/owner-references.ts";
import { managedByLabel, serviceNameLabel } from "#controllers/endpoints/endpoint-slice-controller.ts";
import { planSlices } from "#controllers/endpoints/plan-slices.ts";
import { hasSelector } from "#controllers/endpoints/service-pods.ts";
import { portsId, type AddressType, type SliceGroup } from "#controllers/endpoints/slice-endpoints.ts";
import { all, isNamespaceTerminating } from "#controllers/pods/pod-control.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

const managedBy = "endpointslicemirroring-controller.k8s.io";
const skipLabel = "endpointslice.kubernetes.io/skip-mirror";
const leaderAnnotation = "control-plane.alpha.kubernetes.io/leader";
/** Upstream: addresses beyond this number of a subset are left out. */
const mostPerSubset = 1000;

export const mirroringController = defineController({
  name: "endpointslicemirroring-controller",
  rules: [
    allow("get list watch", "", "endpoints", "services"),
    allow("update", "", "endpoints/finalizers", "services/finalizers"),
    allow("get list watch create update delete", "discovery.k8s.io", "endpointslices"),
    allow("create", "discovery.k8s.io", "endpointslices/restricted"),
    tellEvents,
  ],
  for: Endpoints,
  watches: [
    watching(Service, (service) => [`${service.metadata.namespace}/${service.metadata.name}`]),
    watching(EndpointSlice, endpointsOf),
  ],
  async reconcile(endpoints, turn) {
    const service = turn.cache(Service).get(turn.key);
    const mirrored = service !== undefined && !hasSelector(service) && !isSkipped(endpoints);
    await write(endpoints, mirrored ? groupsOf(endpoints) : [], turn);
  },
  async gone(_key, turn) {
    await all(slicesOf(turn.cache)(turn.key).map((slice) => remove(slice, turn)));
  },
});

const isSkipped = ({ metadata }: Endpoints): boolean =>
  metadata.labels?.[skipLabel] === "true" || metadata.annotations?.[leaderAnnotation] !== undefined;
const slicesOf = (cache: CacheOf): ((key: string) => readonly EndpointSlice[]) =>
  cache(EndpointSlice).index("mirrored endpoints", endpointsOf);
function endpointsOf({ metadata: { labels, namespace } }: EndpointSlice): string[] {
  const name = labels?.[serviceNameLabel];
  return name && labels[managedByLabel] === managedBy ? [`${namespace}/${name}`] : [];
}

/** Subsets with the same ports become one group. */
export function groupsOf({ subsets = [] }: Endpoints): SliceGroup[] {
  const groups = new Map<string, SliceGroup & { readonly endpoints: Endpoint[] }>();
  for (const subset of subsets)
    for (const addressType of ["IPv4", "IPv6"] as const) {
      const endpoints = endpointsIn(subset, addressType);
      if (endpoints.length === 0) continue;
      const ports = (subset.ports ?? []).map(({ name = "", protocol = "TCP", port, appProtocol }) => ({
        name,
        protocol,
        port,
        ...(appProtocol ? { appProtocol } : {}),
      }));
      const id = `${addressType}:${portsId(ports)}`;
      const group = groups.get(id);
      if (group) group.endpoints.push(...endpoints);
      else groups.set(id, { addressType, ports, endpoints });
    }
  return [...groups.values()];
}
function endpointsIn(subset: EndpointSubset, addressType: AddressType): Endpoint[] {
  const of = (addresses: readonly EndpointAddress[] | undefined, ready: boolean): Endpoint[] =>
    (addresses ?? [])
      .filter((a) => a.ip.includes(":") === (addressType === "IPv6"))
      .map(({ ip, hostname, nodeName, targetRef }) => ({
        addresses: [ip],
        conditions: { ready },
        ...(hostname ? { hostname } : {}),
        ...(nodeName ? { nodeName } : {}),
        ...(targetRef ? { targetRef } : {}),
      }));
  return [...of(subset.addresses, true), ...of(subset.notReadyAddresses, false)].slice(0, mostPerSubset);
}

async function write(endpoints: Endpoints, wanted: readonly SliceGroup[], turn: Turn): Promise<void> {
  const existing = slicesOf(turn.cache)(turn.key);
  const plan = planSlices({ existing, wanted, addressTypes: [] });
  const { name = "", namespace = "", labels: own } = endpoints.metadata;
  const labels = { ...own, [serviceNameLabel]: name, [managedByLabel]: managedBy };
  const ownerReferences = [controllerReference(Endpoints, endpoints)];
  try {
    await all([
      ...plan.create.map((group) => {
        const metadata = { generateName: `${name.slice(0, 52)}-`, namespace, labels, ownerReferences };
        return turn.client.create(EndpointSlice, { metadata, ...group }, { signal: turn.signal });
      }),
      ...plan.update.map(({ slice, endpoints: changed }) =>
        turn.client.update(EndpointSlice, { ...slice, endpoints: changed }, { signal: turn.signal }),
      ),
      ...plan.remove.map((slice) => remove(slice, turn)),
    ]);
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error;
  }
}
async function remove(slice: EndpointSlice, turn: Turn): Promise<void> {
  const { name = "", namespace = "" } = slice.metadata;
  await turn.client.delete(EndpointSlice, { namespace, name }, { signal: turn.signal }).catch((error: unknown) => {
    if (!isReason(error, "NotFound")) throw error;
  });
}
