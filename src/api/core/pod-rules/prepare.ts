// What the server sets in a pod before it is stored.
import type { RequestFacts } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { cloneJson } from "#api/json.ts";
import { formatTime } from "#api/time.ts";
import { sameValue } from "#api/meta/checks.ts";
import type { LabelSelector } from "#api/meta/schema.ts";
import type { Pod } from "#api/core/schema/pod-spec.ts";
import { qosClassOf } from "./qos.ts";

/** A new pod starts with a status of the server's making, and its label keys become selectors. */
export function preparePodForCreate(pod: Draft<Pod>, facts: Pick<RequestFacts, "now">): void {
  const spec = pod.spec ?? {};
  pod.status = { phase: "Pending", qosClass: qosClassOf(spec) };
  if (spec.schedulingGates?.length)
    pod.status.conditions = [
      {
        type: "PodScheduled",
        status: "False",
        lastTransitionTime: formatTime(facts.now),
        reason: "SchedulingGated",
        message: "Scheduling is blocked due to non-empty scheduling gates",
      },
    ];
  expandLabelKeys(pod);
}

interface KeyedTerm {
  labelSelector?: Draft<LabelSelector> | undefined;
  matchLabelKeys?: (string | undefined)[] | undefined;
  mismatchLabelKeys?: (string | undefined)[] | undefined;
}
/** Keys whose values come from the pod's own labels (KEP-3633, KEP-3243). */
function expandLabelKeys(pod: Draft<Pod>): void {
  const { affinity, topologySpreadConstraints = [] } = pod.spec ?? {};
  const terms: (KeyedTerm | undefined)[] = [...topologySpreadConstraints];
  for (const pods of [affinity?.podAffinity, affinity?.podAntiAffinity]) {
    terms.push(...(pods?.requiredDuringSchedulingIgnoredDuringExecution ?? []));
    for (const weighted of pods?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      terms.push(weighted?.podAffinityTerm);
  }
  const labels = pod.metadata?.labels ?? {};
  for (const term of terms) {
    if (!term?.labelSelector) continue;
    const tests = [
      ...keyTests(term.matchLabelKeys, "In", labels),
      ...keyTests(term.mismatchLabelKeys, "NotIn", labels),
    ];
    if (tests.length > 0)
      term.labelSelector.matchExpressions = [...(term.labelSelector.matchExpressions ?? []), ...tests];
  }
}
const keyTests = (
  keys: KeyedTerm["matchLabelKeys"],
  operator: "In" | "NotIn",
  labels: Readonly<Record<string, string | undefined>>,
) =>
  (keys ?? []).flatMap((key) => {
    const value = key === undefined ? undefined : labels[key];
    return key === undefined || value === undefined ? [] : [{ key, operator, values: [value] }];
  });

/** A node may leave out what it does not know; the owners stay those of the stored pod. */
export function preparePodForStatusUpdate(pod: Draft<Pod>, old: Pod): void {
  const { ownerReferences: _given, ...metadata } = pod.metadata ?? {};
  const { ownerReferences } = cloneJson(old.metadata);
  pod.metadata = { ...metadata, ...(ownerReferences && { ownerReferences: ownerReferences as never }) };
  const status = (pod.status ??= {});
  status.qosClass ||= old.status.qosClass;
  status.observedGeneration ||= old.status.observedGeneration;
  const generations = new Map<string, (number | undefined)[]>();
  for (const { type, observedGeneration } of old.status.conditions ?? [])
    generations.set(type, [...(generations.get(type) ?? []), observedGeneration]);
  for (const condition of status.conditions ?? []) {
    const before = generations.get(condition?.type ?? "")?.shift();
    if (condition && !condition.observedGeneration && before) condition.observedGeneration = before;
  }
}

/** Every change of the spec counts; labels and annotations do not. */
export const podChangesGeneration = (pod: Pod, old: Pod): boolean => !sameValue(pod.spec, old.spec);

/** Seconds a pod gets to end. One that never ran, or that has ended, gets none. */
export function podGraceSeconds(pod: Pod, asked: number | undefined): number {
  const { nodeName, terminationGracePeriodSeconds = 0 } = pod.spec;
  const { phase } = pod.status;
  if (!nodeName || phase === "Failed" || phase === "Succeeded") return 0;
  const seconds = asked ?? terminationGracePeriodSeconds;
  return seconds < 0 ? 1 : seconds;
}
