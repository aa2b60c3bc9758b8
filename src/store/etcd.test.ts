// Against a real etcd. It is part of the normal tests: only TIMONIER_TEST_ETCD=0 leaves it out, for machines that
// cannot have one.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";
import { StoreUnavailable } from "./errors.ts";
import { startEtcd, type EtcdIdentity, type EtcdProcess } from "#store/etcd/process.fake.ts";
import { createEtcdClient, type EtcdTls } from "#store/etcd/client.ts";
import { EtcdHistory } from "#store/etcd/history.ts";
import { etcdKeys } from "#store/etcd/keys.ts";
import { openEtcdStore } from "./etcd.ts";
import { storeContract } from "./store.contract.ts";
import { bytes, change, changesUpTo, must, readUpTo, text } from "./store-steps.fake.ts";
import { Compacted, type Store } from "./store.ts";

/** A certificate that is its own authority, for one address. */
async function selfSigned(address = "127.0.0.1"): Promise<EtcdIdentity> {
  const key = await createKey();
  const now = systemClock.now();
  const request = {
    commonName: "etcd",
    notBefore: now - 60_000,
    notAfter: now + 3_600_000,
    addresses: [address],
    usages: ["serverAuth", "clientAuth"] as const,
  };
  return { certificate: await issue(request, key, undefined, systemRandom), key: keyPem(key) };
}

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
    await using store = await open("/survivor");
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
    await using other = await open("/survivor");
    const r2 = await must(other.put("b", bytes("2"), 0));
    const rest = { [Symbol.asyncIterator]: () => watch };
    assert.deepEqual((await readUpTo(rest, { after: r1, until: r2 })).map(change), [[r2, "b", "2", undefined]]);
    await must(store.put("a", bytes("3"), r1));
    stop.abort();
  });

  test("an endpoint that is gone is passed over", async () => {
    await using store = await open(undefined, ["http://127.0.0.1:1", etcd.endpoint]);
    const after = await store.revision();
    const revision = await must(store.put("a", bytes("1"), 0));
    assert.equal((await changesUpTo(store, { prefix: "", after, until: revision })).length, 1);
  });

  test("an address can be reached over TLS, and only with the right certificates", async () => {
    const identity = await selfSigned();
    await using secure = await startEtcd(identity);
    const endpoints = [secure.endpoint];
    const [certificate, key] = [Buffer.from(identity.certificate), Buffer.from(identity.key)];
    const openWith = (tls: EtcdTls): Promise<Store> =>
      openEtcdStore({ endpoints, tls, clock: systemClock, log: silentLog });
    await using store = await openWith({ ca: certificate, certificate, key });
    await must(store.put("a", bytes("1"), 0));
    await assert.rejects(openWith({ ca: certificate }), StoreUnavailable);
    await assert.rejects(openWith({ certificate, key }), StoreUnavailable);
    const other = Buffer.from((await selfSigned("10.9.8.7")).certificate);
    await assert.rejects(openWith({ ca: other, certificate, key }), StoreUnavailable);
  });

  test("a server certificate for another address is refused", async () => {
    const identity = await selfSigned("10.9.8.7");
    await using secure = await startEtcd(identity);
    const [certificate, key] = [Buffer.from(identity.certificate), Buffer.from(identity.key)];
    const tls = { ca: certificate, certificate, key };
    await assert.rejects(
      openEtcdStore({ endpoints: [secure.endpoint], tls, clock: systemClock, log: silentLog }),
      (error: Error) => error instanceof StoreUnavailable && error.message.includes("10.9.8.7"),
    );
  });

  test("without any endpoint there is an error that names them", async () => {
    await assert.rejects(
      open(undefined, ["http://127.0.0.1:1", "http://127.0.0.1:2"]),
      (error) => error instanceof StoreUnavailable && error.message.includes("http://127.0.0.1:1, http://127.0.0.1:2"),
    );
  });
});
