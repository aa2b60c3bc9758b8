import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "#api/core/pod.ts";
import type { ServiceAccount } from "#api/core/service-account.ts";
import { ephemeralSecretProblem, limitsSecrets, mirrorProblem, secretProblem } from "./mountable-secrets.ts";

const account = {
  metadata: { name: "sa", annotations: { "kubernetes.io/enforce-mountable-secrets": "true" } },
  secrets: [{ name: "own" }],
  imagePullSecrets: [{ name: "pull" }],
} as ServiceAccount;
const pod = (spec: object): Pod => ({ metadata: {}, spec: { containers: [], ...spec } }) as object as Pod;
const because = "is not allowed because service account sa does not reference that";
const env = (name: string) => [{ name: "E", valueFrom: { secretKeyRef: { name, key: "k" } } }];

test("an account may limit which Secrets its pods see", () => {
  assert.equal(limitsSecrets(account), true);
  assert.equal(limitsSecrets({ ...account, metadata: { name: "sa" } }), false);
  const cases: readonly (readonly [object, string | undefined])[] = [
    [{ volumes: [{ name: "v", secret: { secretName: "own" } }], imagePullSecrets: [{ name: "pull" }] }, undefined],
    [{ volumes: [{ name: "v", secret: { secretName: "x" } }] }, `volume with secret.secretName="x" ${because} secret`],
    [
      { containers: [{ name: "c", env: env("x") }] },
      `container c with envVar E referencing secret.secretName="x" ${because} secret`,
    ],
    [
      { initContainers: [{ name: "c", envFrom: [{ secretRef: { name: "x" } }] }] },
      `init container c with envFrom referencing secret.secretName="x" ${because} secret`,
    ],
    [{ imagePullSecrets: [{ name: "x" }] }, `imagePullSecrets[0].name="x" ${because} imagePullSecret`],
    [{ ephemeralContainers: [{ name: "e", env: env("x") }] }, undefined],
  ];
  for (const [spec, expected] of cases) assert.equal(secretProblem(pod(spec), account), expected);
  assert.equal(
    ephemeralSecretProblem(pod({ ephemeralContainers: [{ name: "e", env: env("x") }] }), account),
    `ephemeral container e with envVar E referencing secret.secretName="x" ${because} secret`,
  );
});

test("mirror pods see no Secrets", () => {
  const token = { projected: { sources: [{ serviceAccountToken: { path: "t" } }] } };
  assert.equal(mirrorProblem(pod({ volumes: [{ name: "v", emptyDir: {} }] })), undefined);
  assert.equal(mirrorProblem(pod({ imagePullSecrets: [{ name: "x" }] })), "a mirror pod may not reference secrets");
  assert.equal(
    mirrorProblem(pod({ volumes: [{ name: "v", ...token }] })),
    "a mirror pod may not use ServiceAccountToken volume projections",
  );
});
