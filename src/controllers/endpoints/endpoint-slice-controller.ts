// Keeps the EndpointSlices of each Service that selects pods.
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { isReason } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import { keyOf } from "#api/kind.ts";
import { defineController, watching, type CacheOf, type Turn } from "#reconcile/controller.ts";
import { controllerReference } from "#reconcile/owner-references.ts";
import { planSlices } from "#controllers/endpoints/plan-slices.ts";
import {
  hasSelector,
  headlessLabel,
  isHeadless,
  selectsPod,
  watchingPodsOfServices,
} from "#controllers/endpoints/service-pods.ts";
import { addressTypesOf, sliceGroups, type SliceGroup } from "#controllers/endpoints/slice-endpoints.ts";
import { all, isNamespaceTerminating, messageOf } from "#controllers/pods/pod-control.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

export const serviceNameLabel = "kubernetes.io/service-name";
export const managedByLabel = "endpointslice.kubernetes.io/managed-by";
const managedBy = "endpointslice-controller.k8s.io";
const zoneLabel = "topology.kubernetes.io/zone";

export const endpointSliceController = defineController({
  name: "endpointslice-controller",
  rules: [
    allow("get list watch", "", "services", "pods", "nodes"),
    allow("update", "", "services/finalizers"),
    allow("get list create update delete watch", "discovery.k8s.io", "endpointslices"),
    allow("create", "discovery.k8s.io", "endpointslices/restricted"),
    tellEvents,
  ],
  for: Service,
  watches: [
    watchingPodsOfServices,
    watching(EndpointSlice, serviceOf),
    watching(
      Node,
      servicesOnNode,
      (node, old) => node?.metadata.labels?.[zoneLabel] !== old?.metadata.labels?.[zoneLabel],
    ),
  ],
  async reconcile(service, turn) {
    if (!hasSelector(service)) return;
    const { namespace } = service.metadata;
    const existing = slicesOf(turn.cache)(turn.key).filter((s) => !s.metadata.deletionTimestamp);
    const addressTypes = addressTypesOf(service);
    const wanted = sliceGroups(service, turn.cache(Pod).list(namespace), (name) => turn.cache(Node).get(name));
    const plan = planSlices({ existing, wanted, addressTypes });
    const labels = labelsOf(service);
    const touched = new Set([...plan.update.map((u) => u.slice), ...plan.remove]);
    const relabelled = existing.filter((s) => !touched.has(s) && !deepEqual(s.metadata.labels, labels));
    const updates = [...plan.update, ...relabelled.map((slice) => ({ slice, endpoints: slice.endpoints ?? [] }))];
    try {
      await all([
        ...plan.create.map((group) => create(service, group, labels, turn)),
        ...updates.map(({ slice, endpoints }) => {
          const changed = { ...slice, metadata: { ...slice.metadata, labels }, endpoints };
          return turn.client.update(EndpointSlice, changed, { signal: turn.signal });
        }),
        ...plan.remove.map((slice) => remove(slice, turn)),
      ]);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      if (!turn.signal.aborted && !isReason(error, "Conflict")) {
        const message = `Error updating Endpoint Slices for Service ${turn.key}: ${messageOf(error)}`;
        turn.events.event(service, "Warning", "FailedToUpdateEndpointSlices", message, { kind: Service });
      }
      throw error;
    }
  },
  // The slices of a Service that is gone are the garbage collector's: they name it as their owner.
});

/** Slices of this controller by the key of their Service. */
const slicesOf = (cache: CacheOf): ((key: string) => readonly EndpointSlice[]) =>
  cache(EndpointSlice).index("service", serviceOf);
function serviceOf({ metadata: { labels, namespace } }: EndpointSlice): string[] {
  const name = labels?.[serviceNameLabel];
  return name && labels[managedByLabel] === managedBy ? [`${namespace}/${name}`] : [];
}
function* servicesOnNode(node: Node, cache: CacheOf): Iterable<string> {
  const onNode = cache(Pod).index("node", (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
  for (const pod of onNode(node.metadata.name!))
    for (const service of cache(Service).list(pod.metadata.namespace))
      if (selectsPod(service, pod)) yield keyOf(service);
}

const labelsOf = (service: Service): Record<string, string> => {
  const { [headlessLabel]: _, ...own } = { ...service.metadata.labels };
  return {
    ...own,
    [serviceNameLabel]: service.metadata.name!,
    [managedByLabel]: managedBy,
    ...(isHeadless(service) ? { [headlessLabel]: "" } : {}),
  };
};
async function create(service: Service, group: SliceGroup, labels: Record<string, string>, turn: Turn): Promise<void> {
  const { name = "", namespace = "" } = service.metadata;
  const metadata = {
    generateName: `${name.slice(0, 52)}-`,
    namespace,
    labels,
    ownerReferences: [controllerReference(Service, service)],
  };
  await turn.client.create(EndpointSlice, { metadata, ...group }, { signal: turn.signal });
}
async function remove(slice: EndpointSlice, turn: Turn): Promise<void> {
  const { name = "", namespace = "" } = slice.metadata;
  await turn.client.delete(EndpointSlice, { name, namespace }, { signal: turn.signal }).catch((error: unknown) => {
    if (!isReason(error, "NotFound")) throw error;
  });
}
