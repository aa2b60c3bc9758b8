import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { seededRandom, systemRandom } from "#base/random.ts";
import { testServer } from "#server/api-server.fake.ts";
import { createMemoryStore } from "#store/memory.ts";
import type { Store } from "#store/store.ts";
import { storeContract } from "#store/store.contract.ts";
import { createEncryption, encryptionProblems, type EncryptionConfiguration } from "./configuration.ts";
import { EncryptedStore, rewriteStale } from "./encrypted-store.ts";
import { providers } from "./providers.ts";
import { Unsealable } from "./sealer.ts";

const key = (name: string, size = 32): { name: string; secret: string } => ({
  name,
  secret: randomBytes(size).toString("base64"),
});
const configOf = (...given: readonly object[]): EncryptionConfiguration => ({
  kind: "EncryptionConfiguration",
  apiVersion: "apiserver.config.k8s.io/v1",
  resources: [{ resources: ["secrets"], providers: given as never }],
});
const place = "/registry/core/secrets/n/s";
const plain = Buffer.from('{"metadata":{}}');
const sealed = async (store: Store, config: EncryptionConfiguration): Promise<EncryptedStore> =>
  new EncryptedStore(store, await createEncryption(config, systemRandom));
const rawOf = async (store: Store): Promise<string> =>
  Buffer.from((await store.get(place)).entry!.value).toString("latin1");

test("every provider opens what it sealed, at its place, and nothing else", async () => {
  for (const { name, keySizes, create } of providers)
    for (const size of keySizes) {
      const cipher = await create(randomBytes(size), seededRandom(1));
      const box = cipher.seal(plain, place);
      assert.ok(!Buffer.from(box).includes("metadata"), name);
      assert.deepEqual(Buffer.from(cipher.open(box, place)), plain, name);
      assert.notDeepEqual(cipher.seal(plain, place), box, name);
      const broken = Uint8Array.from(box);
      broken[broken.length - 1]! ^= 1;
      const other = await create(randomBytes(size), seededRandom(1));
      // Without a tag a changed value may open, though never as what it was.
      const opened = (by: typeof cipher, bytes: Uint8Array): string => {
        try {
          return Buffer.from(by.open(bytes, place)).toString();
        } catch {
          return "refused";
        }
      };
      for (const wrong of [opened(cipher, broken), opened(other, box)])
        if (name === "aescbc") assert.notEqual(wrong, plain.toString());
        else assert.equal(wrong, "refused", name);
      if (name === "aesgcm") assert.throws(() => cipher.open(box, `${place}2`));
    }
});

test("secretbox is that of NaCl", async () => {
  // The first example of "Cryptography in NaCl".
  const secret = Buffer.from("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389", "hex");
  const nonce = Buffer.from("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37", "hex");
  const message = Buffer.from("be075fc53c81f2d5cf141316ebeb0c7b", "hex");
  const random = { ...seededRandom(1), bytes: () => nonce };
  const cipher = await providers.find(({ name }) => name === "secretbox")!.create(secret, random);
  const box = Buffer.from(cipher.seal(message, ""));
  assert.deepEqual(Buffer.from(cipher.open(box, "")), message);
  assert.equal(box.subarray(24 + 16).toString("hex"), "8e993b9f48681273c29650ba32fc76ce");
});

test("keys change: the first seals, all open, and what is stale is written anew", async () => {
  const memory = createMemoryStore();
  const [one, two] = [key("one"), key("two")];
  await memory.put(place, plain, 0);
  const first = await sealed(memory, configOf({ aesgcm: { keys: [one] } }, { identity: {} }));
  assert.deepEqual(Buffer.from((await first.get(place)).entry!.value), plain);
  assert.deepEqual([...first.stale()], [place]);
  assert.equal(await rewriteStale(first, new AbortController().signal), 1);
  assert.match(await rawOf(memory), /^k8s:enc:aesgcm:v1:one:/);
  assert.deepEqual([...first.stale()], []);
  const second = await sealed(memory, configOf({ secretbox: { keys: [two] } }, { aesgcm: { keys: [one] } }));
  assert.deepEqual(Buffer.from((await second.list("/registry/")).entries[0]!.value), plain);
  assert.equal(await rewriteStale(second, new AbortController().signal), 1);
  assert.match(await rawOf(memory), /^k8s:enc:secretbox:v1:two:/);
  const third = await sealed(memory, configOf({ aesgcm: { keys: [one] } }, { identity: {} }));
  await assert.rejects(third.get(place), Unsealable);
  const last = await sealed(memory, configOf({ identity: {} }, { secretbox: { keys: [two] } }));
  await last.get(place);
  await rewriteStale(last, new AbortController().signal);
  assert.equal(await rawOf(memory), plain.toString());
});

