import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { silentLog } from "#base/log.ts";
import { settle, testServer, type Json } from "#server/api-server.fake.ts";
import { legacyTokens } from "#server/auth/tokens/legacy-token.ts";
import { TokenSigner } from "#server/auth/tokens/token-signer.ts";
import { keepTokenSecrets } from "./token-secrets.ts";
import { noteTokenUse } from "./token-use.ts";

const accounts = "/api/v1/namespaces/n/serviceaccounts";
const secrets = "/api/v1/namespaces/n/secrets";

test("a Secret that asks for a token gets it, and goes with its account", async () => {
  const signer = new TokenSigner(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
  await using server = await testServer({
    companions: ({ registry }) => [
      (signal) => keepTokenSecrets({ registry, signer, rootCertificates: "CA", log: silentLog }, signal),
    ],
  });
  const { uid } = (await server.create(accounts, { metadata: { name: "sa" } })).metadata;
  const secret = (name: string, account: string): Json => ({
    metadata: { name, annotations: { "kubernetes.io/service-account.name": account } },
    type: "kubernetes.io/service-account-token",
  });
  await server.create(secrets, secret("mine", "sa"));
  await server.create(secrets, secret("lost", "none"));
  for (let i = 0; i < 4; i++) await settle();
  const filled = await server.get(`${secrets}/mine`);
  const data = Object.fromEntries(
    Object.entries(filled.data as Record<string, string>).map(([k, v]) => [k, Buffer.from(v, "base64").toString()]),
  );
  assert.deepEqual([data["ca.crt"], data["namespace"]], ["CA", "n"]);
  assert.equal(filled.metadata.annotations["kubernetes.io/service-account.uid"], uid);
  const verified = await legacyTokens({ signer, objects: server.server.registry }).verify(
    data["token"]!,
    ["api"],
    new AbortController().signal,
  );
  assert.ok(verified && "user" in verified);
  assert.equal(verified.user.name, "system:serviceaccount:n:sa");
  assert.equal((await server.ask("GET", `${secrets}/lost`)).code, 404);
  await server.merge(`${secrets}/mine`, { data: { token: "" } });
  for (let i = 0; i < 4; i++) await settle();
  assert.equal((await server.get(`${secrets}/mine`)).data.token, filled.data.token);
  await server.delete(`${accounts}/sa`);
  for (let i = 0; i < 4; i++) await settle();
  assert.equal((await server.ask("GET", `${secrets}/mine`)).code, 404);
});

test("the use of a token is noted once a day, and one that is marked as invalid does not hold", async () => {
  const signer = new TokenSigner(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
  await using server = await testServer({
    companions: ({ registry }) => [
      (signal) => keepTokenSecrets({ registry, signer, rootCertificates: "CA", log: silentLog }, signal),
    ],
  });
  await server.create(accounts, { metadata: { name: "sa" } });
  await server.create(secrets, {
    metadata: { name: "mine", annotations: { "kubernetes.io/service-account.name": "sa" } },
    type: "kubernetes.io/service-account-token",
  });
  const rest = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) await settle();
  };
  await rest();
  const { registry } = server.server;
  const { clock } = server;
  const onUse = noteTokenUse(registry, { clock, log: silentLog });
  const tokens = legacyTokens({ signer, objects: registry, onUse });
  const stored = async (): Promise<Json> => server.get(`${secrets}/mine`);
  const token = Buffer.from((await stored()).data.token, "base64").toString();
  const verify = async () => tokens.verify(token, ["api"], new AbortController().signal);
  assert.ok("user" in (await verify())!);
  await rest();
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const { metadata } = await stored();
  assert.deepEqual(metadata.labels, { "kubernetes.io/legacy-token-last-used": today });
  await verify();
  await rest();
  assert.equal((await stored()).metadata.resourceVersion, metadata.resourceVersion);
  const marked = await server.merge(`${secrets}/mine`, {
    metadata: { labels: { "kubernetes.io/legacy-token-invalid-since": today } },
  });
  await rest();
  const verdict = await verify();
  assert.match(
    verdict && "refused" in verdict ? verdict.refused : "",
    /^the token in secret n\/mine .* marked invalid/,
  );
  // It is not made anew for that.
  assert.equal((await stored()).metadata.resourceVersion, marked.metadata.resourceVersion);
  await server.merge(`/api/v1/namespaces/n/serviceaccounts/sa`, { secrets: [{ name: "mine" }] });
  await server.merge(`${secrets}/mine`, { metadata: { labels: { "kubernetes.io/legacy-token-invalid-since": null } } });
  await rest();
  const automatic = await verify();
  assert.equal(automatic && "user" in automatic && automatic.warnings?.length, 1);
});
