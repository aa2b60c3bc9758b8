// Defaults of pods and pod templates that are no constants. Everything is filled in for a pod; a template keeps open
// what only a pod needs (requests from limits, service links, host ports).
import type { Draft } from "#api/schema.ts";
import type { Container, ContainerPort } from "#api/core/schema/container.ts";
import type { Pod, PodSpec, PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import type { Volume } from "#api/core/schema/volume.ts";
import { roundUpToMilli } from "./resource-names.ts";
import { defaultPullPolicy } from "./image-reference.ts";
import { defaultPodLevelResources } from "./pod-resources.ts";

type ContainerDraft = Draft<Container>;

/** After the constants of the schema, on every pod. */
export function applyPodDefaults(pod: Draft<Pod>): void {
  const spec = pod.spec;
  if (!spec) return;
  applyPodSpecDefaults(spec);
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  for (const container of containers) {
    requestLimits(container);
    if (spec.hostNetwork) for (const port of container.ports ?? []) hostPort(port);
  }
  defaultPodLevelResources(spec);
  spec.enableServiceLinks ??= true;
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
  if (pod.status) onePodIP(pod.status);
}
/** The single address of old and the first of the list are the same; where they differ, the single one wins. */
function onePodIP(status: NonNullable<Draft<Pod>["status"]>): void {
  if (status.podIP && status.podIPs?.[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }];
  if (status.podIPs?.[0]?.ip) status.podIP = status.podIPs[0].ip;
}
/** After the constants of the schema, on every pod template. */
export function applyPodTemplateDefaults(template: Draft<PodTemplateSpec> | undefined): void {
  if (template?.spec) applyPodSpecDefaults(template.spec);
}

function applyPodSpecDefaults(spec: Draft<PodSpec>): void {
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) spec.serviceAccountName = spec.serviceAccount = account;
  for (const volume of spec.volumes ?? []) volumeDefaults(volume);
  const containers: (ContainerDraft | undefined)[] = [
    ...(spec.containers ?? []),
    ...(spec.initContainers ?? []),
    ...((spec.ephemeralContainers ?? []) as ContainerDraft[]),
  ];
  for (const container of containers) {
    if (!container) continue;
    container.imagePullPolicy ||= defaultPullPolicy(container.image ?? "");
    roundUpToMilli(container.resources?.limits);
    roundUpToMilli(container.resources?.requests);
  }
  roundUpToMilli(spec.overhead);
  roundUpToMilli(spec.resources?.limits);
  roundUpToMilli(spec.resources?.requests);
}

function volumeDefaults(volume: Draft<Volume>): void {
  const hasSource = Object.entries(volume).some(([field, source]) => field !== "name" && source !== undefined);
  if (!hasSource) volume.emptyDir = {};
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference ?? "");
}

function requestLimits(container: ContainerDraft): void {
  const limits = container.resources?.limits;
  if (limits) container.resources!.requests = { ...limits, ...container.resources!.requests };
}
function hostPort(port: Draft<ContainerPort>): void {
  port.hostPort ||= port.containerPort;
}
