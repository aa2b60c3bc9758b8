import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConfigMap } from "#api/core/config-map.ts";
import { Pod } from "#api/core/pod.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { createClient } from "#client/api-client.ts";
import { createInformers } from "#client/informers.ts";
import { inProcessTransport } from "#cluster/in-process-transport.ts";
import { admin, settle, testServer } from "#server/api-server.fake.ts";
import { podManifest } from "./agent.fake.ts";
import { createReferences, sharedReferences, type References } from "./references.ts";
import { sharedSources } from "./shared-sources.ts";
import { createSimulatedNode } from "./simulated-node.ts";

const url = "/api/v1/namespaces/ns/configmaps";
const configMap = (name: string, a: string): object => ({ metadata: { name, namespace: "ns" }, data: { a } });

async function bench() {
  const api = await testServer();
  const client = createClient(inProcessTransport(api.server.handler, admin));
  const parts = { client, clock: api.clock, random: seededRandom(1), log: silentLog };
  const stop = new AbortController();
  const informers = createInformers(parts);
  const running = informers.run(stop.signal);
  const quiet = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await settle();
  };
  const end = async (): Promise<void> => {
    stop.abort(new Error("the test ends"));
    await running;
    await api[Symbol.asyncDispose]();
  };
  return { api, parts, informers, stop, quiet, [Symbol.asyncDispose]: end };
}
type Bench = Awaited<ReturnType<typeof bench>>;
const kinds: [string, (b: Bench) => References][] = [
  ["watched one by one", (b) => createReferences({ ...b.parts, signal: b.stop.signal })],
  ["shared", (b) => sharedReferences(b.informers)],
];
for (const [name, make] of kinds)
  describe(`references: ${name}`, () => {
    it("are current, and tell holders of changes until they are let go", async () => {
      await using b = await bench();
      const references = make(b);
      const get = async (name: string): Promise<string | undefined> =>
        (await references.get(ConfigMap, "ns", name, b.stop.signal))?.data?.["a"];
      await b.api.create(url, configMap("one", "1"));
      let told = 0;
      const list = ["one", "late"].map((name) => ({ kind: ConfigMap, namespace: "ns", name }));
      references.hold("pod", list, () => told++);
      assert.equal(await get("one"), "1");
      assert.equal(await get("late"), undefined);
      await b.quiet();
      told = 0;
      await b.api.merge(`${url}/one`, { data: { a: "2" } });
      await b.quiet();
      assert.deepEqual([told, await get("one")], [1, "2"]);
      await b.api.create(url, configMap("late", "3"));
      await b.api.create(url, configMap("other", "4"));
      await b.quiet();
      assert.deepEqual([told, await get("late")], [2, "3"]);
      await b.api.delete(`${url}/late`);
      await b.quiet();
      assert.deepEqual([told, await get("late")], [3, undefined]);
      references.hold("pod", [], () => told++);
      await b.api.merge(`${url}/one`, { data: { a: "5" } });
      await b.quiet();
      assert.deepEqual([told, await get("one")], [3, "5"]);
    });
  });

describe("many nodes in one process", () => {
  it("share their watches, and each runs its own pods", async () => {
    await using b = await bench();
    const shared = sharedSources(b.informers);
    const nodes = Array.from({ length: 20 }, (_, i) =>
      createSimulatedNode({
        ...b.parts,
        informers: b.informers,
        shared,
        nodeName: `n${i}`,
        podCidr: `10.244.${i}.0/24`,
        nodeIp: `192.168.0.${i}`,
        events: { event: () => undefined },
      }),
    );
    const running = nodes.map(({ agent }) => agent.run(b.stop.signal));
    await Promise.all(nodes.map(({ agent }) => agent.ready));
    for (let i = 0; i < 20; i++)
      for (const name of ["a", "b"])
        await b.parts.client.create(Pod, podManifest({ nodeName: `n${i}` }, { name: `${name}-${i}` }) as Pod);
    const isDone = (): boolean =>
      nodes.every(({ agent }) => agent.list().filter((pod) => pod.status.phase === "Running").length === 2);
    for (let i = 0; i < 500 && !isDone(); i++) await settle();
    assert.ok(isDone());
    assert.match((await b.api.get("/api/v1/namespaces/ns/pods/a-7")).status.podIP, /^10\.244\.7\./);
    b.stop.abort(new Error("the test ends"));
    await Promise.all(running);
  });
});
