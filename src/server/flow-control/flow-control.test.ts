import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FlowSchema } from "#api/flowcontrol/flow-schema.ts";
import { PriorityLevelConfiguration } from "#api/flowcontrol/priority-level-configuration.ts";
import type { PriorityLevelConfigurationSpec } from "#api/flowcontrol/schema.ts";
import { settle, testServer, type TestServer } from "#server/api-server.fake.ts";
import type { Call, UserInfo } from "#server/pipeline.ts";
import { requestInfo } from "#server/stages/route.ts";
import { compileSchemas } from "./classify.ts";
import { limitsOf, Seats, type LevelConfig } from "./seats.ts";
import { dealHand, flowHash } from "./shuffle-sharding.ts";
import { flowControlObjects, planFlowControl } from "./suggested.ts";

const users: Readonly<Record<string, UserInfo>> = {
  root: { name: "root", groups: ["system:masters", "system:authenticated"] },
  bob: { name: "bob", groups: ["system:authenticated"] },
  nobody: { name: "system:anonymous", groups: ["system:unauthenticated"] },
  node: { name: "system:node:n1", groups: ["system:nodes", "system:authenticated"] },
  scheduler: { name: "system:kube-scheduler", groups: ["system:authenticated"] },
  robot: { name: "system:serviceaccount:n:robot", groups: ["system:serviceaccounts", "system:authenticated"] },
  system: { name: "system:serviceaccount:kube-system:x", groups: ["system:serviceaccounts", "system:authenticated"] },
  stranger: { name: "stranger", groups: [] },
};

test("requests belong to the flow schemas that upstream has for them", () => {
  const schemas = flowControlObjects.filter(({ kind }) => kind === FlowSchema);
  const compiled = compileSchemas(schemas.map(({ object }) => object as unknown as FlowSchema));
  assert.deepEqual([schemas.length, flowControlObjects.length], [11, 19]);
  const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x";
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["root", "DELETE", "/api/v1/nodes/x", "exempt "],
    ["bob", "GET", "/healthz", "probes "],
    ["bob", "GET", "/healthz/etcd", "global-default bob"],
    ["nobody", "GET", "/version", "global-default system:anonymous"],
    ["scheduler", "PUT", leases, "system-leader-election system:kube-scheduler"],
    ["scheduler", "DELETE", leases, "kube-scheduler kube-system"],
    ["scheduler", "GET", "/api/v1/pods", "kube-scheduler "],
    ["system", "PUT", leases, "system-leader-election system:serviceaccount:kube-system:x"],
    ["system", "GET", "/api/v1/namespaces/n/pods", "kube-system-service-accounts n"],
    ["node", "PATCH", "/api/v1/nodes/n1/status", "system-node-high system:node:n1"],
    ["node", "PUT", leases, "system-node-high system:node:n1"],
    ["node", "GET", "/api/v1/nodes/n1/proxy", "system-nodes system:node:n1"],
    ["robot", "GET", "/api/v1/namespaces/n/pods", "service-accounts system:serviceaccount:n:robot"],
    ["bob", "GET", "/api/v1/namespaces/n/pods", "global-default bob"],
    ["stranger", "GET", "/api/v1/namespaces/n/pods", ""],
  ];
  for (const [who, method, path, expected] of cases) {
    const asked = { user: users[who]!, path, info: requestInfo(method, path, new URLSearchParams()) };
    const schema = compiled.find((one) => one.matches(asked));
    assert.equal(schema ? `${schema.name} ${schema.distinguish(asked)}` : "", expected, `${who} ${method} ${path}`);
  }
});

test("a hand has different queues, all of them possible", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 128 }), fc.integer({ min: 1, max: 8 }), (flow, deck, size) => {
      const hand = dealHand(flowHash(flow), deck, size);
      assert.equal(new Set(hand).size, Math.min(size, deck));
      assert.ok(hand.every((card) => card >= 0 && card < deck));
    }),
  );
  const seen = new Set(Array.from({ length: 200 }, (_, i) => dealHand(flowHash(`u${i}`), 16, 4)).flat());
  assert.equal(seen.size, 16);
});

