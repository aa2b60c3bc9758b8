import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { exportJWK, SignJWT } from "jose";
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { settle } from "#server/api-server.fake.ts";
import { objectsOf } from "#server/auth/stored-objects.fake.ts";
import type { UserInfo } from "#server/pipeline.ts";
import { bootstrapTokens } from "./bootstrap-token.ts";
import { legacyTokens, signLegacyToken, tokenSecretType } from "./legacy-token.ts";
import { oidcTokens, userOfClaims, type OidcOptions } from "./oidc.ts";
import { TokenAuthenticators, type TokenAuthenticator } from "./token-authenticator.ts";
import { cachedTokens } from "./token-cache.ts";
import { TokenSigner } from "./token-signer.ts";
import { webhookTokens } from "./webhook-token.ts";

const audiences = ["api"];
const never = new AbortController().signal;
const userOf = async (of: TokenAuthenticator, token: string): Promise<UserInfo | undefined> => {
  const verdict = await of.verify(token, audiences, never);
  return verdict && "user" in verdict ? verdict.user : undefined;
};
const encoded = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, Buffer.from(v).toString("base64")]));

test("bootstrap tokens", async () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const good = {
    "token-id": "abcdef",
    "token-secret": "0123456789abcdef",
    "usage-bootstrap-authentication": "true",
  };
  const usual = "system:bootstrap:abcdef system:bootstrappers";
  const cases: readonly (readonly [Record<string, string>, string, object?, string?])[] = [
    [{}, usual],
    [
      { "auth-extra-groups": "system:bootstrappers:x, system:bootstrappers:a" },
      `${usual} system:bootstrappers:a system:bootstrappers:x`,
    ],
    [{ "auth-extra-groups": "system:masters" }, ""],
    [{ expiration: "2026-01-01T00:00:01Z" }, usual],
    [{ expiration: "2026-01-01T00:00:00Z" }, ""],
    [{ expiration: "soon" }, ""],
    [{ "usage-bootstrap-authentication": "false" }, ""],
    [{ "token-secret": "0123456789abcdeg" }, ""],
    [{ "token-id": "abcdeg" }, ""],
    [{}, "", { type: "Opaque" }],
    [{}, "", { metadata: { namespace: "default", name: "bootstrap-token-abcdef" } }],
    [{}, "", {}, "abcdef.0123456789ABCDEF"],
    [{}, "", {}, "abcdef0123456789abcdef"],
  ];
  for (const [data, expected, more = {}, token = "abcdef.0123456789abcdef"] of cases) {
    const objects = objectsOf();
    objects.set(Secret, {
      metadata: { namespace: "kube-system", name: "bootstrap-token-abcdef" },
      type: "bootstrap.kubernetes.io/token",
      data: encoded({ ...good, ...data }),
      ...more,
    });
    const user = await userOf(bootstrapTokens({ objects, clock }), token);
    assert.equal(user ? [user.name, ...user.groups].join(" ") : "", expected, JSON.stringify([data, more]));
  }
});

