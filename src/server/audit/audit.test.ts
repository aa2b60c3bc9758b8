import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { Metrics } from "#base/metrics.ts";
import { admin, testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import type { UserInfo } from "#server/pipeline.ts";
import { requestInfo } from "#server/stages/route.ts";
import { AuditFile, planRemoval } from "./log-file.ts";
import { compilePolicy, policyProblems, type AuditPolicy, type PolicyRule } from "./policy.ts";

const bob: UserInfo = { name: "bob", groups: ["devs"] };
const pod = "/api/v1/namespaces/n/pods/p";

test("the first rule that matches says how much is noted", () => {
  const cases: readonly (readonly [Partial<PolicyRule>, string, string, boolean])[] = [
    [{}, "GET", pod, true],
    [{ users: ["bob"] }, "GET", pod, true],
    [{ users: ["eve"] }, "GET", pod, false],
    [{ userGroups: ["devs", "x"] }, "GET", pod, true],
    [{ userGroups: ["x"] }, "GET", pod, false],
    [{ verbs: ["get"] }, "GET", pod, true],
    [{ verbs: ["create"] }, "GET", pod, false],
    [{ namespaces: ["n"] }, "GET", pod, true],
    [{ namespaces: [""] }, "GET", pod, false],
    [{ namespaces: [""] }, "GET", "/api/v1/nodes/x", true],
    [{ resources: [{ group: "" }] }, "GET", pod, true],
    [{ resources: [{ group: "apps" }] }, "GET", pod, false],
    [{ resources: [{ group: "*", resources: ["*"] }] }, "GET", pod, true],
    [{ resources: [{ resources: ["pods"] }] }, "GET", `${pod}/log`, false],
    [{ resources: [{ resources: ["pods/log"] }] }, "GET", `${pod}/log`, true],
    [{ resources: [{ resources: ["pods/*"] }] }, "GET", `${pod}/log`, true],
    [{ resources: [{ resources: ["*/log"] }] }, "GET", `${pod}/log`, true],
    [{ resources: [{ resources: ["*/log"] }] }, "GET", pod, false],
    [{ resources: [{ resources: ["pods"], resourceNames: ["p"] }] }, "GET", pod, true],
    [{ resources: [{ resources: ["pods"], resourceNames: ["q"] }] }, "GET", pod, false],
    [{ resources: [{ group: "" }] }, "GET", "/healthz", false],
    [{ nonResourceURLs: ["/healthz*"] }, "GET", "/healthz/etcd", true],
    [{ nonResourceURLs: ["/healthz"] }, "GET", "/healthz/etcd", false],
    [{ nonResourceURLs: ["*"] }, "GET", pod, false],
  ];
  for (const [rule, method, path, isNoted] of cases) {
    const configOf = compilePolicy({ rules: [{ level: "Metadata", ...rule }] });
    const { level } = configOf({ user: bob, path, info: requestInfo(method, path, new URLSearchParams()) });
    assert.equal(level, isNoted ? "Metadata" : "None", JSON.stringify([rule, path]));
  }
});

test("policies that cannot be followed are told apart", () => {
  const policy = (rule: object): object => ({ kind: "Policy", apiVersion: "audit.k8s.io/v1", rules: [rule] });
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [policy({ level: "Metadata", omitStages: ["RequestReceived"] }), []],
    [{ kind: "Policy", rules: [] }, ["it must be a Policy of audit.k8s.io/v1"]],
    [policy({ level: "All" }), ["rules[0].level: must be one of None, Metadata, Request, RequestResponse"]],
    [
      policy({ level: "None", nonResourceURLs: ["/a/*/b"], namespaces: ["x"] }),
      [
        "rules[0].nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs",
        "rules[0].nonResourceURLs[0]: must begin with a slash, and a * may stand at the end only",
      ],
    ],
  ];
  for (const [value, expected] of cases) assert.deepEqual(policyProblems(value), expected);
});

const maps = "/api/v1/namespaces/n/configmaps";
const audited = async (policy: AuditPolicy): Promise<{ server: TestServer; events: Json[] }> => {
  const events: Json[] = [];
  const server = await testServer({
    audit: { policy, sink: { write: (event) => void events.push(event) } },
    authenticator: {
      authenticate: ({ peer, headers }) => Promise.resolve(headers["authorization"] ? undefined : peer.trustedUser),
    },
  });
  return { server, events };
};
const noted = (events: readonly Json[]): Json[] => events.filter((event) => event.user.username !== "system:apiserver");

