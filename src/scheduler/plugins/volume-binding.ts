// Pods go where their volumes are, or can be. Claims that wait for their first consumer are bound here: to a volume
// that reaches the chosen node, or by telling the provisioner which node it is for.
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import type { Pod } from "#api/core/pod.ts";
import { bestVolume, classOf, reaches, type Place } from "#api/core/volume-match.ts";
import { StorageClass } from "#api/storage/storage-class.ts";
import type { Clock } from "#base/clock.ts";
import type { Client } from "#client/client.ts";
import type { Informer } from "#client/informer.ts";
import { incurable, ready, skip, type SchedulerPlugin, type Verdict } from "#scheduler/framework.ts";
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import type { Snapshot } from "#scheduler/snapshot.ts";

export interface VolumeBindingParts {
  readonly client: Client;
  readonly clock: Clock;
  readonly snapshot: Snapshot;
  readonly claims: Pick<Informer<PersistentVolumeClaim>, "get" | "onChange">;
  readonly volumes: Pick<Informer<PersistentVolume>, "get" | "list">;
  readonly classes: Pick<Informer<StorageClass>, "get">;
}
const elsewhere = incurable("node(s) didn't match PersistentVolume's node affinity");
const noVolume = incurable("node(s) didn't find available persistent volumes to bind");
const bindCompleted = "pv.kubernetes.io/bind-completed";
const selectedNode = "volume.kubernetes.io/selected-node";
const noProvisioner = "kubernetes.io/no-provisioner";
const longestWaitMs = 600_000;

interface State {
  readonly bound: readonly PersistentVolume[];
  readonly waiting: readonly PersistentVolumeClaim[];
}
/** What is to be done for a claim on the chosen node; without a volume one is provisioned. */
interface Choice {
  readonly claim: PersistentVolumeClaim;
  readonly volume?: PersistentVolume;
}
const isBound = ({ spec, metadata }: PersistentVolumeClaim): boolean =>
  Boolean(spec.volumeName) && metadata.annotations?.[bindCompleted] !== undefined;
interface ClaimName {
  readonly name: string;
  readonly ephemeral: boolean;
}
const claimNames = (pod: Pod): ClaimName[] =>
  (pod.spec.volumes ?? []).flatMap((v): ClaimName[] =>
    v.persistentVolumeClaim
      ? [{ name: v.persistentVolumeClaim.claimName, ephemeral: false }]
      : v.ephemeral
        ? [{ name: `${pod.metadata.name}-${v.name}`, ephemeral: true }]
        : [],
  );
const placeOf = (node: NodeState): Place => ({ name: node.name, labels: node.labels });

