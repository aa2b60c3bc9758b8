// A request as one trace, from the client over the server and its store to a webhook and an aggregated server; seen by a
// collector that speaks OpenTelemetry's own protocol.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { systemRandom } from "#base/random.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";
import { startApiCluster, type ApiCluster } from "../support/api-cluster.ts";
import { startCollector, type CollectedSpan, type Collector } from "../support/otlp-collector.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const clientSpan = "b7ad6b7169203331";
let collector: Collector;
let cluster: ApiCluster;
let other: Server;
let admin: { readonly ca: string; readonly cert: string; readonly key: string };
/** By path: the traceparent that came. */
const seen = new Map<string, string | undefined>();

const own = async (): Promise<{ cert: string; key: string }> => {
  const key = await createKey();
  const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  const names = { commonName: "localhost", dnsNames: ["localhost"], usages: ["serverAuth"] as const };
  return { cert: await issue({ ...names, ...times }, key, undefined, systemRandom), key: keyPem(key) };
};
async function answer(incoming: IncomingMessage): Promise<object> {
  const path = incoming.url!.split("?")[0]!;
  seen.set(path, incoming.headers["traceparent"] as string | undefined);
  if (path !== "/hook") return { kind: "List", items: [] };
  const review = JSON.parse(await text(incoming)) as { apiVersion: string; request: { uid: string } };
  return { ...review, response: { uid: review.request.uid, allowed: true } };
}
async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<number> {
  const outgoing = request(cluster.url + path, {
    method,
    ...admin,
    headers: { "content-type": "application/json", ...headers },
    agent: false,
  });
  outgoing.end(body && JSON.stringify(body));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  await text(response);
  return response.statusCode!;
}
const traced = (id = traceId, flags = "01") => ({ traceparent: `00-${id}-${clientSpan}-${flags}`, tracestate: "a=b" });
const configMap = (name: string): object => ({ metadata: { name } });
const maps = "/api/v1/namespaces/default/configmaps";

before(async () => {
  process.env["OTEL_BSP_SCHEDULE_DELAY"] = "50";
  collector = await startCollector();
  const identity = await own();
  other = createServer(identity, (incoming, response) => {
    void answer(incoming).then((body) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(body));
    });
  });
  other.listen(0, "localhost");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const tracing = { apiVersion: "apiserver.config.k8s.io/v1", kind: "TracingConfiguration" };
  const endpoint = `127.0.0.1:${collector.port}`;
  cluster = await startApiCluster({ nodes: 0, settings: { "tracing.yaml": JSON.stringify({ ...tracing, endpoint }) } });
  const pem = (name: string): string => readFileSync(`${cluster.folder}/data/pki/${name}`, "utf8");
  admin = { ca: pem("ca.crt"), cert: pem("admin.crt"), key: pem("admin.key") };
  const caBundle = Buffer.from(identity.cert).toString("base64");
  const hook = {
    name: "hook.example.com",
    clientConfig: { url: `https://localhost:${port}/hook`, caBundle },
    rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } },
  };
  await ask("POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {
    ...configMap("hooks"),
    webhooks: [hook],
  });
  await ask("POST", "/api/v1/namespaces/default/services", {
    ...configMap("other"),
    spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
  });
  const service = { namespace: "default", name: "other", port };
  const group = { group: "other.example.com", version: "v1", groupPriorityMinimum: 1, versionPriority: 1 };
  await ask("POST", "/apis/apiregistration.k8s.io/v1/apiservices", {
    ...configMap("v1.other.example.com"),
    spec: { ...group, service, insecureSkipTLSVerify: true },
  });
});
after(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
  other.closeAllConnections();
  other.close();
});

const ofTrace = (spans: readonly CollectedSpan[], id: string): readonly CollectedSpan[] =>
  spans.filter((span) => span.traceId === id);
/** "parent > child" for each span. */
function links(spans: readonly CollectedSpan[]): string[] {
  const nameOf = (id: string): string =>
    id === clientSpan ? "client" : (spans.find((s) => s.spanId === id)?.name ?? "?");
  return spans.map((span) => `${nameOf(span.parentSpanId)} > ${span.name}`).toSorted();
}

test("a write is one trace, from the client to the store and the webhook", async () => {
  assert.equal(await ask("POST", maps, configMap("a"), traced()), 201);
  const server = `POST ${maps.replace("default", "{:namespace}")}`;
  await collector.until((spans) => ofTrace(spans, traceId).some((s) => s.name === server));
  const spans = ofTrace(collector.spans, traceId);
  assert.deepEqual(
    links(spans),
    [
      `client > ${server}`,
      `${server} > SerializeObject`,
      `${server} > authentication`,
      `${server} > impersonation`,
      "Call validating webhook > HTTP POST",
      "Create > Call validating webhook",
      "Create > Create etcd3",
      "authorization > Create",
      "impersonation > priorityandfairness",
      "priorityandfairness > authorization",
    ].toSorted(),
  );
  const find = (name: string): CollectedSpan => spans.find((s) => s.name === name)!;
  assert.equal(seen.get("/hook"), `00-${traceId}-${find("HTTP POST").spanId}-01`);
  const { kind, service, attributes } = find(server);
  assert.deepEqual([kind, service], ["SERVER", "apiserver"]);
  assert.equal(attributes["http.request.method"], "POST");
  assert.equal(attributes["http.response.status_code"], "201");
  assert.equal(attributes["url.path"], maps);
  assert.match(String(attributes["audit-id"]), /^[0-9a-f-]{36}$/);
  assert.deepEqual(find("Create etcd3").attributes, {
    key: "/configmaps/default/a",
    type: "ConfigMap",
    group: "",
    resource: "configmaps",
  });
  assert.equal(find("Call validating webhook").attributes["webhook"], "hook.example.com");
  assert.deepEqual(find("Create").events, [
    "limitedReadBody succeeded",
    "About to convert to expected version",
    "Conversion done",
    "About to check admission control",
  ]);
  const outer = find(server);
  for (const span of spans) assert.ok(span.startMs >= outer.startMs - 1 && span.endMs <= outer.endMs + 1, span.name);
});

test("an aggregated server is part of the trace, and errors are marked", async () => {
  const id = "1".repeat(32);
  const path = "/apis/other.example.com/v1/things";
  for (let tries = 0; tries < 100 && (await ask("GET", path, undefined, traced(id))) !== 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await collector.until((spans) => ofTrace(spans, id).some((s) => s.name === "HTTP GET"));
  const call = ofTrace(collector.spans, id).find((s) => s.name === "HTTP GET")!;
  assert.equal(call.kind, "CLIENT");
  assert.equal(seen.get(path), `00-${id}-${call.spanId}-01`);
});

test("who has no say in it gets a trace of their own, and what is not chosen is only handed on", async () => {
  const id = "2".repeat(32);
  const unsampled = "3".repeat(32);
  seen.delete("/hook");
  await ask("POST", maps, configMap("b"), { ...traced(id), "impersonate-user": "jane" });
  await ask("POST", maps, configMap("c"), traced(unsampled, "00"));
  assert.match(seen.get("/hook")!, new RegExp(`^00-${unsampled}-[0-9a-f]{16}-00$`));
  seen.delete("/hook");
  await ask("POST", maps, configMap("d"));
  assert.match(seen.get("/hook")!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  const last = "4".repeat(32);
  await ask("GET", maps, undefined, traced(last));
  await collector.until((spans) => ofTrace(spans, last).length > 0);
  assert.equal(ofTrace(collector.spans, unsampled).length, 0);
});