test("only the resources that are named are sealed", async () => {
  const config = {
    ...configOf(),
    resources: [
      { resources: ["configmaps"], providers: [{ identity: {} }] },
      { resources: ["secrets", "*.apps"], providers: [{ aescbc: { keys: [key("k")] } }] },
      { resources: ["*."], providers: [{ aesgcm: { keys: [key("k")] } }] },
    ],
  };
  const encryption = await createEncryption(config, systemRandom);
  const methods: readonly (readonly [string, string])[] = [
    ["core/secrets/n/x", "k8s:enc:aescbc:"],
    ["core/configmaps/n/x", "{"],
    ["core/pods/n/x", "k8s:enc:aesgcm:"],
    ["apps/deployments/n/x", "k8s:enc:aescbc:"],
    ["batch/jobs/n/x", "{"],
  ];
  for (const [name, start] of methods) {
    const at = `/registry/${name}`;
    const value = encryption.sealerFor(at)?.seal(plain, at) ?? plain;
    assert.ok(Buffer.from(value).toString("latin1").startsWith(start), name);
  }
});

test("configurations that make no sense", () => {
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [configOf({ aesgcm: { keys: [key("a", 16)] } }, { identity: {} }), []],
    [{}, ["it must be an EncryptionConfiguration of apiserver.config.k8s.io/v1"]],
    [{ ...configOf(), resources: [] }, ["resources: at least one entry is needed"]],
    [configOf(), ["resources[0].providers: at least one is needed"]],
    [
      configOf({ kms: {} }),
      ["resources[0].providers[0].kms: is not supported; supported are identity, aesgcm, aescbc and secretbox"],
    ],
    [
      configOf({ secretbox: { keys: [key("a:b", 16)] } }),
      [
        "resources[0].providers[0].secretbox.keys[0].name: is needed, without a colon",
        "resources[0].providers[0].secretbox.keys[0].secret: must be base64 of 32 bytes, and is of 16",
      ],
    ],
  ];
  for (const [config, expected] of cases) assert.deepEqual(encryptionProblems(config), expected);
});

test("a server on sealed values", async () => {
  const memory = createMemoryStore();
  const config = configOf({ aesgcm: { keys: [key("k")] } });
  const secrets = "/api/v1/namespaces/n/secrets";
  {
    await using server = await testServer({ store: await sealed(memory, config) });
    await server.create(secrets, { metadata: { name: "s" }, stringData: { a: "hidden" } });
    using watch = await server.watch(`${secrets}?watch=1`);
    await server.merge(`${secrets}/s`, { metadata: { labels: { a: "b" } } });
    assert.deepEqual(await watch.names(2), ["ADDED s", "MODIFIED s"]);
  }
  assert.match(await rawOf(memory), /^k8s:enc:aesgcm:v1:k:/);
  const rotated = configOf({ aesgcm: { keys: [key("new")] } }, config.resources![0]!.providers![0]!);
  await using again = await testServer({ store: await sealed(memory, rotated) });
  const secret = await again.get(`${secrets}/s`);
  assert.equal(Buffer.from(secret.data.a, "base64").toString(), "hidden");
  // kubectl get secrets -o json | kubectl replace -f -
  const replaced = await again.put(`${secrets}/s`, secret);
  assert.notEqual(replaced.metadata.resourceVersion, secret.metadata.resourceVersion);
  assert.match(await rawOf(memory), /^k8s:enc:aesgcm:v1:new:/);
  assert.equal((await again.put(`${secrets}/s`, replaced)).metadata.resourceVersion, replaced.metadata.resourceVersion);
});

storeContract("encrypted store", async () => {
  const sealer = (await createEncryption(configOf({ aesgcm: { keys: [key("k")] } }), systemRandom)).sealerFor(place);
  return new EncryptedStore(createMemoryStore(), { sealerFor: () => sealer });
});
