// Events and leader election against the real API server.
import { test } from "node:test";
import assert from "node:assert/strict";
import { Lease } from "#api/coordination/lease.ts";
import { ConfigMap } from "#api/core/config-map.ts";
import { Event } from "#api/core/event.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { createWorld, type World } from "#controllers/world.fake.ts";
import { createEventRecorder } from "./event-recorder.ts";
import { createLeaderElection } from "./leader-election.ts";

const empty = (): Promise<World> => createWorld({ controllers: [], runsPods: false, nodes: [] });

test("an event is written once and then counted; one that has expired is written again", async () => {
  await using world = await empty();
  const { client, clock } = world;
  const random = seededRandom(3);
  const recorder = createEventRecorder({ client, component: "tester", host: "n1", clock, random, log: silentLog });
  const about = await client.create(ConfigMap, { metadata: { name: "m", namespace: "default" } });
  recorder.event(about, "Warning", "Broken", "it broke", { fieldPath: "data{x}", kind: ConfigMap });
  await recorder.flush();
  clock.moveTo(clock.now() + 5000);
  recorder.event(about, "Warning", "Broken", "it broke", { fieldPath: "data{x}", kind: ConfigMap });
  await recorder.flush();
  const [event, ...others] = (await client.list(Event)).items;
  assert.deepEqual(others, []);
  assert.match(event!.metadata.name!, /^m\.[0-9a-f]+$/);
  assert.deepEqual(
    [event!.count, event!.type, event!.reason, event!.message, event!.source.component, event!.source.host],
    [2, "Warning", "Broken", "it broke", "tester", "n1"],
  );
  assert.equal(event!.involvedObject.uid, about.metadata.uid);
  assert.equal(event!.involvedObject.kind, "ConfigMap");
  assert.equal(event!.involvedObject.fieldPath, "data{x}");
  assert.notEqual(event!.firstTimestamp, event!.lastTimestamp);
  await client.delete(Event, { namespace: "default", name: event!.metadata.name! });
  recorder.event(about, "Warning", "Broken", "it broke", { fieldPath: "data{x}", kind: ConfigMap });
  await recorder.flush();
  assert.equal((await client.list(Event)).items[0]?.count, 3);
});

test("an event that is refused is dropped, and the next is written", async () => {
  await using world = await empty();
  const { client, clock } = world;
  const recorder = createEventRecorder({ client, component: "tester", clock, random: seededRandom(3), log: silentLog });
  recorder.event({ metadata: { name: "x", namespace: "missing", uid: "1" } }, "Normal", "A", "a", { kind: ConfigMap });
  recorder.event({ metadata: { name: "y", namespace: "default", uid: "2" } }, "Normal", "B", "b", { kind: ConfigMap });
  await recorder.flush();
  assert.deepEqual(
    (await client.list(Event)).items.map((e) => e.reason),
    ["B"],
  );
});

test("one leads; when it stops another takes over at once, when it dies after the lease has run out", async () => {
  await using world = await empty();
  const leading: string[] = [];
  const history: string[] = [];
  const candidate = (identity: string) => {
    const stop = new AbortController();
    const election = createLeaderElection({
      lease: "boss",
      identity,
      client: world.client,
      clock: world.clock,
      random: seededRandom(identity.length),
      log: silentLog,
      lead: async (signal) => {
        leading.push(identity);
        history.push(identity);
        assert.equal(leading.length, 1, "never two at a time");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        leading.splice(leading.indexOf(identity), 1);
      },
    });
    const done = election.run(stop.signal);
    return { stop, done };
  };
  const a = candidate("a");
  await world.settle(1000);
  const b = candidate("bb");
  await world.settle(60_000);
  assert.deepEqual(history, ["a"]);
  a.stop.abort();
  await a.done;
  await world.settle(3_000);
  assert.deepEqual(history, ["a", "bb"]);
  const lease = await world.client.get(Lease, { namespace: "kube-system", name: "boss" });
  assert.deepEqual([lease.spec.holderIdentity, lease.spec.leaseTransitions], ["bb", 1]);

  // A stranger takes the lease and is never heard of again.
  await world.client.update(Lease, { ...lease, spec: { ...lease.spec, holderIdentity: "ghost" } });
  await world.settle(12_500);
  assert.deepEqual(leading, [], "the lead is given up before the lease runs out");
  await world.settle(10_000);
  assert.deepEqual(history, ["a", "bb", "bb"]);
  b.stop.abort();
  await b.done;
});
