// The embedded store against a real etcd, both through the store's interface, in one run on one disk: what the ratios
// say does not depend on the machine. 2 KB values; every put is durable before the next one of its writer.
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { startEtcd } from "#store/etcd/process.fake.ts";
import { openEtcdStore } from "#store/etcd.ts";
import { openSqliteStore } from "#store/sqlite.ts";
import type { Store } from "#store/store.ts";

const valueBytes = 2_048;
const listKeys = 10_000;
const clock = systemClock;

/** A name, what was measured, and whether more of it is better. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "/s" | "ms";
}
const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor((sorted.length - 1) * q)]!;

/** Runs `one` `times` times by each of `workers` at once: how many a second, and how long the middle one took. */
async function rate(name: string, workers: number, times: number, one: (id: string) => Promise<unknown>) {
  const took: number[] = [];
  const start = clock.monotonic();
  const work = async (worker: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const begin = clock.monotonic();
      await one(`${worker}-${i}`);
      took.push(clock.monotonic() - begin);
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  const seconds = (clock.monotonic() - start) / 1_000;
  took.sort((a, b) => a - b);
  return [
    { name, value: (workers * times) / seconds, unit: "/s" },
    { name: `${name}, p50`, value: quantile(took, 0.5), unit: "ms" },
    { name: `${name}, p99`, value: quantile(took, 0.99), unit: "ms" },
  ] satisfies Figure[];
}

async function measure(store: Store): Promise<Figure[]> {
  const value = systemRandom.bytes(valueBytes);
  const put = (folder: string) => async (id: string) => {
    const commit = await store.put(`/registry/${folder}/default/pod-${id}`, value, 0);
    if (!commit.ok) throw new Error(`the put of ${id} met a conflict`);
  };
  const figures: Figure[] = [
    ...(await rate("put, 1 writer", 1, 1_000, put("one"))),
    ...(await rate("put, 64 writers", 64, 200, put("many"))),
    ...(await rate("get, 1 reader", 1, 1_000, (id) => store.get(`/registry/one/default/pod-${id}`))),
    ...(await rate("get, 64 readers", 64, 200, (id) => store.get(`/registry/many/default/pod-${id}`))),
  ];
  const lists = await rate(`list of ${listKeys}`, 1, 3, async () => {
    const { entries } = await store.list("/registry/many/", { limit: listKeys });
    if (entries.length !== listKeys) throw new Error(`the list has ${entries.length} entries`);
  });
  return [...figures, { ...lists[1]!, name: `list of ${listKeys}` }];
}

async function measureSqlite(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "timonier-bench-"));
  try {
    await using store = await openSqliteStore({ path: join(folder, "store.db"), clock, log: silentLog });
    return await measure(store);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureEtcd(): Promise<Figure[]> {
  await using etcd = await startEtcd();
  await using store = await openEtcdStore({ endpoints: [etcd.endpoint], clock, log: silentLog });
  return await measure(store);
}

const sqlite = await measureSqlite();
const etcd = await measureEtcd();
const shown = (figure: Figure): string => `${figure.value.toFixed(figure.unit === "ms" ? 2 : 0)} ${figure.unit}`;
console.log(`store, ${valueBytes} B values, load ${loadavg()[0]!.toFixed(1)}`);
console.log(`${"".padEnd(22)}${"SQLite".padStart(12)}${"etcd".padStart(12)}   times as good`);
for (const [i, mine] of sqlite.entries()) {
  const theirs = etcd[i]!;
  const ratio = mine.unit === "ms" ? theirs.value / mine.value : mine.value / theirs.value;
  console.log(`${mine.name.padEnd(22)}${shown(mine).padStart(12)}${shown(theirs).padStart(12)}   ${ratio.toFixed(1)}`);
}
