import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import type { ServiceAccount } from "#api/core/service-account.ts";
import type { ApiError } from "#api/errors.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import { ServiceAccountTokens } from "./service-account-tokens.ts";
import { objectsOf } from "./stored-objects.fake.ts";
import { issueToken, settledRequest } from "./token-request.ts";

const clock = new VirtualClock(Date.UTC(2026, 0, 1));
const objects = objectsOf();
const spec = { serviceAccountName: "sa", nodeName: "n1", containers: [] };
objects.set(Pod, { metadata: { namespace: "a", name: "p", uid: "u-p" }, spec });
objects.set(Pod, { metadata: { namespace: "a", name: "q", uid: "u-q" }, spec: { ...spec, nodeName: "gone" } });
objects.set(Pod, {
  metadata: { namespace: "a", name: "other", uid: "u-o" },
  spec: { ...spec, serviceAccountName: "x" },
});
objects.set(Node, { metadata: { name: "n1", uid: "u-n" } });
const { privateKey: signingKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const options = { issuer: "https://i", audiences: ["https://i"], signingKey, objects, clock, random: seededRandom(1) };
const tokens = new ServiceAccountTokens(options);
const account = { metadata: { namespace: "a", name: "sa", uid: "u-sa" } } as ServiceAccount;

function request(body: object): Record<string, unknown> | string {
  const now = clock.now();
  try {
    const settled = settledRequest(body, account, { audiences: tokens.defaultAudiences, now });
    const { answer } = issueToken(settled, account, { tokens, objects, now });
    const { token = "", expirationTimestamp } = answer.status ?? {};
    const claims = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
    return { ...answer, until: expirationTimestamp, lasts: claims.exp - claims.iat, of: claims["kubernetes.io"] };
  } catch (error) {
    return (error as ApiError).message;
  }
}
const bound = (ref: object, over: object = {}) => request({ spec: { boundObjectRef: ref, ...over } });

test("what a token request is answered", () => {
  const plain = request({ metadata: { labels: { a: "b" } } }) as Record<string, object>;
  assert.deepEqual(plain["metadata"], {
    labels: { a: "b" },
    name: "sa",
    namespace: "a",
    uid: "u-sa",
    creationTimestamp: "2026-01-01T00:00:00Z",
  });
  assert.deepEqual(plain["spec"], { audiences: ["https://i"], expirationSeconds: 3600, boundObjectRef: null });
  assert.deepEqual([plain["until"], plain["lasts"]], ["2026-01-01T01:00:00Z", 3600]);
  const own = { namespace: "a", serviceaccount: { name: "sa", uid: "u-sa" } };
  const ofPod = bound({ kind: "Pod", apiVersion: "v1", name: "p" }) as Record<string, object>;
  assert.deepEqual(ofPod["of"], { ...own, node: { name: "n1", uid: "u-n" }, pod: { name: "p", uid: "u-p" } });
  const elsewhere = bound({ kind: "Pod", name: "q" }) as Record<string, object>;
  assert.deepEqual(elsewhere["of"], { ...own, node: { name: "gone" }, pod: { name: "q", uid: "u-q" } });
  // What projected volumes ask for lives for a year, and is stale after the asked time.
  const projected = bound({ kind: "Pod", name: "p" }, { expirationSeconds: 3607 }) as Record<string, unknown>;
  assert.deepEqual([projected["until"], projected["lasts"]], ["2026-01-01T01:00:07Z", 31_536_000]);
  assert.equal((projected["of"] as { warnafter: number }).warnafter, clock.now() / 1000 + 3607);
  const foreign = bound({ kind: "Pod", name: "p" }, { expirationSeconds: 3607, audiences: ["x"] });
  assert.equal((foreign as Record<string, unknown>)["lasts"], 3607);
});

test("what a token request may not ask", () => {
  const cases: readonly (readonly [object, string])[] = [
    [
      { metadata: { name: "x" } },
      'TokenRequest.authentication.k8s.io "sa" is invalid: metadata.name: Invalid value: "x": must match the service account name if specified',
    ],
    [
      { metadata: { uid: "x" } },
      'Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "sa": the UID in the token request (x) does not match the UID of the service account (u-sa)',
    ],
    [
      { spec: { expirationSeconds: 599 } },
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ],
    [
      { spec: { boundObjectRef: { kind: "ConfigMap", apiVersion: "v1" } } },
      "cannot bind token to object of type /v1, Kind=ConfigMap",
    ],
    [
      { spec: { boundObjectRef: { kind: "Pod", apiVersion: "apps/v1", name: "p" } } },
      "cannot bind token to object of type apps/v1, Kind=Pod",
    ],
    [{ spec: { boundObjectRef: { kind: "Pod" } } }, "Name parameter required."],
    [{ spec: { boundObjectRef: { kind: "Pod", name: "z" } } }, 'pods "z" not found'],
    [
      { spec: { boundObjectRef: { kind: "Pod", name: "other" } } },
      'cannot bind token for serviceaccount "sa" to pod running with different serviceaccount name.',
    ],
    [
      { spec: { boundObjectRef: { kind: "Pod", name: "p", uid: "x" } } },
      'Operation cannot be fulfilled on Pod "p": the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated',
    ],
  ];
  for (const [body, expected] of cases) assert.equal(request(body), expected);
});
