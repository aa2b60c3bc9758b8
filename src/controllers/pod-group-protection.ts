// Keeps a group of pods that is being deleted until its pods have ended. Runs only where groups of pods are served.
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { PodGroup } from "#api/scheduling/pod-group.ts";
import { isFinished } from "#controllers/pods/pod-state.ts";
import { defineController, watching } from "#reconcile/controller.ts";
import { allow } from "./rules.ts";

const finalizer = "scheduling.k8s.io/podgroup-protection";
const groupsOf = ({ metadata, spec }: Pod): string[] => {
  const name = spec.schedulingGroup?.podGroupName;
  return name ? [`${metadata.namespace}/${name}`] : [];
};

export const podGroupProtectionController = defineController({
  name: "podgroup-protection-controller",
  rules: [allow("get list watch update patch", "scheduling.k8s.io", "podgroups"), allow("get list watch", "", "pods")],
  for: PodGroup,
  watches: [watching(Pod, groupsOf, (pod, old) => !pod || !old || isFinished(pod) !== isFinished(old))],
  async reconcile(group, turn) {
    const { name = "", namespace = "", uid, resourceVersion, finalizers = [], deletionTimestamp } = group.metadata;
    if (deletionTimestamp === undefined || !finalizers.includes(finalizer)) return;
    // The server is asked: the cache may not know the newest pod yet.
    const { items } = await turn.client.list(Pod, { namespace }, turn.signal);
    if (items.some((pod) => !isFinished(pod) && groupsOf(pod).includes(turn.key))) return;
    const rest = finalizers.filter((one) => one !== finalizer);
    const patch = { metadata: { uid, resourceVersion, finalizers: rest.length > 0 ? rest : null } };
    try {
      await turn.client.patch(PodGroup, { namespace, name }, { type: "merge", patch }, { signal: turn.signal });
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
  },
});
