// kill -9 under write load, again and again on one file: what was acknowledged is there, and nothing was invented.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom, systemRandom } from "#base/random.ts";
import type { Saying } from "#store/sqlite/crash-writers.fake.ts";
import { openSqliteStore } from "./sqlite.ts";
import { changesUpTo } from "./store-steps.fake.ts";
import type { Change, Revision, Store } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "timonier-crash-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "store.db");
const program = fileURLToPath(new URL("./sqlite/crash-writers.fake.ts", import.meta.url));
const rounds = 6;
const writers = 16;

/** Runs the writers until `lines` lines were heard, kills them, and returns what they said. */
async function runAndKill(compactBefore: Revision, lines: number): Promise<Saying[]> {
  const child = spawn(process.execPath, [program, path, String(writers), String(compactBefore)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const sayings: Saying[] = [];
  for await (const line of createInterface(child.stdout)) {
    // The last line may have been cut by the kill: then it was not said.
    if (line.endsWith("}")) sayings.push(JSON.parse(line) as Saying);
    if (sayings.length === lines) child.kill("SIGKILL");
  }
  const [, signal] = (await exited) as [number, string];
  assert.equal(signal, "SIGKILL", "the writers ended on their own");
  return sayings;
}

const shape = (c: { key: string; value?: string | undefined }): string => `${c.key} ${c.value ?? "deleted"}`;
const textOf = (value: Uint8Array | undefined): string | undefined => value && Buffer.from(value).toString();

function check(sayings: readonly Saying[], changes: readonly Change[], start: Revision): void {
  assert.deepEqual(
    changes.map((c) => c.revision),
    changes.map((_, i) => start + 1 + i),
    "revisions follow one another without gap or repetition",
  );
  const stored = new Map(changes.map((c) => [c.revision, shape({ key: c.key, value: textOf(c.value) })]));
  const acknowledged = sayings.filter((s) => s.revision !== undefined);
  for (const saying of acknowledged) assert.equal(stored.get(saying.revision!), shape(saying), "an acknowledged write");

  const done = new Set(acknowledged.map((s) => s.id));
  const known = new Set(acknowledged.map((s) => s.revision));
  const inFlight = sayings.filter((s) => s.revision === undefined && !done.has(s.id)).map(shape);
  for (const [revision, change] of stored) {
    if (known.has(revision)) continue;
    const index = inFlight.indexOf(change);
    assert.notEqual(index, -1, `revision ${revision} was not asked for: ${change.slice(0, 60)}`);
    inFlight.splice(index, 1);
  }
}

/** The state must be what the changes add up to. */
async function checkState(store: Store, state: Map<string, string>, changes: readonly Change[]): Promise<void> {
  for (const { key, value } of changes)
    if (value) state.set(key, textOf(value)!);
    else state.delete(key);
  const { entries } = await store.list("");
  assert.deepEqual(new Map(entries.map((entry) => [entry.key, textOf(entry.value)])), state);
}

test("no acknowledged write is lost and none is invented", { timeout: 120_000 }, async (t) => {
  const seed = Buffer.from(systemRandom.bytes(4)).readUInt32LE();
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  const state = new Map<string, string>();
  let start: Revision = 1;
  for (let round = 0; round < rounds; round++) {
    const sayings = await runAndKill(round % 2 === 0 ? 1 : start, 1 + Math.floor(random.next() ** 2 * 6_000));
    await using store = await openSqliteStore({ path, clock: systemClock, log: silentLog });
    const until = await store.revision();
    const changes = await changesUpTo(store, { prefix: "", after: start, until });
    check(sayings, changes, start);
    await checkState(store, state, changes);
    start = until;
  }
  assert.ok(start > rounds, "hardly anything was written");
});
