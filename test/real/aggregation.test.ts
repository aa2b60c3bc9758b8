// An API server in a pod behind an APIService, reached through its Service's cluster address as on any cluster.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { systemRandom } from "#base/random.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";
import { eventually, startRealCluster, type RealCluster } from "../support/real-cluster.ts";
import { root } from "../support/tools.ts";

let cluster: RealCluster;
const group = "readings.example.com";
const readings = `/apis/${group}/v1/readings`;
const k = (...args: readonly string[]): Promise<string> => cluster.kubectl(...args);
const raw = async (...args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await cluster.kubectlOf("35", ["get", "--raw", ...args]);
  return stdout || stderr;
};
const condition = (): Promise<string> =>
  k("get", "apiservice", `v1.${group}`, "-o", "jsonpath={.status.conditions[0].status} {.status.conditions[0].reason}");

/** Its certificate is its own authority. */
async function identity(): Promise<{ cert: string; key: string }> {
  const key = await createKey();
  const now = Date.now();
  const request = {
    commonName: "readings",
    dnsNames: ["readings.extension.svc"],
    notBefore: now - 60_000,
    notAfter: now + 3_600_000,
    usages: ["serverAuth"] as const,
  };
  return { cert: await issue(request, key, undefined, systemRandom), key: keyPem(key) };
}
const binding = (kind: string, name: string, role: string, namespace?: string): object => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: `${kind}Binding`,
  metadata: { name: `readings-${name}`, ...(namespace ? { namespace } : {}) },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: role },
  subjects: [{ kind: "ServiceAccount", name: "default", namespace: "extension" }],
});
async function manifest(): Promise<string> {
  const { cert, key } = await identity();
  const metadata = { namespace: "extension", name: "readings" };
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const program = readFileSync(join(root, "test/support/extension-server.ts"), "utf8");
  const container = {
    name: "c",
    image: "node:24-slim",
    command: ["node", "/program/server.ts"],
    readinessProbe: { httpGet: { path: "/healthz", port: 8443, scheme: "HTTPS" }, periodSeconds: 1 },
    volumeMounts: [
      { name: "program", mountPath: "/program" },
      { name: "tls", mountPath: "/tls" },
    ],
  };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "extension" } },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "server.ts": program } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": cert, "tls.key": key },
    },
    binding("ClusterRole", "delegator", "system:auth-delegator"),
    binding("Role", "reader", "extension-apiserver-authentication-reader", "kube-system"),
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, labels: { app: "readings" } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [container],
        volumes: [
          { name: "program", configMap: { name: "readings" } },
          { name: "tls", secret: { secretName: "readings" } },
        ],
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: { app: "readings" }, ports: [{ port: 443, targetPort: 8443 }] },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: `v1.${group}` },
      spec: {
        group,
        version: "v1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        caBundle: base64(cert),
        service: { namespace: "extension", name: "readings" },
      },
    },
  ];
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

before(async () => {
  cluster = await startRealCluster("aggregate", { pulled: ["node"] });
  await cluster.apply(await manifest());
});
after(() => cluster?.[Symbol.asyncDispose]());

test("a pod answers for a group, through its Service's address", async () => {
  await eventually("it is available", async () => (await condition()) === "True Passed", 30_000);
  assert.match(
    await k("api-resources", `--api-group=${group}`),
    /readings\s+readings\.example\.com\/v1\s+false\s+Reading/,
  );
  assert.match(await k("get", "readings"), /^NAME\s+AGE\na\s/);
  assert.equal(JSON.parse(await raw(`${readings}/x`)).user, "kubernetes-admin");
});

test("it is told who asks, and asks what they may do", async () => {
  const asJane = () => cluster.kubectlOf("35", ["get", "readings", "--as=jane"]);
  assert.match((await asJane()).stderr, /User "jane" cannot list resource "readings"/);
  await k("create", "clusterrole", "reader", "--verb=list", `--resource=readings.${group}`);
  await k("create", "clusterrolebinding", "reader", "--clusterrole=reader", "--user=jane");
  assert.equal((await asJane()).code, 0);
});

test("pods that come past the aggregator show a token", async () => {
  const script =
    "fetch('https://readings.extension.svc/apis/readings.example.com/v1/readings/x', " +
    "{ headers: { authorization: 'Bearer ' + require('fs').readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token') } })" +
    ".then(async (r) => console.log(r.status, await r.text()))";
  const shown = await k(
    ...["-n", "extension", "exec", "readings", "--", "env", "NODE_TLS_REJECT_UNAUTHORIZED=0", "node", "-e", script],
  );
  assert.match(shown, /403 .*system:serviceaccount:extension:default may not/);
});

test("watches stream", async () => {
  assert.deepEqual((await raw(`${readings}?watch=1`)).match(/"name":"r\d"/g), [
    '"name":"r1"',
    '"name":"r2"',
    '"name":"r3"',
  ]);
});

test("when the pod is gone this is said, and the group goes with its APIService", async () => {
  await k("-n", "extension", "delete", "pod", "readings");
  await eventually("it is not available", async () => (await condition()) === "False MissingEndpoints");
  assert.match(await raw(readings), /currently unable to handle the request/);
  await k("delete", "apiservice", `v1.${group}`);
  await eventually("the group is gone", async () => !(await raw("/apis")).includes(group));
});