test("what is noted of requests at every level", async () => {
  const { server, events } = await audited({
    omitManagedFields: true,
    rules: [
      { level: "None", verbs: ["list"] },
      { level: "Request", verbs: ["update"], omitStages: ["RequestReceived"] },
      { level: "RequestResponse", verbs: ["create"], omitStages: ["RequestReceived"] },
      { level: "Metadata" },
    ],
  });
  await using _server = server;
  const asked = { user: bob, headers: { "x-forwarded-for": "192.0.2.1, 192.0.2.2" } };
  await server.ask("POST", maps, '{"metadata":{"name":"one"},"data":{"a":"1"}}', asked);
  await server.ask("GET", maps, undefined, asked);
  await server.ask("GET", `${maps}/one?pretty=true`, undefined, asked);
  await server.ask("PUT", `${maps}/none`, { metadata: { name: "none" } }, asked);
  const [created, received, complete, failed] = noted(events);
  assert.equal(noted(events).length, 4);
  const { auditID, requestReceivedTimestamp: _r, stageTimestamp: _s, responseObject, ...rest } = created;
  assert.match(auditID, /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    stage: "ResponseComplete",
    requestURI: maps,
    verb: "create",
    user: { username: "bob", groups: ["devs"] },
    sourceIPs: ["192.0.2.1", "192.0.2.2", "127.0.0.1"],
    userAgent: "test/1",
    objectRef: { resource: "configmaps", namespace: "n", name: "one", apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 201 },
    requestObject: { kind: "ConfigMap", apiVersion: "v1", metadata: { name: "one" }, data: { a: "1" } },
    annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" },
  });
  assert.equal(responseObject.data.a, "1");
  assert.equal(responseObject.metadata.managedFields, undefined);
  assert.deepEqual(
    [received.stage, received.responseStatus, received.level],
    ["RequestReceived", undefined, "Metadata"],
  );
  assert.equal(complete.requestURI, `${maps}/one?pretty=true`);
  assert.equal(received.auditID, complete.auditID);
  assert.deepEqual([complete.requestObject, complete.responseObject], [undefined, undefined]);
  assert.deepEqual([failed.responseStatus.code, failed.responseStatus.reason], [404, "NotFound"]);
  assert.equal(failed.requestObject.metadata.name, "none");
});

test("watches end when their client goes; those who are turned away are noted", async () => {
  const { server, events } = await audited({ rules: [{ level: "Metadata", omitStages: ["RequestReceived"] }] });
  await using _server = server;
  const watch = await server.watch(`${maps}?watch=1`);
  assert.deepEqual(
    noted(events).map((event) => event.stage),
    ["ResponseStarted"],
  );
  watch[Symbol.dispose]();
  assert.deepEqual(
    noted(events).map((event) => event.stage),
    ["ResponseStarted", "ResponseComplete"],
  );
  const refused = await server.ask("GET", maps, undefined, { headers: { authorization: "Bearer wrong" } });
  assert.equal(refused.code, 401);
  const last = events.at(-1);
  assert.deepEqual([last.user, last.responseStatus.code, last.stage], [{}, 401, "ResponseStarted"]);
});

test("whoever acts as somebody else is noted as both, with what plugins say", async () => {
  const events: Json[] = [];
  await using server = await testServer({
    audit: {
      policy: { rules: [{ level: "Metadata", omitStages: ["RequestReceived"] }] },
      sink: { write: (e) => void events.push(e) },
    },
    impersonate: () => (next) => (call) => {
      if (call.audit) call.audit.impersonated = bob;
      return next({ ...call, user: bob });
    },
    admission: () => [{ name: "P", validate: (request) => request.annotate?.("p.example/x", "y") }],
  });
  await server.create(maps, { metadata: { name: "one" } });
  const event = events.at(-1);
  assert.deepEqual([event.user.username, event.impersonatedUser.username], [admin.name, "bob"]);
  assert.equal(event.annotations["p.example/x"], "y");
});

test("the file is its owner's alone, and is set aside when it is full", async () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-"));
  try {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const file = join(folder, "audit.log");
    const metrics = new Metrics();
    const surroundings = { clock, log: silentLog, metrics };
    const lines = (): string[] => readFileSync(file, "utf8").trimEnd().split("\n");
    {
      await using sink = new AuditFile({ file, maxSizeBytes: 50, maxBackups: 1 }, surroundings);
      sink.write({ n: 1, text: "x".repeat(20) });
      await sink[Symbol.asyncDispose]();
      assert.deepEqual([lines().length, statSync(file).mode & 0o777], [1, 0o600]);
      clock.moveTo(clock.now() + 1000);
      sink.write({ n: 2, text: "x".repeat(20) });
      await sink[Symbol.asyncDispose]();
      clock.moveTo(clock.now() + 1000);
      sink.write({ n: 3 });
      sink.write({ n: 4, text: "x".repeat(20) });
    }
    assert.deepEqual(
      lines().map((line) => (JSON.parse(line) as { n: number }).n),
      [4],
    );
    assert.deepEqual(readdirSync(folder).toSorted(), ["audit-2026-01-01T00-00-02.000.log", "audit.log"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("which old files go", () => {
  const names = [
    "audit.log",
    "audit-2026-01-01T00-00-00.000.log",
    "audit-2026-01-03T00-00-00.000.log",
    "audit-x.log",
    "other.log",
  ];
  const now = Date.UTC(2026, 0, 4);
  const days = 86_400_000;
  assert.deepEqual(planRemoval(names, { file: "/a/audit.log", maxBackups: 1 }, now), [names[1]]);
  assert.deepEqual(planRemoval(names, { file: "/a/audit.log", maxAgeMs: 2 * days }, now), [names[1]]);
  assert.deepEqual(planRemoval(names, { file: "/a/audit.log" }, now), []);
});

test("nothing waits without bounds", () => {
  const metrics = new Metrics();
  const sink = new AuditFile({ file: "/nowhere/audit.log" }, { clock: new VirtualClock(), log: silentLog, metrics });
  const event = { text: "x".repeat(1024 * 1024) };
  for (let i = 0; i < 40; i++) sink.write(event);
  assert.match(metrics.text(), /^apiserver_audit_error_total\{plugin="log"\} \d+$/m);
});
