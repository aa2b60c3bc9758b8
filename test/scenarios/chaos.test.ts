// Whatever goes wrong, in whatever order: once it stops, the cluster is as it should be. Each story is a seed; more of
// them with CHAOS_SEEDS=1-200. Small clusters see everything but a bad store; a large one sees that too.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DaemonSet } from "#api/apps/daemon-set.ts";
import { Deployment } from "#api/apps/deployment.ts";
import { StatefulSet } from "#api/apps/stateful-set.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { isReason } from "#api/errors.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import { seededRandom, type Random } from "#base/random.ts";
import { createMemoryStore } from "#store/memory.ts";
import { testCluster, type TestCluster, type TestNode } from "#testing.ts";
import { FaultyStore } from "../support/faulty-store.ts";
import { deploymentManifest, isEnding, isReady, nameOf } from "../support/test-cluster.ts";

const [first = 1, last = first] = (process.env["CHAOS_SEEDS"] ?? "1-4").split("-").map(Number);
interface Story {
  readonly nodes: number;
  readonly steps: number;
  /** Of the deployment, at the beginning and at most. */
  readonly replicas: readonly [first: number, most: number];
  /** How many nodes may be without power at a time, and how many without a cable. */
  readonly mostAway: number;
  readonly hasBadStore: boolean;
}
const small: Story = { nodes: 4, steps: 25, replicas: [5, 8], mostAway: 2, hasBadStore: false };
const large: Story = { nodes: 50, steps: 16, replicas: [60, 120], mostAway: 12, hasBadStore: true };
const labels = (app: string): object => ({ selector: { matchLabels: { app } } });
const workload = (kind: string, app: string, spec: object): object => ({
  ...deploymentManifest(app, 0),
  kind,
  spec: { ...(deploymentManifest(app, 0) as { spec: object }).spec, ...spec },
});
const manifestsOf = ({ replicas: [first] }: Story): readonly object[] => [
  deploymentManifest("web", first, { metadata: { annotations: { "simulated.timonier.io/stop-after": "3s" } } }),
  workload("StatefulSet", "db", { replicas: 3, serviceName: "db", ...labels("db") }),
  workload("DaemonSet", "agent", { replicas: undefined, ...labels("agent") }),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
  },
];
const appOf = (pod: Pod): string | undefined => pod.metadata.labels?.["app"];
const key = (name: string): { namespace: string; name: string } => ({ namespace: "default", name });

const away = ["InternalError", "ServiceUnavailable", "Conflict"] as const;

class Chaos {
  readonly cluster: TestCluster;
  readonly random: Random;
  readonly log: string[] = [];
  readonly #story: Story;
  readonly #store: FaultyStore;
  readonly #down = new Set<TestNode>();
  readonly #cut = new Set<TestNode>();
  #isServerDown = false;

