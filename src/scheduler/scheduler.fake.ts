// Nodes and pods for tests, in few words.
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { Taint } from "#api/core/schema/node-selector.ts";
import { seededRandom } from "#base/random.ts";
import type { AnyPlugin } from "./framework.ts";
import { decisionPlugins } from "./plugins/all.ts";
import { PodFacts } from "./pod-facts.ts";
import { failureMessage, scheduleOne } from "./schedule-one.ts";
import { Snapshot } from "./snapshot.ts";

export interface NodeShape {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly more?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
  readonly images?: Record<string, number>;
}
export const node = (name: string, shape: NodeShape = {}): Node =>
  ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, uid: name, labels: { "kubernetes.io/hostname": name, ...shape.labels } },
    spec: {
      ...(shape.taints ? { taints: shape.taints } : {}),
      ...(shape.unschedulable ? { unschedulable: true } : {}),
    },
    status: {
      allocatable: {
        cpu: shape.cpu ?? "4",
        memory: shape.memory ?? "8Gi",
        pods: String(shape.pods ?? 110),
        ...shape.more,
      },
      images: Object.entries(shape.images ?? {}).map(([image, sizeBytes]) => ({ names: [image], sizeBytes })),
    },
  }) as unknown as Node;

export interface PodShape {
  readonly on?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly requests?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly namespace?: string;
  readonly priority?: number;
  readonly spec?: object;
  readonly metadata?: object;
  readonly status?: object;
  readonly ports?: readonly object[];
  readonly image?: string;
}
export const pod = (name: string, shape: PodShape = {}): Pod => {
  const requests = {
    ...(shape.cpu ? { cpu: shape.cpu } : {}),
    ...(shape.memory ? { memory: shape.memory } : {}),
    ...shape.requests,
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: shape.namespace ?? "default",
      uid: name,
      labels: shape.labels ?? {},
      ...shape.metadata,
    },
    spec: {
      containers: [{ name: "c", image: shape.image ?? "i", resources: { requests }, ports: shape.ports ?? [] }],
      schedulerName: "default-scheduler",
      ...(shape.on ? { nodeName: shape.on } : {}),
      ...(shape.priority === undefined ? {} : { priority: shape.priority }),
      ...shape.spec,
    },
    status: { phase: "Pending", ...shape.status },
  } as unknown as Pod;
};

/** A snapshot of these nodes and of the pods that are on them. */
export function cluster(nodes: readonly Node[], pods: readonly Pod[] = []): Snapshot {
  const snapshot = new Snapshot();
  for (const n of nodes) snapshot.setNode(n.metadata.name!, n);
  for (const p of pods) snapshot.setPod(p);
  return snapshot;
}
/** The node that a pod gets, or the text of the event. */
export function place(p: Pod, snapshot: Snapshot, plugins: readonly AnyPlugin[] = decisionPlugins): string {
  const options = { plugins, random: seededRandom(1), cursor: { next: 0 } };
  const facts = new PodFacts(p);
  const decision = scheduleOne(facts, snapshot, options);
  if (decision.type === "node") return decision.node.name;
  let message: string | undefined;
  for (const plugin of plugins) message ??= plugin.whenNoneFit?.(facts, decision.failure, decision.attempt)?.message;
  return failureMessage(decision.failure, message);
}