export function createVolumeBinding(parts: VolumeBindingParts): SchedulerPlugin<State> {
  const { claims, volumes, classes } = parts;
  /** Volumes promised to pods whose binding is under way, and what was chosen for each pod. */
  const promised = new Set<string>();
  const choices = new Map<string, readonly Choice[]>();

  const look = (pod: PodFacts): State | Verdict => {
    const bound: PersistentVolume[] = [];
    const waiting: PersistentVolumeClaim[] = [];
    for (const { name, ephemeral } of claimNames(pod.pod)) {
      const shown = JSON.stringify(name);
      const claim = claims.get(`${pod.pod.metadata.namespace}/${name}`);
      if (!claim)
        return incurable(
          ephemeral
            ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${shown}`
            : `persistentvolumeclaim ${shown} not found`,
        );
      if (claim.metadata.deletionTimestamp) return incurable(`persistentvolumeclaim ${shown} is being deleted`);
      if (isBound(claim)) {
        const volume = volumes.get(claim.spec.volumeName!);
        if (volume) bound.push(volume);
        else
          return incurable(
            `persistentvolumeclaim ${shown} bound to non-existent persistentvolume "${claim.spec.volumeName}"`,
          );
      } else if (classes.get(classOf(claim))?.volumeBindingMode === "WaitForFirstConsumer") waiting.push(claim);
      else return incurable("pod has unbound immediate PersistentVolumeClaims");
    }
    return { bound, waiting };
  };
  const choose = (waiting: readonly PersistentVolumeClaim[], node: NodeState): Choice[] | undefined => {
    const taken = new Set(promised);
    const result: Choice[] = [];
    for (const claim of waiting) {
      const volume = bestVolume(claim, volumes.list(), placeOf(node), taken);
      if (volume) {
        taken.add(volume.metadata.name!);
        result.push({ claim, volume });
      } else if (canProvision(classes.get(classOf(claim)), claim, node)) result.push({ claim });
      else return undefined;
    }
    return result;
  };
  return {
    name: "VolumeBinding",
    wakeOn: { storage: () => true, node: (_pod, { object, old }) => object !== undefined && !old },
    prepare(pod) {
      if (claimNames(pod.pod).length === 0) return skip;
      const found = look(pod);
      return "reasons" in found ? { type: "reject", verdict: found } : ready(found);
    },
    filter(_pod, node, { bound, waiting }) {
      const place = placeOf(node);
      if (bound.some((volume) => !reaches(volume, place))) return elsewhere;
      return waiting.length > 0 && !choose(waiting, node) ? noVolume : undefined;
    },
    reserve(pod, nodeName) {
      if (claimNames(pod.pod).length === 0) return undefined;
      const found = look(pod);
      const node = parts.snapshot.node(nodeName);
      if ("reasons" in found || !node || found.waiting.length === 0) return undefined;
      const chosen = choose(found.waiting, node) ?? [];
      const names = chosen.flatMap((c) => c.volume?.metadata.name ?? []);
      for (const name of names) promised.add(name);
      choices.set(pod.uid, chosen);
      return {
        [Symbol.dispose]() {
          for (const name of names) promised.delete(name);
          choices.delete(pod.uid);
        },
      };
    },
    beforeBind(pod, nodeName, signal) {
      const chosen = choices.get(pod.uid);
      return chosen && bindAll(chosen, nodeName, parts, signal);
    },
  };
}

function canProvision(storageClass: StorageClass | undefined, claim: PersistentVolumeClaim, node: NodeState): boolean {
  if (!storageClass || storageClass.provisioner === noProvisioner) return false;
  const selected = claim.metadata.annotations?.[selectedNode];
  if (selected !== undefined && selected !== node.name) return false;
  const terms = storageClass.allowedTopologies ?? [];
  if (terms.length === 0) return true;
  return terms.some((term) =>
    (term.matchLabelExpressions ?? []).every(({ key, values }) => values.includes(node.labels[key] ?? "")),
  );
}

async function bindAll(
  choices: readonly Choice[],
  nodeName: string,
  { client, claims, clock }: VolumeBindingParts,
  signal: AbortSignal,
): Promise<void> {
  for (const { claim, volume } of choices) {
    const { name = "", namespace = "", uid = "" } = claim.metadata;
    if (volume) {
      const claimRef = { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace, name, uid };
      const annotations = { ...volume.metadata.annotations, "pv.kubernetes.io/bound-by-controller": "yes" };
      const changed = { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } };
      await client.update(PersistentVolume, changed, { signal });
    } else {
      const patch = { metadata: { uid, annotations: { [selectedNode]: nodeName } } };
      await client.patch(PersistentVolumeClaim, { namespace, name }, { type: "merge", patch }, { signal });
    }
  }
  const keys = choices.map(({ claim }) => `${claim.metadata.namespace}/${claim.metadata.name}`);
  const all = (): boolean => keys.every((key) => isBound(claims.get(key) ?? choices[0]!.claim));
  const bound = Promise.withResolvers<void>();
  using subscriptions = new DisposableStack();
  subscriptions.use(claims.onChange(() => void (all() && bound.resolve())));
  const stop = new AbortController();
  subscriptions.defer(() => stop.abort());
  const late = clock.sleep(longestWaitMs, AbortSignal.any([signal, stop.signal])).then(() => {
    throw new Error(`binding volumes: timed out waiting for claims ${keys.join(", ")}`);
  });
  late.catch(() => undefined);
  await Promise.race([bound.promise, late]);
}
