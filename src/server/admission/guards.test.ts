// Plugins that ask what a write would give away: roles and bindings, certificate requests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CertificateSigningRequest } from "#api/certificates/certificate-signing-request.ts";
import { requestOrganizations } from "#api/certificates/pem.ts";
import { compactRules, ruleText } from "#server/auth/rbac-rules.ts";
import { testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import type { Authorizer, UserInfo } from "#server/pipeline.ts";
import type { AdmissionRequest } from "./admission.ts";
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from "./certificates.ts";
import { rbacEscalation } from "./rbac-escalation.ts";

const alice: UserInfo = { name: "alice", groups: ["devs", "system:authenticated"] };
const group = "/apis/rbac.authorization.k8s.io/v1";
const roles = `${group}/namespaces/n/roles`;
const bindings = `${group}/namespaces/n/rolebindings`;
const rule = (verbs: string[], resource = "pods", more: object = {}): object => ({
  verbs,
  apiGroups: [""],
  resources: [resource],
  ...more,
});

/** May do what is listed as "verb resource name". */
const only = (...allowed: readonly string[]): Authorizer => ({
  authorize: (_, { verb, resource, name }) => ({ allowed: allowed.includes(`${verb} ${resource} ${name}`) }),
});
const withRbac = async (authorizer: Authorizer): Promise<TestServer> => {
  const server = await testServer({ admission: (registry) => [rbacEscalation(registry, authorizer)] });
  await server.create(roles, { metadata: { name: "reader" }, rules: [rule(["get", "list"])] });
  await server.create(roles, { metadata: { name: "writer" }, rules: [rule(["update"]), rule(["get"], "secrets")] });
  const subjects = [{ kind: "User", name: "alice", apiGroup: "rbac.authorization.k8s.io" }];
  const roleRef = { kind: "Role", name: "reader", apiGroup: "rbac.authorization.k8s.io" };
  await server.create(bindings, { metadata: { name: "alice" }, roleRef, subjects });
  return server;
};
const lacking = (kind: string, name: string, rules: string): string =>
  `${kind}.rbac.authorization.k8s.io "${name}" is forbidden: user "alice" (groups=["devs" "system:authenticated"]) is ` +
  `attempting to grant RBAC permissions not currently held:\n${rules}`;

test("a role may not hold what its writer has not", async () => {
  await using server = await withRbac(only("escalate roles free"));
  // method, path, body → message of a refusal
  const role = (name: string, ...rules: object[]): Json => ({ metadata: { name }, rules });
  const cases: readonly (readonly [string, string, object, string?])[] = [
    ["POST", roles, role("a", rule(["get"]))],
    [
      "POST",
      roles,
      role("b", rule(["get", "update", "delete"]), rule(["get"], "secrets", { resourceNames: ["s"] })),
      lacking(
        "roles",
        "b",
        '{APIGroups:[""], Resources:["pods"], Verbs:["update" "delete"]}\n' +
          '{APIGroups:[""], Resources:["secrets"], ResourceNames:["s"], Verbs:["get"]}',
      ),
    ],
    [
      "PUT",
      `${roles}/a`,
      role("a", rule(["watch"])),
      lacking("roles", "a", '{APIGroups:[""], Resources:["pods"], Verbs:["watch"]}'),
    ],
    [
      "PUT",
      `${roles}/writer`,
      {
        ...role("writer", rule(["update"]), rule(["get"], "secrets")),
        metadata: { name: "writer", finalizers: ["x.io/y"] },
      },
    ],
    [
      "POST",
      `${group}/clusterroles`,
      { metadata: { name: "c" }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] } },
      'clusterroles.rbac.authorization.k8s.io "c" is forbidden: must have cluster-admin privileges to use the aggregationRule',
    ],
  ];
  for (const [method, path, body, message] of cases) {
    const answer = await server.ask(method, path, body, { user: alice });
    assert.deepEqual([answer.code >= 400, answer.body.message], [message !== undefined, message], path);
  }
  await server.create(roles, role("free"));
  assert.equal((await server.ask("PUT", `${roles}/free`, role("free", rule(["*"], "*")), { user: alice })).code, 200);
});

