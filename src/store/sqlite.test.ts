import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { VirtualClock } from "#base/clock.fake.ts";
import { systemClock, type Clock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { StoreClosed, StoreDamaged, StoreLocked } from "./errors.ts";
import { openSqliteStore } from "./sqlite.ts";
import { storeContract } from "./store.contract.ts";
import { bytes, must, text } from "./store-steps.fake.ts";
import { Compacted, type Store } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "timonier-sqlite-"));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = (): string => join(folder, `store-${files++}.db`);
const open = (path: string): Promise<Store> => openSqliteStore({ path, clock: systemClock, log: silentLog });
const hasty: Clock = { ...systemClock, sleep: async () => undefined };
/** A store that takes no pauses, and the moment when it has finished its next compaction. */
async function openHasty(path: string): Promise<{ store: Store; compacted: Promise<void> }> {
  const compacted = Promise.withResolvers<void>();
  const debug = (message: string): void => (message === "store compacted" ? compacted.resolve() : undefined);
  const store = await openSqliteStore({ path, clock: hasty, log: { ...silentLog, debug } });
  return { store, compacted: compacted.promise };
}

storeContract("SQLite store", () => open(newPath()), { runs: 25 });

test("everything is there after reopening, compaction included", async () => {
  const path = newPath();
  const store = await open(path);
  const r1 = await must(store.put("a", bytes("1"), 0));
  const r2 = await must(store.put("a", bytes("2"), r1));
  const r3 = await must(store.put("b", bytes(""), 0));
  await store.compact(r2);
  const r4 = await must(store.delete("b", r3));
  await store[Symbol.asyncDispose]();
  await using again = await open(path);
  assert.equal(await again.revision(), r4);
  assert.deepEqual((await again.list("", { at: r3 })).entries.map(text), [["a", "2", r2], ["b", "", r3]]); // prettier-ignore
  await assert.rejects(again.get("a", r1), Compacted);
  assert.equal(await must(again.put("c", bytes("3"), 0)), r4 + 1);
});

test("opening writes nothing, so that it works when the disk is full", async () => {
  const path = newPath();
  const store = await open(path);
  await must(store.put("a", bytes("1"), 0));
  await store[Symbol.asyncDispose]();
  const before = readFileSync(path);
  const again = await open(path);
  await again.list("");
  await again[Symbol.asyncDispose]();
  assert.deepEqual(readFileSync(path), before);
});

test("a revision is never given twice, even when all that had it is compacted away", async () => {
  const path = newPath();
  const store = await open(path);
  const deleted = await must(store.delete("a", await must(store.put("a", bytes("1"), 0))));
  await store.compact(deleted);
  await store[Symbol.asyncDispose]();
  await using again = await open(path);
  assert.equal(await again.revision(), deleted);
  assert.ok((await must(again.put("a", bytes("2"), 0))) > deleted);
});

test("compaction shrinks the file", async () => {
  const path = newPath();
  const { store, compacted } = await openHasty(path);
  let revision = 0;
  for (let i = 0; i < 600; i++) revision = await must(store.put("a", new Uint8Array(20_000), revision));
  const used = await store.sizeBytes();
  assert.ok(used > 600 * 20_000);
  await store.compact(revision);
  await compacted;
  assert.ok((await store.sizeBytes()) < used / 4);
  await store[Symbol.asyncDispose]();
  assert.ok(statSync(path).size < used / 4);
  await using again = await open(path);
  assert.equal((await again.get("a")).entry?.revision, revision);
});

test("compaction that was interrupted goes on at the next start", async () => {
  const path = newPath();
  const rows = (): number => {
    const db = new DatabaseSync(path, { readOnly: true });
    const { n } = db.prepare("SELECT count(*) AS n FROM log").get() as { n: number };
    db.close();
    return n;
  };
  // On virtual time the pause after the first piece never ends.
  const store = await openSqliteStore({ path, clock: new VirtualClock(), log: silentLog });
  let revision = 0;
  for (let i = 0; i < 100; i++) await must(store.delete("b", await must(store.put("b", bytes(String(i)), 0))));
  for (let i = 0; i < 400; i++) revision = await must(store.put("a", bytes(String(i)), revision));
  await store.compact(revision);
  await store[Symbol.asyncDispose]();
  const left = rows();
  assert.ok(left > 2 && left < 600);
  const again = await openHasty(path);
  await again.compacted;
  await again.store[Symbol.asyncDispose]();
  assert.ok(rows() <= 2);
});

