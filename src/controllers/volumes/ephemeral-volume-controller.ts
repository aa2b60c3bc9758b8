// Makes the claims of pods that bring their own: each lives and dies with its pod.
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { defineController, watching } from "#reconcile/controller.ts";
import { controllerOf, controllerReference, refersTo } from "#reconcile/owner-references.ts";
import { isNamespaceTerminating } from "#controllers/pods/pod-control.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

export const ephemeralVolumeController = defineController({
  name: "ephemeral-volume-controller",
  rules: [
    allow("get list watch", "", "pods"),
    allow("get list watch create", "", "persistentvolumeclaims"),
    allow("update", "", "pods/finalizers"),
    tellEvents,
  ],
  for: Pod,
  matters: (pod, old) => pod !== undefined && !old && (pod.spec.volumes ?? []).some((v) => v.ephemeral),
  watches: [
    watching(
      PersistentVolumeClaim,
      (claim) => {
        const owner = controllerOf(claim);
        return owner && refersTo(owner, Pod) ? [`${claim.metadata.namespace}/${owner.name}`] : [];
      },
      (claim) => claim === undefined,
    ),
  ],
  async reconcile(pod, turn) {
    if (pod.metadata.deletionTimestamp) return;
    const { name: podName = "", namespace = "" } = pod.metadata;
    for (const { name: volume, ephemeral } of pod.spec.volumes ?? []) {
      const template = ephemeral?.volumeClaimTemplate;
      const name = `${podName}-${volume}`;
      if (!template || turn.cache(PersistentVolumeClaim).get(`${namespace}/${name}`)) continue;
      const { labels = {}, annotations = {} } = template.metadata;
      const metadata = { name, namespace, labels, annotations, ownerReferences: [controllerReference(Pod, pod)] };
      try {
        await turn.client.create(PersistentVolumeClaim, { metadata, spec: template.spec }, { signal: turn.signal });
      } catch (error) {
        if (isReason(error, "AlreadyExists") || isNamespaceTerminating(error)) continue;
        const message = `ephemeral volume controller: failed to create claim ${name}`;
        turn.events.event(pod, "Warning", "FailedBinding", message, { kind: Pod });
        throw error;
      }
    }
  },
});
