// Kubernetes' own sample of an aggregated API server, built for the test, with its own etcd: real discovery, OpenAPI,
// delegated authentication and authorization. Skipped where there is no Go or no etcd.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort } from "#base/free-port.fake.ts";
import { startEtcd, type EtcdProcess } from "#store/etcd/process.fake.ts";
import { startApiCluster, type ApiCluster } from "../../support/api-cluster.ts";
import { goBuildMs, whyNoGo } from "../../support/go.ts";
import { eventually } from "../../support/real-cluster.ts";
import { testCache } from "../../support/tools.ts";

const module = join(import.meta.dirname, "sample");
const source = "k8s.io/sample-apiserver";
const program = join(testCache, "bin", "sample-apiserver");
const noEtcd = spawnSync(process.env["TIMONIER_ETCD"] ?? "etcd", ["--version"]).error && "there is no etcd";
const group = "wardle.example.com";
const versions = ["v1alpha1", "v1beta1"];
const flunders = `/apis/${group}/v1alpha1/namespaces/default/flunders`;

const rights = `
apiVersion: v1
kind: Namespace
metadata: {name: wardle}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: apiserver, namespace: wardle}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: wardle-delegator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:auth-delegator}
subjects: [{kind: ServiceAccount, name: apiserver, namespace: wardle}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: wardle-reader, namespace: kube-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: extension-apiserver-authentication-reader}
subjects: [{kind: ServiceAccount, name: apiserver, namespace: wardle}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: wardle}
rules:
- {apiGroups: [""], resources: [namespaces], verbs: [get, list, watch]}
- {apiGroups: [admissionregistration.k8s.io], resources: ["*"], verbs: [get, list, watch]}
- {apiGroups: [flowcontrol.apiserver.k8s.io], resources: ["*"], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: wardle}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: wardle}
subjects: [{kind: ServiceAccount, name: apiserver, namespace: wardle}]
`;
const registration = (port: number): string =>
  [
    `apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: wardle}\nspec: {type: ExternalName, externalName: localhost, ports: [{port: ${port}}]}`,
    ...versions.map(
      (version) =>
        `apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: ${version}.${group}}\n` +
        `spec: {group: ${group}, version: ${version}, groupPriorityMinimum: 1000, versionPriority: ${version === "v1alpha1" ? 15 : 10}, ` +
        `insecureSkipTLSVerify: true, service: {namespace: wardle, name: api, port: ${port}}}`,
    ),
  ].join("\n---\n");
const flunder = (name: string, more = "spec: {reference: x}"): string =>
  `apiVersion: ${group}/v1alpha1\nkind: Flunder\nmetadata: {name: ${name}}\n${more}\n`;

