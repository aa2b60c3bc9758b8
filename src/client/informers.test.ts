import { test } from "node:test";
import assert from "node:assert/strict";
import { ConfigMap } from "#api/core/config-map.ts";
import { ApiError } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { createClient } from "./api-client.ts";
import type { Transport, WatchEvent } from "./client.ts";
import { createInformers } from "./informers.ts";

const map = (name: string, version: number, owner = ""): ConfigMap =>
  ({
    metadata: { name, namespace: "ns", uid: name, resourceVersion: String(version), labels: { owner } },
  }) as ConfigMap;

/** A server whose lists and watches are scripted: each watch plays its events, then fails or waits for the abort. */
function scripted(lists: ConfigMap[][], watches: { events: WatchEvent<KubeObject>[]; then?: ApiError }[]) {
  const asked: string[] = [];
  let version = 0;
  const transport: Transport = {
    send: async ({ path }) => {
      asked.push(`list ${path}`);
      const items = lists.shift() ?? [];
      version = Math.max(version, ...items.map((i) => Number(i.metadata.resourceVersion)));
      return { status: 200, body: { metadata: { resourceVersion: String(version) }, items } };
    },
    async *watch(path, signal) {
      asked.push(`watch ${new URLSearchParams(path.split("?")[1]).get("resourceVersion")}`);
      const script = watches.shift() ?? { events: [] };
      yield* script.events;
      if (script.then) throw script.then;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  };
  return { transport, asked };
}
const turns = async (n = 20): Promise<void> => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};

test("an informer lists, follows, indexes, and lists again when history is gone", async () => {
  const { transport, asked } = scripted(
    [
      [map("a", 1, "x"), map("b", 2, "x")],
      [map("b", 2, "x"), map("c", 9, "y")],
    ],
    [
      { events: [{ type: "MODIFIED", object: map("a", 3, "y") }], then: new ApiError("ServiceUnavailable", "away") },
      { events: [], then: new ApiError("Expired", "too old") },
      { events: [{ type: "DELETED", object: map("b", 10, "x") }] },
    ],
  );
  const clock = new VirtualClock();
  const stop = new AbortController();
  const informers = createInformers({
    client: createClient(transport),
    clock,
    random: seededRandom(1),
    log: silentLog,
  });
  const informer = informers.informer(ConfigMap, { namespace: "ns" });
  assert.equal(informers.informer(ConfigMap, { namespace: "ns" }), informer);
  const byOwner = informer.index("owner", (m) => [m.metadata.labels?.["owner"] ?? ""]);
  const seen: string[] = [];
  informer.onChange((now, old) => seen.push(`${old?.metadata.name ?? "-"}>${now?.metadata.name ?? "-"}`));
  const done = informers.run(stop.signal);
  await informer.synced;
  await turns();
  assert.deepEqual(
    byOwner("y").map((m) => m.metadata.name),
    ["a"],
  );
  for (let i = 0; i < 3; i++) {
    clock.runNext(Infinity);
    await turns();
  }
  assert.deepEqual(
    informer.list("ns").map((m) => m.metadata.name),
    ["c"],
  );
  assert.deepEqual(byOwner("x"), []);
  assert.deepEqual(seen, ["->a", "->b", "a>a", "->c", "a>-", "b>-"]);
  assert.deepEqual(
    asked.map((a) => a.replace(/ \/.*/, "")),
    ["list", "watch 2", "watch 3", "list", "watch 9"],
  );
  stop.abort();
  await done;
});