test("a file that is in use is refused at once, with its path, in this process and in another", async () => {
  const path = newPath();
  await using first = await open(path);
  await must(first.put("a", bytes("1"), 0));
  await assert.rejects(open(path), (error) => error instanceof StoreLocked && error.path === path);
  const program = `
    import { openSqliteStore } from "#store/sqlite.ts";
    import { systemClock } from "#base/clock.ts";
    import { silentLog } from "#base/log.ts";
    await openSqliteStore({ path: ${JSON.stringify(path)}, clock: systemClock, log: silentLog })
      .then(() => console.log("opened"), (error) => console.log(error.constructor.name, error.message));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  assert.match(stdout, /^StoreLocked the database .* is in use/);
  assert.ok(stdout.includes(path));
  await must(first.put("b", bytes("still mine"), 0));
});

test("a file that is no database is refused with the reason", async () => {
  const noDatabase = newPath();
  writeFileSync(noDatabase, "this is a letter to a friend, and nothing else. ".repeat(200));
  const foreign = newPath();
  const db = new DatabaseSync(foreign);
  db.exec("CREATE TABLE t (a)");
  db.close();
  const torn = newPath();
  const store = await open(torn);
  for (let i = 0; i < 50; i++) await must(store.put(`k${i}`, new Uint8Array(5_000), 0));
  await store[Symbol.asyncDispose]();
  truncateSync(torn, 50_000);
  for (const path of [noDatabase, foreign, torn])
    await assert.rejects(open(path), (error) => error instanceof StoreDamaged && error.message.includes(path));
  const untouched = new DatabaseSync(foreign, { readOnly: true });
  assert.deepEqual({ ...untouched.prepare("PRAGMA journal_mode").get() }, { journal_mode: "delete" });
  untouched.close();
});

test("a file of a newer version is refused", async () => {
  const path = newPath();
  await (await open(path))[Symbol.asyncDispose]();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  await assert.rejects(open(path), (error) => error instanceof StoreDamaged && error.message.includes("newer version"));
});

test("a file that cannot be made is an error that names it", async () => {
  const path = join(newPath(), "x.db");
  writeFileSync(join(path, ".."), "");
  await assert.rejects(open(path), (error: Error) => error.message.includes(path));
});

test("the file is its owner's alone", async () => {
  const path = newPath();
  await using store = await open(path);
  await must(store.put("a", bytes("1"), 0));
  for (const file of [path, `${path}-wal`]) assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("the thread can be an output of a bundler", async () => {
  const threadPath = join(folder, "store-thread.mjs");
  const entryPoints = [fileURLToPath(new URL("./sqlite-thread.ts", import.meta.url))];
  await build({ entryPoints, outfile: threadPath, bundle: true, platform: "node", format: "esm", logLevel: "silent" });
  const threadUrl = pathToFileURL(threadPath);
  await using store = await openSqliteStore({ path: newPath(), threadUrl, clock: systemClock, log: silentLog });
  const revision = await must(store.put("a", bytes("1"), 0));
  assert.deepEqual(text((await store.get("a")).entry), ["a", "1", revision]);
});

test("a thread that cannot start is an error, and so is one that dies", async () => {
  const broken = new URL("data:text/javascript,throw new Error('broken')");
  await assert.rejects(
    openSqliteStore({ path: newPath(), threadUrl: broken, clock: systemClock, log: silentLog }),
    (error: Error) => error instanceof StoreClosed && (error.cause as Error).message === "broken",
  );
  const mortal = new URL(`data:text/javascript,
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage({ ok: true, result: { revision: 1, unclean: false } });
    parentPort.on("message", () => { throw new Error("died") });`);
  await using store = await openSqliteStore({ path: newPath(), threadUrl: mortal, clock: systemClock, log: silentLog });
  const watch = store.watch("", 1, new AbortController().signal)[Symbol.asyncIterator]().next();
  const failed = (error: Error): boolean => (error.cause as Error).message === "died";
  await Promise.all([
    assert.rejects(store.put("a", bytes("1"), 0), failed),
    assert.rejects(store.get("a"), failed),
    assert.rejects(watch, failed),
  ]);
  await assert.rejects(store.revision(), failed);
});