const level = (name: string, shares: number, more: object = {}, queuing?: object): LevelConfig => ({
  name,
  uid: name,
  spec: {
    type: "Limited",
    limited: {
      nominalConcurrencyShares: shares,
      limitResponse: queuing ? { type: "Queue", queuing } : { type: "Reject" },
      ...more,
    },
  } as PriorityLevelConfigurationSpec,
});
const queues = { queues: 4, handSize: 2, queueLengthLimit: 2 };

test("seats follow shares, percentages and limits of borrowing", () => {
  const configs = [
    level("a", 30, { lendablePercent: 50 }),
    level("b", 10, { borrowingLimitPercent: 20 }),
    { name: "exempt", uid: "", spec: { type: "Exempt" } as PriorityLevelConfigurationSpec },
  ];
  assert.deepEqual(limitsOf(configs, 40), [
    { nominal: 30, least: 15, most: Infinity },
    { nominal: 10, least: 10, most: 12 },
    { nominal: 0, least: 0, most: Infinity },
  ]);
});

test("a level borrows what another does not need, and gives it back to the owner first", () => {
  const seats = new Seats();
  seats.configure([level("a", 1, { lendablePercent: 100 }, queues), level("b", 1, { lendablePercent: 50 }, queues)], 4);
  const [a, b] = [seats.level("a")!, seats.level("b")!];
  assert.deepEqual(
    [1, 2, 3, 4].map(() => seats.tryTake(a)),
    [true, true, true, false],
  );
  assert.deepEqual(
    [1, 2].map(() => seats.tryTake(b)),
    [true, false],
  );
  const started: string[] = [];
  const wait = (of: typeof a, name: string): boolean =>
    seats.enqueue(of, { flow: name, start: () => void started.push(name) });
  assert.ok(wait(a, "a1"));
  assert.ok(wait(b, "b1"));
  seats.giveBack(a);
  assert.deepEqual(started, ["b1"]);
  seats.giveBack(a);
  assert.deepEqual(started, ["b1", "a1"]);
  assert.deepEqual([a.executing, b.executing, a.waiting, b.waiting], [2, 2, 0, 0]);
});

test("whatever comes and goes, no more run than there are seats, and nobody waits beside a free one", () => {
  const steps = fc.array(fc.record({ level: fc.nat(1), isEnd: fc.boolean() }), { maxLength: 80 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 100 }), (all, lendablePercent) => {
      const seats = new Seats();
      seats.configure([level("a", 1, { lendablePercent }, queues), level("b", 2, { lendablePercent }, queues)], 6);
      const levels = [seats.level("a")!, seats.level("b")!];
      for (const [i, step] of all.entries()) {
        const of = levels[step.level]!;
        if (step.isEnd) {
          if (of.executing > 0) seats.giveBack(of);
        } else if (!seats.tryTake(of)) seats.enqueue(of, { flow: `f${i % 3}`, start: () => undefined });
        assert.ok(levels.reduce((sum, l) => sum + l.executing, 0) <= 6);
        for (const l of levels) assert.ok(l.waiting === 0 || l.executing >= l.limits.least);
      }
    }),
  );
});

test("a flow that fills its queues leaves others theirs", () => {
  const seats = new Seats();
  seats.configure([level("a", 1, {}, { queues: 64, handSize: 6, queueLengthLimit: 50 })], 1);
  const a = seats.level("a")!;
  assert.ok(seats.tryTake(a));
  const served: string[] = [];
  const wait = (flow: string): boolean => seats.enqueue(a, { flow, start: () => void served.push(flow) });
  let heavy = 0;
  while (wait("heavy")) heavy++;
  assert.equal(heavy, 300);
  assert.ok(wait("light"));
  for (let i = 0; i < 7; i++) seats.giveBack(a);
  assert.ok(served.includes("light"), served.join());
});

const path = "/api/v1/namespaces/default/configmaps";
/** Asks as a client from outside would. */
function call(server: TestServer, user: UserInfo, method = "GET", signal = new AbortController().signal): Call {
  return {
    method,
    path,
    rawPath: path,
    query: new URLSearchParams(),
    headers: {},
    body: () => Promise.resolve(new Uint8Array()),
    signal,
    peer: { address: "test", certificate: { commonName: user.name, organizations: user.groups } },
    id: "x",
    receivedAt: server.clock.now(),
    warnings: [],
    replyHeaders: {},
  };
}

