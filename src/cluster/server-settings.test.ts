import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "./problem.ts";
import { readServerSettings, settingFiles, type ServerSettings } from "./server-settings.ts";

async function settingsOf(files: Readonly<Record<string, string>>): Promise<ServerSettings | string> {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await readServerSettings(folder);
  } catch (error) {
    if (error instanceof Problem) return error.why;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const authentication = (body: string): string =>
  `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n${body}`;
const kubeconfig = (server: string): string => `
clusters: [{ name: c, cluster: { server: "${server}", certificate-authority: ca.pem } }]
users: [{ name: u, user: { token: secret } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`;

test("no files, no settings", async () => {
  assert.deepEqual(await settingsOf({}), { identities: {} });
  assert.deepEqual(await readServerSettings("/no/such/folder"), { identities: {} });
});

test("tracing", async () => {
  const tracing = (fields: string): Promise<ServerSettings | string> =>
    settingsOf({ "tracing.yaml": `apiVersion: apiserver.config.k8s.io/v1\nkind: TracingConfiguration\n${fields}` });
  const settings = await tracing("endpoint: collector:4317\nsamplingRatePerMillion: 100");
  assert.ok(typeof settings === "object");
  assert.equal(settings.tracing?.samplingRatePerMillion, 100);
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["samplingRatePerMillion: -1", /must be positive/],
    ["samplingRatePerMillion: 1000001", /less than or equal to one million/],
    ["samplingRatePerMillion: many", /a whole number/],
    ["endpoint: http://collector:4318", /^endpoint: must be host:port/],
    ["endpoint: 7", /^endpoint:/],
    ["sampling: 1", /^sampling: unknown field/],
    ["kind: Policy", /duplicate|must be a TracingConfiguration/],
  ];
  for (const [fields, why] of wrong) assert.match(String(await tracing(fields)), why, fields);
});

test("settings in upstream's forms", async () => {
  const jwt = `
jwt:
- issuer: { url: "https://id.example", audiences: [a, b], certificateAuthority: PEM }
  claimMappings: { username: { claim: email, prefix: "" }, groups: { claim: teams, prefix: "id:" }, uid: { claim: sub } }
  claimValidationRules: [{ claim: hd, requiredValue: example }]
anonymous: { enabled: true, conditions: [{ path: /livez }] }
`;
  const settings = await settingsOf({
    [settingFiles.audit]: "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]",
    [settingFiles.authentication]: authentication(jwt),
    [settingFiles.authorizationWebhook]: kubeconfig("https://may.example/authorize"),
    "ca.pem": "PEM",
  });
  assert.deepEqual(settings, {
    audit: { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "Metadata" }] },
    identities: {
      oidc: [
        {
          issuerUrl: "https://id.example",
          clientId: ["a", "b"],
          usernameClaim: "email",
          usernamePrefix: "-",
          groupsClaim: "teams",
          groupsPrefix: "id:",
          uidClaim: "sub",
          ca: "PEM",
          requiredClaims: { hd: "example" },
        },
      ],
      anonymousPaths: ["/livez"],
      authorizationWebhook: { url: "https://may.example/authorize", ca: "PEM", bearerToken: "secret" },
    },
  });
});

test("settings that make no sense are refused with what is wrong", async () => {
  const bad = "jwt:\n- issuer: { url: http://x }\n  claimMappings: { username: { expression: claims.sub } }";
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [settingFiles.audit, "kind: Policy", /^it must be a Policy of audit.k8s.io\/v1$/],
    [settingFiles.encryption, "{", /./],
    [settingFiles.encryption, "kind: Other", /EncryptionConfiguration of apiserver.config.k8s.io\/v1/],
    [settingFiles.authentication, "kind: Other", /AuthenticationConfiguration/],
    [
      settingFiles.authentication,
      authentication(bad),
      /issuer\.url: must begin with https[\s\S]*audiences[\s\S]*username\.claim: is needed[\s\S]*expressions are not supported/,
    ],
    [settingFiles.tokenWebhook, kubeconfig("http://who.example"), /no server at an https address/],
  ];
  for (const [name, text, why] of cases) {
    const answer = await settingsOf({ [name]: text });
    assert.equal(typeof answer, "string", name);
    assert.match(answer as string, why);
  }
});