const skip = noEtcd || whyNoGo(module, source);
describe("an aggregated API server", { skip, concurrency: 1, timeout: goBuildMs }, () => {
  let cluster: ApiCluster;
  let etcd: EtcdProcess;
  let server: ChildProcess | undefined;
  let port = 0;
  const k = (...args: readonly string[]): Promise<string> => cluster.kubectl(...args);
  const apply = async (text: string, ...more: readonly string[]): Promise<string> => {
    const done = await cluster.kubectlOf("35", ["apply", "-f", "-", ...more], text);
    assert.equal(done.code, 0, done.stderr);
    return done.stdout;
  };
  const condition = async (): Promise<string> =>
    k(
      "get",
      "apiservice",
      `v1alpha1.${group}`,
      "-o",
      "jsonpath={.status.conditions[0].status} {.status.conditions[0].reason} {.status.conditions[0].message}",
    );
  const launch = (): void => {
    const config = join(cluster.folder, "wardle-kubeconfig");
    server = spawn(
      program,
      [
        `--etcd-servers=${etcd.endpoint}`,
        `--secure-port=${port}`,
        "--bind-address=127.0.0.1",
        `--cert-dir=${join(cluster.folder, "wardle")}`,
        ...["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"].map((flag) => `--${flag}=${config}`),
      ],
      { stdio: "ignore" },
    );
  };
  const kill = async (): Promise<void> => {
    if (!server) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
    server = undefined;
  };
  before(
    async () => {
      mkdirSync(join(testCache, "bin"), { recursive: true });
      execFileSync("nice", ["go", "build", "-o", program, source], { cwd: module });
      [cluster, etcd] = await Promise.all([startApiCluster(), startEtcd()]);
      port = await freePort();
      await apply(rights);
      const admin = JSON.parse(await k("config", "view", "--raw", "-o", "json")) as { users: { user: object }[] };
      admin.users[0]!.user = { token: (await k("-n", "wardle", "create", "token", "apiserver")).trim() };
      writeFileSync(join(cluster.folder, "wardle-kubeconfig"), JSON.stringify(admin), { mode: 0o600 });
      launch();
      await apply(registration(port));
      await eventually("the server is available", async () => (await condition()).startsWith("True Passed"), 30_000);
    },
    { timeout: goBuildMs },
  );
  after(async () => {
    await kill();
    await cluster?.[Symbol.asyncDispose]();
    await etcd?.[Symbol.asyncDispose]();
  });

  test("kubectl finds, explains, makes, changes, watches and deletes its objects", async () => {
    const listed = await k("api-resources", `--api-group=${group}`);
    assert.match(listed, /flunders\s+wardle\.example\.com\/v1alpha1\s+true\s+Flunder/);
    assert.match(await k("explain", "flunder.spec"), /KIND:\s+Flunder[^]*reference\s+<string>/);
    const old = await cluster.kubectlOf("27", ["explain", "flunder", "--output=plaintext-openapiv2"]);
    assert.match(old.stdout, /KIND:\s+Flunder[^]*metadata\s+<Object>/);
    // The first write waits until the server has read the cluster's admission configuration.
    await eventually("a first write", async () => (await apply(flunder("a"))).includes("created"), 30_000);
    assert.match(await apply(flunder("a", "spec: {reference: other}")), /configured/);
    assert.match(await apply(flunder("b"), "--server-side"), /b serverside-applied/);
    await k("label", "flunder", "a", "colour=red");
    assert.equal(await k("get", "flunders", "-l", "colour=red", "-o", "name"), "flunder.wardle.example.com/a\n");
    assert.match(await k("get", "flunders"), /^NAME\s+CREATED AT\na\s/);
    const unknown = await cluster.kubectlOf("35", ["create", "-f", "-"], flunder("c", "spec: {bogus: 1}"));
    assert.match(unknown.stderr, /unknown field "spec\.bogus"/);
    const events = await k("get", "--raw", `${flunders}?watch=1&timeoutSeconds=1`);
    assert.deepEqual(events.match(/"type":"\w+"/g), ['"type":"ADDED"', '"type":"ADDED"']);
    await k("delete", "flunder", "b");
    assert.equal(await k("get", "flunders", "-o", "name"), "flunder.wardle.example.com/a\n");
  });

  test("it asks the cluster what a user may do", async () => {
    const asJane = () => cluster.kubectlOf("35", ["get", "flunders", "--as=jane"]);
    assert.match((await asJane()).stderr, /User "jane" cannot list resource "flunders" in API group "wardle/);
    await k("create", "clusterrole", "flunder-reader", "--verb=get,list", `--resource=flunders.${group}`);
    await k("create", "clusterrolebinding", "jane", "--clusterrole=flunder-reader", "--user=jane");
    // It keeps refusals for some seconds.
    await eventually("jane may", async () => (await asJane()).code === 0, 30_000);
  });

  test("its objects go with their namespace", async () => {
    await k("create", "namespace", "short");
    await apply(flunder("a"), "-n", "short");
    await k("delete", "namespace", "short", "--timeout=30s");
    assert.equal(await k("get", "flunders", "-n", "short", "-o", "name"), "");
  });

  test("while it is gone, this is said, and namespaces wait", async () => {
    await kill();
    const raw = (path: string) => cluster.kubectlOf("35", ["get", "--raw", path]);
    const refused = await raw(flunders);
    assert.match(refused.stderr, /the server is currently unable to handle the request/);
    // Whoever touches an APIService need not wait until it is looked at again.
    for (const version of versions) await k("annotate", "apiservice", `${version}.${group}`, "looked=at");
    await eventually(
      "the condition",
      async () =>
        (await condition()) ===
        `False FailedDiscoveryCheck failing or missing response from https://localhost:${port}/apis/${group}/v1alpha1: ` +
          `Get "https://localhost:${port}/apis/${group}/v1alpha1": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
    assert.match((await cluster.kubectlOf("35", ["get", "flunders"])).stderr, /ServiceUnavailable/);
    await k("get", "pods");
    await k("create", "namespace", "waits");
    await k("delete", "namespace", "waits", "--wait=false");
    const said = () => k("get", "ns", "waits", "-o", "jsonpath={.status.conditions[?(@.status=='True')].message}");
    const stale = `${group}/v1alpha1: stale GroupVersion discovery: ${group}/v1alpha1`;
    await eventually(
      "the namespace says why",
      async () =>
        (await said()) ===
        `Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: ${stale}`,
    );
    launch();
    await eventually("it is back", async () => (await condition()).startsWith("True Passed"));
    await k("wait", "--for=delete", "namespace/waits", "--timeout=60s");
    assert.match(await k("get", "flunders", "-o", "name"), /\/a\n/);
  });

  test("without APIServices nothing of it is left", async () => {
    await k("delete", "apiservice", ...versions.map((v) => `${v}.${group}`));
    await eventually(
      "discovery",
      async () => (await k("api-resources", `--api-group=${group}`)).split("\n").length <= 2,
    );
    for (const path of ["/openapi/v2", "/openapi/v3", "/apis"])
      assert.doesNotMatch(await k("get", "--raw", path), /wardle/);
    assert.match((await cluster.kubectlOf("35", ["get", "--raw", flunders])).stderr, /could not find/);
  });
});
