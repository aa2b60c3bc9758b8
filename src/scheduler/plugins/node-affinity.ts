// spec.nodeSelector and node affinity: which nodes a pod requires and which it prefers.
import { matchesTerm, namedNodes } from "#api/core/node-affinity.ts";
import type { PreferredSchedulingTerm } from "#api/core/schema/node-selector.ts";
import { incurable, type SchedulerPlugin } from "#scheduler/framework.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import { normalizeToHighest } from "#scheduler/schedule-one.ts";

const mismatch = incurable("node(s) didn't match Pod's node affinity/selector");
const conflict = incurable("pod affinity terms conflict");

type Labelled = { readonly metadata: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> } };
const suits = (pod: PodFacts, node: Labelled | undefined): boolean =>
  node !== undefined && pod.requiredNodes?.(node.metadata.labels ?? {}, node.metadata.name ?? "") !== false;

export const nodeAffinity: SchedulerPlugin<undefined, readonly PreferredSchedulingTerm[]> = {
  name: "NodeAffinity",
  wakeOn: { node: (pod, { object, old }) => suits(pod, object) && !suits(pod, old) },
  prepare(pod) {
    if (!pod.requiredNodes) return { type: "skip" };
    const onlyNodes = namedNodes(pod.pod);
    if (onlyNodes?.size === 0) return { type: "reject", verdict: conflict };
    return { type: "ready", state: undefined, ...(onlyNodes ? { onlyNodes } : {}) };
  },
  filter: (pod, node) => (pod.requiredNodes!(node.labels, node.name) ? undefined : mismatch),
  score: {
    weight: 2,
    prepare({ pod }) {
      const terms = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
      return terms?.length ? terms : undefined;
    },
    score(_pod, node, terms) {
      let points = 0;
      for (const { weight, preference } of terms)
        if (weight !== 0 && matchesTerm(preference, node.labels, node.name)) points += weight;
      return points;
    },
    normalize: (scores) => normalizeToHighest(scores),
  },
};
