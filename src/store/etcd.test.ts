// Against a real etcd. It is part of the normal tests: only TIMONIER_TEST_ETCD=0 leaves it out, for machines that
// cannot have one.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { StoreUnavailable } from "./errors.ts";
import { startEtcd, type EtcdProcess } from "#store/etcd/process.fake.ts";
import { createEtcdClient } from "#store/etcd/client.ts";
import { EtcdHistory } from "#store/etcd/history.ts";
import { etcdKeys } from "#store/etcd/keys.ts";
import { openEtcdStore } from "./etcd.ts";
import { storeContract } from "./store.contract.ts";
import { bytes, change, changesUpTo, must, readUpTo, text } from "./store-steps.fake.ts";
import { Compacted, type Store } from "./store.ts";

const skip = process.env["TIMONIER_TEST_ETCD"] === "0" && "TIMONIER_TEST_ETCD=0";

describe("etcd", { skip, timeout: 120_000 }, () => {
  let etcd: EtcdProcess;
  let stores = 0;
  before(async () => void (etcd = await startEtcd()));
  after(async () => etcd[Symbol.asyncDispose]());
  const open = (prefix = `/test/${stores++}`, endpoints = [etcd.endpoint]): Promise<Store> =>
    openEtcdStore({ endpoints, prefix, clock: systemClock, log: silentLog });

  storeContract("etcd store", () => open(), { runs: 8 });

  test("stores of one prefix share everything, stores of different prefixes nothing", async () => {
    await using a = await open("/shared");
    await using b = await open("/shared");
    await using other = await open("/shared2");
    const after = await b.revision();
    const revision = await must(a.put("k", bytes("1"), 0));
    assert.deepEqual(text((await b.get("k")).entry), ["k", "1", revision]);
    assert.deepEqual((await changesUpTo(b, { prefix: "", after, until: revision })).map(change), [
      [revision, "k", "1", undefined],
    ]);
    assert.deepEqual((await other.list("")).entries, []);
    assert.deepEqual(await a.put("k", bytes("2"), 0), { ok: false, current: (await a.get("k")).entry });
  });

  test("watches reach revisions that others made", async () => {
    await using mine = await open();
    await using other = await open();
    const after = await mine.revision();
    const stop = new AbortController();
    const watch = mine.watch("", after, stop.signal);
    await must(other.put("k", bytes("1"), 0));
    const until = await mine.revision();
    const reached = readUpTo(watch, { after, until });
    // Being asked for is what makes the store see to it that its watches get there.
    assert.ok((await mine.revision()) >= until);
    assert.deepEqual(await reached, []);
    stop.abort();
  });

  test("a watch from the very revision of a compaction does not leave out the deletion there", async () => {
    await using store = await open("/edge");
    const put = await must(store.put("a", bytes("1"), 0));
    const deleted = await must(store.delete("a", put));
    await must(store.put("b", bytes("2"), 0));
    const client = await createEtcdClient({ endpoints: [etcd.endpoint], clock: systemClock });
    await client.call("KV/Compact", { revision: deleted, physical: true });
    const events = new EtcdHistory(client, etcdKeys("/edge")).events(put, new AbortController().signal);
    await assert.rejects(events.next(), Compacted);
    client.close();
  });

  test("reads and watches outlive a crash of etcd", async () => {
    await using store = await open();
    const after = await store.revision();
    const stop = new AbortController();
    const watch = store.watch("", after, stop.signal)[Symbol.asyncIterator]();
    const first = watch.next();
    const r1 = await must(store.put("a", bytes("1"), 0));
    await first;
    await etcd.kill();
    await assert.rejects(store.put("a", bytes("2"), r1), StoreUnavailable);
    await assert.rejects(store.get("a"), StoreUnavailable);
    await etcd.restart();
    let r2: number | undefined;
    while (r2 === undefined)
      r2 = await must(store.put("b", bytes("2"), 0)).catch((error: unknown) => {
        assert.ok(error instanceof StoreUnavailable);
        return undefined;
      });
    const rest = { [Symbol.asyncIterator]: () => watch };
    assert.deepEqual((await readUpTo(rest, { after: r1, until: r2 })).map(change), [[r2, "b", "2", undefined]]);
    stop.abort();
  });

  test("an endpoint that is gone is passed over", async () => {
    await using store = await open(undefined, ["http://127.0.0.1:1", etcd.endpoint]);
    const after = await store.revision();
    const revision = await must(store.put("a", bytes("1"), 0));
    assert.equal((await changesUpTo(store, { prefix: "", after, until: revision })).length, 1);
  });

  test("without any endpoint there is an error that names them", async () => {
    await assert.rejects(
      open(undefined, ["http://127.0.0.1:1", "http://127.0.0.1:2"]),
      (error) => error instanceof StoreUnavailable && error.message.includes("http://127.0.0.1:1, http://127.0.0.1:2"),
    );
  });
});
