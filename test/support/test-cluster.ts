// What scenarios say again and again: the cluster of a story, the usual manifests in few words, and the usual questions.
// A story ends only when the log has nothing in it that nobody expected.
import assert from "node:assert/strict";
import { it } from "node:test";
import { Deployment } from "#api/apps/deployment.ts";
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { Pod } from "#api/core/pod.ts";
import { keyOf, type Kind, type KubeObject } from "#api/kind.ts";
import { testCluster, type TestCluster, type TestClusterOptions } from "#testing.ts";

export interface StoryOptions extends TestClusterOptions {
  /** Messages that the log may hold at the levels warn and error. */
  readonly expects?: readonly string[];
}
interface LogLine {
  readonly message: string;
  readonly error?: { readonly message: string };
}
/** What nodes say that cannot reach the API. */
export const outOfReach = [
  "node lease not renewed",
  "node status not written",
  "pod status not written",
  "watch ended with an error",
] as const;
/** A whole-system test on a cluster of its own. */
export function story(
  name: string,
  { expects = [], ...options }: StoryOptions,
  tell: (cluster: TestCluster) => Promise<void>,
): void {
  it(name, async () => {
    await using cluster = await testCluster(options);
    await tell(cluster);
    const lines = cluster.warnings.map((line) => JSON.parse(line) as LogLine);
    const unexpected = lines.filter((line) => !expects.includes(line.message));
    assert.deepEqual([...new Set(unexpected.map((l) => `${l.message}: ${l.error?.message ?? ""}`))], []);
  });
}

export const container = (more: object = {}): object => ({ name: "c", image: "app:1", ...more });
export const podManifest = (name: string, spec: object = {}, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, ...metadata },
  spec: { containers: [container()], ...spec },
});
/** Pods are labelled app=<name>. `pod`: parts of the pod's spec. */
export const deploymentManifest = (
  name: string,
  replicas: number,
  { pod = {}, metadata = {}, ...spec }: { pod?: object; metadata?: object; [part: string]: unknown } = {},
): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name }, ...metadata }, spec: { containers: [container()], ...pod } },
    ...spec,
  },
});

export const isReady = (pod: Pod): boolean =>
  pod.status.conditions?.some((c) => c.type === "Ready" && c.status === "True") ?? false;
export const isEnding = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
export const firstStatus = (pod: Pod | undefined) => pod?.status.containerStatuses?.[0];
export const nameOf = (object: { readonly metadata: { readonly name?: string } }): string => object.metadata.name ?? "";

export const podsOf = (cluster: TestCluster, app: string): Promise<readonly Pod[]> =>
  cluster.list(Pod, { labelSelector: `app=${app}` });
/** Waits until a deployment is fully rolled out, as `kubectl rollout status` does. */
export const rolledOut = (cluster: TestCluster, name: string): Promise<Deployment> =>
  cluster.until(async () => {
    const deployment = await cluster.get(Deployment, name);
    const { replicas } = deployment!.spec;
    const { updatedReplicas = 0, availableReplicas = 0, replicas: all = 0, observedGeneration } = deployment!.status;
    const isSeen = observedGeneration === deployment!.metadata.generation;
    return isSeen && updatedReplicas === replicas && availableReplicas === replicas && all === replicas && deployment;
  });
/** "replicas/ready" of each ReplicaSet of a deployment, oldest revision first. */
export async function sizes(cluster: TestCluster, app: string): Promise<string[]> {
  const sets = await cluster.list(ReplicaSet, { labelSelector: `app=${app}` });
  const revision = (set: ReplicaSet): number => Number(set.metadata.annotations?.["deployment.kubernetes.io/revision"]);
  return sets
    .toSorted((a, b) => revision(a) - revision(b))
    .map((set) => `${set.spec.replicas}/${set.status.readyReplicas ?? 0}`);
}
/** Waits until a pod is ready. */
export const becomesReady = (cluster: TestCluster, name: string): Promise<Pod> =>
  cluster.until(async () => {
    const pod = await cluster.get(Pod, name);
    return pod && isReady(pod) && pod;
  });

/**
 * Calls `look` with all objects of a kind after each change of one of them, also of changes that follow one another
 * without time passing. What `look` throws is thrown when the watching is disposed of.
 */
export async function watchAll<T extends KubeObject>(
  cluster: TestCluster,
  kind: Kind<T>,
  look: (objects: readonly T[]) => void,
): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const { items, metadata } = await cluster.client.list(kind);
  const objects = new Map(items.map((object) => [keyOf(object), object]));
  const follow = async (): Promise<void> => {
    const { resourceVersion } = metadata;
    for await (const event of cluster.client.watch(kind, { resourceVersion }, stop.signal)) {
      if (event.type === "ERROR" || event.type === "BOOKMARK") continue;
      if (event.type === "DELETED") objects.delete(keyOf(event.object));
      else objects.set(keyOf(event.object), event.object);
      look([...objects.values()]);
    }
  };
  const following = follow().then(
    () => undefined,
    (error: unknown) => error,
  );
  await cluster.settle();
  return {
    async [Symbol.asyncDispose]() {
      await cluster.settle();
      stop.abort();
      const error = await following;
      if (error) throw error;
    },
  };
}
