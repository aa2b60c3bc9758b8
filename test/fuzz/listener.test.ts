// The whole server process on a real port, attacked over real connections. While anything goes on, another client must be
// served within a second; afterwards the process is there, has logged no fault of its own, and has not grown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { kinds } from "#api/kinds.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { Storage } from "#server/cache/storage.ts";
import { Registry } from "#server/registry.ts";
import { createMemoryStore } from "#store/memory.ts";
import { startServerProcess, type ServerKeys, type ServerProcess } from "../support/server-process.ts";
import { attacks as quickAttacks, pause } from "./attacks.ts";
import { Chance } from "./chance.ts";
import { outcomes } from "./corpus.ts";
import { createUser } from "./identities.ts";
import { heavyAttacks } from "./heavy-attacks.ts";
import { faults, faultsOfOthers, stallMs } from "./oracle.ts";
import { Prober } from "./prober.ts";
import { toLine, type FuzzRequest } from "./request.ts";
import { Requests } from "./requests.ts";
import { Wire } from "./wire.ts";

const minutes = Number(process.env["TIMONIER_FUZZ"] ?? 0);
const gateSeed = 20_260_102;
const gateRequests = 300;
const corpusEvery = minutes > 0 ? 1 : 4;
/** The attacks that the gate repeats, to see whether they leave anything behind. */
const cheap = ["requests that are given up", "rapid resets of streams", "readers that do not read"];
/** What another client waits for as a rule: processor time of the server. */
const medianLimitMs = 200;
/** Of fewer there is no rule. */
const fewAnswers = 20;
/** What rounds of attacks may leave behind: noise of the measurement, and the history of what they changed. */
const growthBytes = (minutes > 0 ? 64 : 16) << 20;

const attacks = { ...quickAttacks, ...heavyAttacks };

let server: ServerProcess;
/** May do everything, but is nobody special to flow control. */
let attacker: Pick<ServerProcess, "port" | "keys">;
/** The other client. */
let bystander: ServerKeys;
before(async () => {
  server = await startServerProcess();
  attacker = { port: server.port, keys: await createUser(server, "mallory", "cluster-admin") };
  bystander = await createUser(server, "alice", "view");
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

/** Does something while another client looks on. */
async function watched(act: () => Promise<void>): Promise<void> {
  await using prober = new Prober(server, bystander);
  await prober.answered();
  await act();
  await prober.answered();
  assert.equal(server.exitCode, undefined, "the server is gone");
  assert.deepEqual(prober.failures, []);
  assert.ok(
    prober.slowestMs < stallMs,
    `another client waited while the server computed for ${prober.slowestMs.toFixed(0)} ms`,
  );
  if (prober.answers >= fewAnswers)
    assert.ok(prober.medianMs < medianLimitMs, `another client waited for ${prober.medianMs} ms as a rule`);
}

async function check(wire: Wire, request: FuzzRequest, isH2: boolean, where: string): Promise<void> {
  let found: string[];
  try {
    const answer = await wire.ask(request, isH2 ? "HTTP/2" : "HTTP/1.1");
    found = answer ? await faults(request, answer) : [];
  } catch (error) {
    found = [`no answer over ${isH2 ? "HTTP/2" : "HTTP/1.1"}: ${String(error)}`];
  }
  if (found.length > 0) throw new Error(`${where}: ${found.join("\n")}\n${toLine(request)}`);
}

for (const [name, attack] of Object.entries(attacks)) test(name, () => watched(() => attack(attacker, new Chance(1))));

test("nothing of the attacks stays in memory", async (t) => {
  const round = async (seed: number): Promise<number> => {
    const chosen = minutes > 0 ? Object.keys(attacks) : cheap;
    for (const attack of chosen.map((name) => attacks[name]!)) await attack(attacker, new Chance(seed));
    await pause(200);
    const { heapUsed, external } = await server.memory();
    return heapUsed + external;
  };
  await round(2);
  const start = await round(3);
  const rounds = minutes > 0 ? 10 : 1;
  let end = start;
  for (let i = 0; i < rounds; i++) end = await round(4 + i);
  t.diagnostic(`${((end - start) / 1e6).toFixed(1)} MB more after ${rounds} rounds`);
  assert.ok(end - start < growthBytes, `grew by ${end - start} bytes`);
});

test("the corpus over both protocols", () =>
  watched(async () => {
    using wire = new Wire(server);
    for (const [i, request] of outcomes().entries())
      if (i % corpusEvery === 0) await check(wire, request, i % 8 < 4, `outcomes.jsonl:${i + 1}`);
  }));

async function random(seed: number, count: number): Promise<void> {
  using wire = new Wire(server);
  const storage = new Storage({ store: createMemoryStore(), clock: new VirtualClock(), log: silentLog });
  const requests = new Requests(new Chance(seed), new Registry(storage, kinds));
  for (let i = 0; i < count; i++) await check(wire, await requests.next(), i % 2 === 0, `seed ${seed}, request ${i}`);
}
test("random requests", () =>
  watched(async () => {
    await random(gateSeed, gateRequests);
    const end = performance.now() + minutes * 60_000;
    while (performance.now() < end) await random(Date.now() % 1_000_000_000, gateRequests);
  }));

test("the log holds no fault of the server's own", () => {
  const faults = server.log().filter((line) => line.includes('"level":"error"') && !faultsOfOthers.test(line));
  assert.deepEqual([faults.length, faults[0]?.slice(0, 2_000)], [0, undefined]);
});