test("a token in a Secret holds as long as Secret and account are there", async () => {
  const objects = objectsOf();
  const signer = new TokenSigner(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
  const account = { metadata: { namespace: "n", name: "sa", uid: "u1" } } as ServiceAccount;
  const token = signLegacyToken(signer, "s", account);
  const tokens = legacyTokens({ signer, objects });
  const secret = (text: string): object => ({
    metadata: { namespace: "n", name: "s" },
    type: tokenSecretType,
    data: encoded({ token: text }),
  });
  objects.set(Secret, secret(token));
  assert.equal(await userOf(tokens, token), undefined);
  objects.set(ServiceAccount, account);
  assert.deepEqual(await userOf(tokens, token), {
    name: "system:serviceaccount:n:sa",
    uid: "u1",
    groups: ["system:serviceaccounts", "system:serviceaccounts:n"],
  });
  objects.set(Secret, secret("another"));
  assert.equal(await userOf(tokens, token), undefined);
  objects.set(Secret, secret(token));
  objects.set(ServiceAccount, { metadata: { ...account.metadata, uid: "u2" } });
  assert.equal(await userOf(tokens, token), undefined);
});

test("an authenticator is asked once for a while, and its failures are passed over", async () => {
  const clock = new VirtualClock();
  let asked = 0;
  const counting: TokenAuthenticator = {
    name: "counting",
    verify: (token) => {
      asked++;
      return token === "good" ? { user: { name: "u", groups: [] }, audiences } : undefined;
    },
  };
  const cached = cachedTokens(counting, { clock, goodMs: 1000, badMs: 0 });
  await Promise.all([cached.verify("good", audiences, never), cached.verify("good", audiences, never)]);
  await cached.verify("good", audiences, never);
  assert.equal(asked, 1);
  await cached.verify("good", ["other"], never);
  assert.equal(asked, 2);
  clock.moveTo(clock.now() + 1000);
  await cached.verify("good", audiences, never);
  await cached.verify("bad", audiences, never);
  await cached.verify("bad", audiences, never);
  assert.equal(asked, 5);
  const broken: TokenAuthenticator = { name: "broken", verify: () => Promise.reject(new Error("down")) };
  const all = new TokenAuthenticators({ authenticators: [broken, counting], audiences, log: silentLog });
  assert.deepEqual((await all.verify("good", never))?.user.groups, ["system:authenticated"]);
});

test("a webhook says whose a token is, when it is there again", async () => {
  const clock = new VirtualClock();
  const bodies: unknown[] = [];
  let failures = 2;
  const tokens = webhookTokens({
    target: { url: "https://who.example" },
    clock,
    ask: ({ url, body }) => {
      if (failures-- > 0) return Promise.reject(new Error(`${url} is down`));
      bodies.push(body);
      const { token } = (body as { spec: { token: string } }).spec;
      const user = { username: "u", groups: ["g"], extra: { a: ["b"] } };
      return Promise.resolve({
        status:
          token === "bad"
            ? { authenticated: false }
            : { authenticated: true, user, ...(token === "other" ? { audiences: ["x"] } : {}) },
      });
    },
  });
  const asked = userOf(tokens, "good");
  for (let i = 0; i < 6; i++) {
    await settle();
    clock.runNext(Infinity);
  }
  assert.deepEqual(await asked, { name: "u", groups: ["g"], extra: { a: ["b"] } });
  assert.deepEqual(bodies, [
    { kind: "TokenReview", apiVersion: "authentication.k8s.io/v1", spec: { token: "good", audiences } },
  ]);
  assert.equal(await userOf(tokens, "bad"), undefined);
  assert.equal(await userOf(tokens, "other"), undefined);
});

const issuerUrl = "https://issuer.example";
const oidc: OidcOptions = { issuerUrl, clientId: "kubernetes" };

test("whom the claims of a provider name", () => {
  const claims = { sub: "s", email: "e@x", email_verified: true, teams: ["a", "b"], role: "dev", hd: "x" };
  const cases: readonly (readonly [Partial<OidcOptions>, object, string])[] = [
    [{}, {}, "https://issuer.example#s"],
    [{ usernamePrefix: "-" }, {}, "s"],
    [{ usernamePrefix: "oidc:", groupsClaim: "teams", groupsPrefix: "oidc:" }, {}, "oidc:s oidc:a oidc:b"],
    [{ usernameClaim: "email" }, {}, "e@x"],
    [{ usernameClaim: "email" }, { email_verified: false }, ""],
    [{ usernameClaim: "nothing" }, {}, ""],
    [{ groupsClaim: "role" }, {}, "https://issuer.example#s dev"],
    [{ groupsClaim: "role" }, { role: 7 }, ""],
    [{ groupsClaim: "nothing" }, {}, "https://issuer.example#s"],
    [{ requiredClaims: { hd: "x" } }, {}, "https://issuer.example#s"],
    [{ requiredClaims: { hd: "y" } }, {}, ""],
  ];
  for (const [options, over, expected] of cases) {
    const user = userOfClaims({ ...claims, ...over }, { ...oidc, ...options });
    assert.equal(user ? [user.name, ...user.groups].join(" ") : "", expected, JSON.stringify([options, over]));
  }
});

test("tokens of a provider, whose keys change", async () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const pair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
    generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = new Map([["k1", pair()]]);
  let fetched = 0;
  const tokens = oidcTokens({
    ...oidc,
    clock,
    ask: async ({ url }) => {
      if (url === `${issuerUrl}/.well-known/openid-configuration`)
        return { issuer: issuerUrl, jwks_uri: `${issuerUrl}/keys` };
      fetched++;
      const all = Array.from(keys, async ([kid, { publicKey }]) => ({
        ...(await exportJWK(publicKey)),
        kid,
        alg: "RS256",
      }));
      return { keys: await Promise.all(all) };
    },
  });
  const seconds = (offset: number): number => clock.now() / 1000 + offset;
  const sign = (kid: string, key: KeyObject, claims: object = {}): Promise<string> =>
    new SignJWT({ sub: "s", iss: issuerUrl, aud: "kubernetes", exp: seconds(600), ...claims })
      .setProtectedHeader({ alg: "RS256", kid })
      .sign(key);
  const name = async (token: string): Promise<string | undefined> => (await userOf(tokens, token))?.name;
  const first = keys.get("k1")!.privateKey;
  assert.equal(await name(await sign("k1", first)), `${issuerUrl}#s`);
  for (const claims of [{ aud: "other" }, { exp: seconds(-1) }, { iss: "https://other.example" }, { nbf: seconds(60) }])
    assert.equal(await name(await sign("k1", first, claims)), undefined, JSON.stringify(claims));
  assert.equal(await name(await sign("k1", pair().privateKey)), undefined);
  assert.equal(await name("no.token.atall"), undefined);
  keys.set("k2", pair());
  const second = await sign("k2", keys.get("k2")!.privateKey);
  assert.equal(await name(second), undefined);
  assert.equal(fetched, 1);
  clock.moveTo(clock.now() + 30_000);
  assert.equal(await name(second), `${issuerUrl}#s`);
  assert.equal(fetched, 2);
});
