// Taints with NoSchedule or NoExecute keep pods away; those with PreferNoSchedule make a node less liked.
import type { Node } from "#api/core/node.ts";
import { firstUntolerated, toleratesTaint } from "#api/core/taints.ts";
import { incurable, type SchedulerPlugin } from "#scheduler/framework.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import { normalizeToHighest } from "#scheduler/schedule-one.ts";

const isHard = (effect: string): boolean => effect === "NoSchedule" || effect === "NoExecute";
const isKeptAway = (pod: PodFacts, node: Node | undefined): boolean =>
  (node?.spec.taints ?? []).some((t) => isHard(t.effect) && !toleratesTaint(pod.tolerations, t));

export const taintToleration: SchedulerPlugin<undefined, true> = {
  name: "TaintToleration",
  wakeOn: {
    node: (pod, { object, old }) => object !== undefined && !isKeptAway(pod, object) && (!old || isKeptAway(pod, old)),
  },
  filter(pod, node) {
    if (node.hardTaints.length === 0) return undefined;
    const isTolerated = firstUntolerated(pod.tolerations, node.hardTaints) === undefined;
    return isTolerated ? undefined : incurable("node(s) had untolerated taint(s)");
  },
  score: {
    weight: 3,
    prepare: (_pod, _nodes, snapshot) => (snapshot.anySoftTaints ? true : undefined),
    score: (pod, node) => node.softTaints.filter((taint) => !toleratesTaint(pod.tolerations, taint)).length,
    normalize: (scores) => normalizeToHighest(scores, true),
  },
};