  constructor(cluster: TestCluster, store: FaultyStore, seed: number, story: Story) {
    this.cluster = cluster;
    this.#store = store;
    this.#story = story;
    this.random = seededRandom(seed);
  }
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random.next() * from.length)];
  }
  number(below: number): number {
    return Math.floor(this.random.next() * below);
  }
  /** An agent that starts waits for answers, and time does not pass meanwhile. */
  get #isAway(): boolean {
    return this.#isServerDown || this.#store.failing > 0;
  }
  async #pods(): Promise<readonly Pod[]> {
    return this.#isServerDown ? [] : await this.cluster.list(Pod);
  }
  readonly #acts: Readonly<Record<string, () => Promise<unknown>>> = {
    "a node loses power": async () => {
      const node = this.pick(this.cluster.nodes.filter((n) => !this.#down.has(n)));
      if (!node || this.#down.size >= this.#story.mostAway) return;
      this.#down.add(node);
      await node.stop();
      return node.name;
    },
    "a node is switched on": async () => {
      const node = this.pick([...this.#down]);
      if (!node || this.#cut.has(node) || this.#isAway) return;
      this.#down.delete(node);
      await node.start();
      return node.name;
    },
    "many nodes lose power at once": async () => {
      const left = this.#story.mostAway - this.#down.size;
      if (left < 3) return;
      const nodes = this.cluster.nodes.filter((n) => !this.#down.has(n)).slice(0, left);
      for (const node of nodes) this.#down.add(node);
      await Promise.all(nodes.map((node) => node.stop()));
      return String(nodes.length);
    },
    "the store fails": async () => {
      if (!this.#story.hasBadStore || this.#isServerDown) return;
      this.#store.failing = 0.2 + this.random.next() / 2;
      return this.#store.failing.toFixed(1);
    },
    "the store recovers": async () => {
      if (this.#store.failing === 0) return;
      this.#store.failing = 0;
      return "";
    },
    "the watch on the store breaks": async () => {
      if (!this.#story.hasBadStore) return;
      this.#store.breakWatches();
      return "";
    },
    "a cable is pulled": async () => {
      const node = this.pick(this.cluster.nodes.filter((n) => !this.#cut.has(n)));
      if (!node || this.#cut.size >= this.#story.mostAway) return;
      this.#cut.add(node);
      node.disconnect();
      return node.name;
    },
    "a cable is plugged in": async () => {
      const node = this.pick([...this.#cut]);
      if (!node) return;
      this.#cut.delete(node);
      node.connect();
      return node.name;
    },
    "an agent dies": async () => {
      const node = this.pick(this.cluster.nodes.filter((n) => !this.#down.has(n) && !this.#cut.has(n)));
      if (!node || this.#isAway) return;
      await node.restartAgent();
      return node.name;
    },
    "a container dies": async () => {
      const pod = this.pick((await this.#pods()).filter((p) => p.spec.nodeName && !isEnding(p)));
      const node = pod && this.cluster.node(pod.spec.nodeName!);
      const isThere = pod && (await node!.containers(nameOf(pod))).some((c) => c.state === "running");
      if (!isThere || this.#down.has(node!)) return;
      await node!.killContainer(nameOf(pod), "c", this.number(2));
      return nameOf(pod);
    },
    "a pod is deleted": async () => {
      const pod = this.pick(await this.#pods());
      // by force only where two of a name do no harm
      const force = pod && appOf(pod) === "web" && this.number(2) === 0;
      if (!pod) return;
      await this.cluster.client.delete(Pod, key(nameOf(pod)), force ? { gracePeriodSeconds: 0 } : {});
      return `${nameOf(pod)}${force ? " by force" : ""}`;
    },
    "a deployment is scaled": () =>
      this.#patch(Deployment, "web", {
        spec: { replicas: 1 + this.number(this.#story.replicas[1]) },
      }),
    "a deployment is rolled": () => this.#patch(Deployment, "web", this.#image(), true),
    "a set is scaled": () => this.#patch(StatefulSet, "db", { spec: { replicas: 1 + this.number(4) } }),
    "a set is rolled": () => this.#patch(StatefulSet, "db", this.#image(), true),
    "daemons are rolled": () => this.#patch(DaemonSet, "agent", this.#image(), true),
    "a node is closed or opened": async () => {
      const node = this.pick(this.cluster.nodes)!;
      const unschedulable = this.number(2) === 0;
      await this.#patch(Node, node.name, { spec: { unschedulable } });
      return `${node.name} ${unschedulable}`;
    },
    "the server dies": async () => {
      if (this.#isServerDown) return;
      this.#isServerDown = true;
      await this.cluster.stopServer();
      return "";
    },
    "the server comes back": async () => {
      // A server does not start on a store that does not answer; its supervisor would try again.
      if (!this.#isServerDown || this.#store.failing > 0) return;
      this.#isServerDown = false;
      await this.cluster.startServer();
      return "";
    },
  };
  #image(): object {
    return { spec: { template: { spec: { containers: [{ name: "c", image: `app:${1 + this.number(4)}` }] } } } };
  }
  async #patch<T extends KubeObject>(kind: Kind<T>, name: string, patch: object, isStrategic = false): Promise<string> {
    const where = kind.scope === "Namespaced" ? key(name) : { name };
    await this.cluster.client.patch(kind, where, { type: isStrategic ? "strategic" : "merge", patch });
    return JSON.stringify(patch);
  }
  async step(): Promise<void> {
    const [name, act] = this.pick(Object.entries(this.#acts))!;
    try {
      const done = await act();
      if (done !== undefined) this.log.push(`${this.cluster.clock.monotonic() / 1000} s: ${name} ${done}`);
    } catch (error) {
      // nobody there, gone meanwhile, or the store is away
      if (!isReason(error, "ServiceUnavailable", "NotFound", ...(this.#store.failing > 0 ? away : []))) throw error;
    }
    await this.cluster.advance(this.number(3) === 0 ? this.number(400_000) : this.number(5000));
    await this.checkIdentities();
  }
  /** A name of a StatefulSet runs at most once, whatever the API believes. */
  async checkIdentities(): Promise<void> {
    const running: string[] = [];
    for (const node of this.cluster.nodes)
      for (const { labels: own, state } of (await node.runtime.observe(undefined)).containers)
        if (state === "running") running.push(own["io.kubernetes.pod.name"] ?? "");
    const sets = running.filter((name) => name.startsWith("db-")).toSorted();
    assert.deepEqual(sets, [...new Set(sets)]);
  }
  async heal(): Promise<void> {
    this.#store.failing = 0;
    await this.#acts["the server comes back"]!();
    for (const node of this.#cut) node.connect();
    for (const node of this.#down) await node.start();
    for (const { name } of this.cluster.nodes)
      await this.cluster.client.patch(Node, { name }, { type: "merge", patch: { spec: { unschedulable: null } } });
    this.log.push(`${this.cluster.clock.monotonic() / 1000} s: healed`);
    await this.cluster.advance("20m");
  }
}

/** Everything is as the manifests say, in the API and on the nodes. */
async function checkHealthy(cluster: TestCluster): Promise<void> {
  const pods = await cluster.list(Pod);
  const web = (await cluster.get(Deployment, "web"))!;
  const db = (await cluster.get(StatefulSet, "db"))!;
  const count = (app: string): number => pods.filter((pod) => appOf(pod) === app).length;
  assert.deepEqual(
    { web: count("web"), db: count("db"), agent: count("agent") },
    { web: web.spec.replicas, db: db.spec.replicas, agent: cluster.nodes.length },
  );
  for (const pod of pods) assert.ok(isReady(pod) && !isEnding(pod), `${nameOf(pod)} ${JSON.stringify(pod.status)}`);
  const image = (object: { spec: { template: { spec: { containers?: readonly { image?: string }[] } } } }) =>
    object.spec.template.spec.containers?.[0]?.image;
  const agent = (await cluster.get(DaemonSet, "agent"))!;
  const wanted: Readonly<Record<string, string | undefined>> = { web: image(web), db: image(db), agent: image(agent) };
  for (const pod of pods) assert.equal(pod.spec.containers[0]!.image, wanted[appOf(pod)!], nameOf(pod));
  const inApi = pods.map(
    (pod) => `${nameOf(pod)} ${pod.status.containerStatuses?.[0]?.containerID} ${pod.status.podIP}`,
  );
  const onNodes: string[] = [];
  for (const { runtime } of cluster.nodes) {
    const { sandboxes, containers } = await runtime.observe(undefined);
    const alive = containers.filter((c) => c.state === "running");
    for (const sandbox of sandboxes.filter((s) => s.ready)) {
      const own = alive.filter((c) => c.sandboxId === sandbox.id).map((c) => `simulated://${c.id}`);
      onNodes.push(`${sandbox.podName} ${own.join()} ${sandbox.ips[0]}`);
    }
  }
  assert.deepEqual(onNodes.toSorted(), inApi.toSorted());
  const slices = await cluster.list(EndpointSlice, { labelSelector: "kubernetes.io/service-name=web" });
  const addresses = slices.flatMap((s) => s.endpoints ?? []).flatMap((e) => (e.conditions?.ready ? e.addresses : []));
  const ready = pods.filter((pod) => appOf(pod) === "web").map((pod) => pod.status.podIP!);
  assert.deepEqual(addresses.toSorted(), ready.toSorted());
}

async function tell(story: Story, seed: number): Promise<void> {
  const store = new FaultyStore(createMemoryStore(), seededRandom(seed));
  await using cluster = await testCluster({
    nodes: Array.from({ length: story.nodes }, () => ({ runtime: { startMs: 500 } })),
    seed,
    store,
  });
  await cluster.apply(manifestsOf(story));
  await cluster.advance("1m");
  const chaos = new Chaos(cluster, store, seed, story);
  try {
    for (let i = 0; i < story.steps; i++) await chaos.step();
    await chaos.heal();
    await checkHealthy(cluster);
    const errors = cluster.warnings.filter((line) => (JSON.parse(line) as { level: string }).level === "error");
    if (!story.hasBadStore) assert.deepEqual(errors, []);
  } catch (error) {
    throw new Error(`after\n${chaos.log.join("\n")}`, { cause: error });
  }
}

describe("chaos", () => {
  for (let seed = first; seed <= last; seed++) it(`ends well with seed ${seed}`, () => tell(small, seed));
  const [from, to] = process.env["CHAOS_SEEDS"] ? [first, last] : [1, 1];
  for (let seed = from; seed <= to; seed++)
    it(`of ${large.nodes} nodes on a bad store ends well with seed ${seed}`, () => tell(large, seed));
});
