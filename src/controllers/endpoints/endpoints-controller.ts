// Keeps an Endpoints object beside each Service that selects pods, for clients that do not read EndpointSlices.
import { Endpoints } from "#api/core/endpoints.ts";
import { Pod } from "#api/core/pod.ts";
import { Service } from "#api/core/service.ts";
import { isReason } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import { parseKey } from "#api/kind.ts";
import { defineController, watching, type Turn } from "#reconcile/controller.ts";
import { planSubsets, truncate } from "#controllers/endpoints/plan-endpoints.ts";
import { hasSelector, headlessLabel, isHeadless, watchingPodsOfServices } from "#controllers/endpoints/service-pods.ts";
import { isNamespaceTerminating, messageOf } from "#controllers/pods/pod-control.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

const managedByLabel = "endpoints.kubernetes.io/managed-by";
const managedBy = "endpoint-controller";
const overCapacity = "endpoints.kubernetes.io/over-capacity";

export const endpointsController = defineController({
  name: "endpoint-controller",
  rules: [
    allow("get list watch", "", "services", "pods"),
    allow("get list create update delete watch", "", "endpoints"),
    allow("create", "", "endpoints/restricted"),
    tellEvents,
  ],
  for: Service,
  watches: [watchingPodsOfServices, watching(Endpoints, (endpoints) => [keyOfEndpoints(endpoints)])],
  async reconcile(service, turn) {
    if (!hasSelector(service)) return;
    const current = turn.cache(Endpoints).get(turn.key);
    const all = planSubsets(service, turn.cache(Pod).list(service.metadata.namespace));
    const cut = truncate(all);
    const subsets = cut ?? all;
    const { name = "", namespace = "", labels: own } = service.metadata;
    const labels = { ...own, [managedByLabel]: managedBy, ...(isHeadless(service) ? { [headlessLabel]: "" } : {}) };
    const { [overCapacity]: _, ...annotations } = { ...current?.metadata.annotations };
    if (cut) annotations[overCapacity] = "truncated";
    const same =
      current &&
      deepEqual(current.subsets ?? [], subsets) &&
      deepEqual(current.metadata.labels ?? {}, labels) &&
      deepEqual(current.metadata.annotations ?? {}, annotations);
    if (same) return;
    const wanted = { metadata: { ...current?.metadata, name, namespace, labels, annotations }, subsets };
    try {
      if (current) await turn.client.update(Endpoints, wanted, { signal: turn.signal });
      else await turn.client.create(Endpoints, wanted, { signal: turn.signal });
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      tellFailure(service, current !== undefined, error, turn);
      throw error;
    }
  },
  async gone(key, turn) {
    // Only what this controller made: Endpoints of the same name may stand for themselves.
    if (turn.cache(Endpoints).get(key)?.metadata.labels?.[managedByLabel] !== managedBy) return;
    await turn.client.delete(Endpoints, parseKey(key), { signal: turn.signal }).catch((error: unknown) => {
      if (!isReason(error, "NotFound")) throw error;
    });
  },
});

const keyOfEndpoints = ({ metadata: { namespace, name } }: Endpoints): string => `${namespace}/${name}`;

function tellFailure(service: Service, exists: boolean, error: unknown, turn: Turn): void {
  if (turn.signal.aborted || isReason(error, "Conflict", "AlreadyExists")) return;
  const [reason, doing] = exists ? ["FailedToUpdateEndpoint", "update"] : ["FailedToCreateEndpoint", "create"];
  const message = `Failed to ${doing} endpoint ${service.metadata.namespace}/${service.metadata.name}: ${messageOf(error)}`;
  turn.events.event(service, "Warning", reason!, message, { kind: Service });
}