test("too many at once wait their turn, then are turned away; administrators never are", async () => {
  const release: (() => void)[] = [];
  await using server = await testServer({
    flowControl: true,
    limits: { reading: 8, writing: 4 },
    authenticator: {
      authenticate: ({ peer }) => Promise.resolve(peer.trustedUser ?? users[peer.certificate!.commonName]),
    },
    handlers: () => ({
      configmaps: () => new Promise((resolve) => release.push(() => resolve({ type: "taken" }))),
    }),
  });
  const { handler } = server.server;
  const codes: number[] = [];
  const ask = async (user: string, signal?: AbortSignal): Promise<Call> => {
    const asked = call(server, users[user]!, "GET", signal);
    const reply = await handler(asked);
    codes.push(reply.type === "object" ? reply.code : 200);
    return asked;
  };
  const asking = Array.from({ length: 600 }, () => ask("bob"));
  await settle();
  const running = release.length;
  assert.ok(running > 0 && running < 12, `${running}`);
  // Six queues of fifty, and those that run.
  assert.equal(codes.filter((code) => code === 429).length, 600 - 300 - running);
  const gone = new AbortController();
  asking.push(ask("robot", gone.signal), ask("root"));
  await settle();
  assert.ok(release.length >= running + 1);
  gone.abort(new Error("gone"));
  await server.advance(15_000);
  const late = codes.filter((code) => code === 429).length;
  assert.ok(late >= 600 - running, `${late}`);
  for (const done of release) done();
  const [first] = await Promise.all(asking);
  const schema = await server.get("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/global-default");
  const levelOf = await server.get("/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/global-default");
  assert.deepEqual(first!.replyHeaders, {
    "x-kubernetes-pf-flowschema-uid": schema.metadata.uid,
    "x-kubernetes-pf-prioritylevel-uid": levelOf.metadata.uid,
  });
  const metrics = String((await server.ask("GET", "/metrics")).body);
  assert.match(
    metrics,
    /^apiserver_flowcontrol_rejected_requests_total\{.*flow_schema="global-default",reason="queue-full"\} \d+$/m,
  );
  assert.match(metrics, /^apiserver_flowcontrol_nominal_limit_seats\{priority_level="workload-low"\} 5$/m);
});

test("the objects are made, put right, and come back; schemas tell of missing levels", async () => {
  const schemas = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";
  await using server = await testServer({ flowControl: true });
  assert.deepEqual(planFlowControl(server.server.registry), []);
  const dangling = async (name: string): Promise<string> => {
    for (let i = 0; i < 4; i++) await settle();
    return (await server.get(`${schemas}/${name}`)).status.conditions[0].status;
  };
  assert.equal(await dangling("probes"), "False");
  await server.delete(`${schemas}/catch-all`);
  assert.equal(await dangling("catch-all"), "False");
  const spec = { matchingPrecedence: 77, priorityLevelConfiguration: { name: "mine" } };
  await server.create(schemas, { metadata: { name: "mine" }, spec });
  assert.equal(await dangling("mine"), "True");
  await server.create("/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations", {
    metadata: { name: "mine" },
    spec: { type: "Limited", limited: { nominalConcurrencyShares: 1, limitResponse: { type: "Reject" } } },
  });
  assert.equal(await dangling("mine"), "False");
  await server.merge(`${schemas}/probes`, { spec: { matchingPrecedence: 3 } });
  const kept = { metadata: { annotations: { "apf.kubernetes.io/autoupdate-spec": "false" } } };
  await server.merge(`${schemas}/service-accounts`, { ...kept, spec: { matchingPrecedence: 8000 } });
  const planned = planFlowControl(server.server.registry);
  assert.deepEqual(
    planned.map(({ kind, object, isKept }) => [kind.kind, object.metadata?.name, isKept]),
    [["FlowSchema", "probes", true]],
  );
  assert.equal([...server.server.registry.list(PriorityLevelConfiguration)].length, 9);
});