test("a role may not be bound by who does not hold it, unless he may bind it", async () => {
  await using server = await withRbac(only("bind roles free"));
  const bind = async (name: string, role: string): Promise<[number, string]> => {
    const roleRef = { kind: "Role", name: role, apiGroup: "rbac.authorization.k8s.io" };
    const { code, body } = await server.ask("POST", bindings, { metadata: { name }, roleRef }, { user: alice });
    return [code, body.message];
  };
  await server.create(roles, { metadata: { name: "free" }, rules: [rule(["*"], "*")] });
  assert.equal((await bind("a", "reader"))[0], 201);
  assert.equal((await bind("b", "free"))[0], 201);
  assert.deepEqual(await bind("c", "none"), [404, 'rolebindings.rbac.authorization.k8s.io "none" not found']);
  const rules =
    '{APIGroups:[""], Resources:["pods"], Verbs:["update"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}';
  assert.deepEqual(await bind("d", "writer"), [403, lacking("rolebindings", "d", rules)]);
});

test("rules about one resource are shown as one", () => {
  const one = (verb: string, resource: string): Json => rule([verb], resource);
  const texts = compactRules([one("get", "pods"), { verbs: ["get"], nonResourceURLs: ["/a"] }, one("list", "pods")]);
  assert.deepEqual(texts.map(ruleText), [
    '{NonResourceURLs:["/a"], Verbs:["get"]}',
    '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
  ]);
});

/** openssl req -new -newkey ed25519 -nodes -keyout /dev/null -subj "/O=system:masters/O=b/CN=x" */
const mastersRequest = Buffer.from(
  `-----BEGIN CERTIFICATE REQUEST-----
MIGwMGQCAQAwMTEXMBUGA1UECgwOc3lzdGVtOm1hc3RlcnMxCjAIBgNVBAoMAWIx
CjAIBgNVBAMMAXgwKjAFBgMrZXADIQCnpE/PkQV8bGfI4ceveAXsa3zHcxo4WkMP
JXqwqv14IKAAMAUGAytlcANBAAPDY/C81NHf/RawJyjZaim8+uTy7OtMcLcXOnmJ
VeSged1YC61W59QL1sOCZ99rjb688CN1rS6QBsKTgxT3MAA=
-----END CERTIFICATE REQUEST-----
`,
).toString("base64");

test("decisions and answers about certificates need the signer's permission; nobody asks to be a master", async () => {
  assert.deepEqual(requestOrganizations(mastersRequest), ["system:masters", "b"]);
  assert.deepEqual(requestOrganizations("AAAA"), []);
  const csr = (signerName: string, status: object = {}): Json => ({
    metadata: { name: "r" },
    spec: { signerName, request: mastersRequest },
    status,
  });
  const authorizer = only("approve signers example.com/*", "sign signers example.com/a");
  const plugins = [certificateApproval(authorizer), certificateSigning(authorizer), certificateSubjectRestriction];
  const refusal = async (over: Partial<AdmissionRequest>): Promise<string> => {
    const request = { of: CertificateSigningRequest, subresource: "", namespace: "", name: "r", user: alice, ...over };
    try {
      for (const plugin of plugins)
        if (plugin.concerns!(request as AdmissionRequest))
          await plugin.validate!(request as AdmissionRequest, new AbortController().signal);
      return "";
    } catch (error) {
      return (error as Error).message.split("is forbidden: ")[1]!;
    }
  };
  const update = (subresource: string, signer: string, status: object): Partial<AdmissionRequest> => ({
    operation: "UPDATE",
    subresource,
    old: csr(signer),
    object: csr(signer, status),
  });
  const issued = { certificate: "QQ==" };
  const cases: readonly (readonly [Partial<AdmissionRequest>, string])[] = [
    [update("approval", "example.com/a", {}), ""],
    [update("approval", "example.org/a", {}), 'user not permitted to approve requests with signerName "example.org/a"'],
    [update("status", "example.com/a", issued), ""],
    [update("status", "example.com/b", {}), ""],
    [update("status", "example.com/b", issued), 'user not permitted to sign requests with signerName "example.com/b"'],
    [{ operation: "CREATE", object: csr("example.com/a") }, ""],
    [
      { operation: "CREATE", object: csr("kubernetes.io/kube-apiserver-client") },
      "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed",
    ],
  ];
  for (const [over, expected] of cases) assert.equal(await refusal(over), expected);
});
