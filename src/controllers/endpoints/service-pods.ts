// Which pods stand behind a Service, and at which port numbers: the common ground of Endpoints and EndpointSlices.
import type { Pod } from "#api/core/pod.ts";
import type { ServicePort } from "#api/core/schema/service.ts";
import { Service } from "#api/core/service.ts";
import { deepEqual } from "#api/json.ts";
import { keyOf } from "#api/kind.ts";
import { watching, type CacheOf } from "#reconcile/controller.ts";
import { Pod as PodKind } from "#api/core/pod.ts";
import { isFinished, podCondition } from "#controllers/pods/pod-state.ts";

export const headlessLabel = "service.kubernetes.io/headless";
/** Neither assigned nor to be assigned an address of its own. */
export const isHeadless = (service: Service): boolean => service.spec.clusterIP === "None";
/** A Service without a selector has its endpoints written by others. */
export function hasSelector({ spec }: Service): boolean {
  if (spec.type === "ExternalName") return false;
  for (const _key in spec.selector) return true;
  return false;
}
/** Asked for every Service of a namespace whenever a pod changes, hence without detours. */
export function selectsPod(service: Service, pod: Pod): boolean {
  if (!hasSelector(service)) return false;
  const { labels } = pod.metadata;
  const { selector } = service.spec;
  for (const key in selector) if (labels?.[key] !== selector[key]) return false;
  return true;
}

/** Pods that may receive traffic now or after a change of readiness; those that are stopping only on request. */
export const podsOf = (service: Service, pods: readonly Pod[], withTerminating: boolean): Pod[] =>
  pods.filter(
    (pod) =>
      selectsPod(service, pod) &&
      !isFinished(pod) &&
      addressesOf(pod).length > 0 &&
      (withTerminating || !pod.metadata.deletionTimestamp),
  );
export const addressesOf = (pod: Pod): readonly string[] =>
  pod.status.podIPs?.length ? pod.status.podIPs.map((p) => p.ip) : pod.status.podIP ? [pod.status.podIP] : [];

/** The number of the pod's port that a Service port leads to; a name may stand for different numbers in each pod. */
export function targetPort(pod: Pod, { targetPort: target, port, protocol = "TCP" }: ServicePort): number | undefined {
  if (typeof target !== "string") return target || port;
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === "Always");
  for (const container of [...pod.spec.containers, ...sidecars])
    for (const p of container.ports ?? [])
      if (p.name === target && (p.protocol ?? "TCP") === protocol) return p.containerPort;
  return /^\d+$/.test(target) ? Number(target) : undefined;
}
/** The pod's name below the Service's, if it asked for one. */
export const hostnameOf = (pod: Pod, service: Service): string | undefined =>
  pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;
export const podReference = (pod: Pod) => ({
  kind: PodKind.kind,
  namespace: pod.metadata.namespace!,
  name: pod.metadata.name!,
  uid: pod.metadata.uid!,
});

function* servicesOf(pod: Pod, cache: CacheOf): Iterable<string> {
  for (const service of cache(Service).list(pod.metadata.namespace)) if (selectsPod(service, pod)) yield keyOf(service);
}
function podMatters(pod: Pod | undefined, old: Pod | undefined): boolean {
  if (!pod || !old || pod.metadata.uid !== old.metadata.uid) return true;
  return (
    isFinished(pod) !== isFinished(old) ||
    pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    pod.spec.nodeName !== old.spec.nodeName ||
    podCondition(pod, "Ready")?.status !== podCondition(old, "Ready")?.status ||
    !deepEqual(addressesOf(pod), addressesOf(old)) ||
    !deepEqual(pod.metadata.labels, old.metadata.labels)
  );
}
/** Changes of pods that change what stands behind a Service. */
export const watchingPodsOfServices = watching(PodKind, servicesOf, podMatters);
