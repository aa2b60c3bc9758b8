// Every operation that the server documents, asked over real connections, while another client looks on. What is documented
// must be served, and answer with a code that is documented. TIMONIER_FUZZ=<minutes> goes on with new seeds.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { kinds } from "#api/kinds.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { Storage } from "#server/cache/storage.ts";
import { Registry } from "#server/registry.ts";
import { createMemoryStore } from "#store/memory.ts";
import { startServerProcess, type ServerKeys, type ServerProcess } from "../support/server-process.ts";
import { Chance } from "./chance.ts";
import { createUser } from "./identities.ts";
import { readOperations, type Operation } from "./openapi-operations.ts";
import { requestsTo } from "./openapi-requests.ts";
import { faults, faultsOfOthers, stallMs } from "./oracle.ts";
import { Prober } from "./prober.ts";
import { toLine, type FuzzRequest } from "./request.ts";
import { Requests } from "./requests.ts";
import type { FuzzAnswer } from "./fuzz-server.ts";
import { Wire } from "./wire.ts";

const minutes = Number(process.env["TIMONIER_FUZZ"] ?? 0);
const gateSeed = 20_260_103;
/** Of the processor time that the server spends before another client has its answer. */
const medianLimitMs = 100;
/** Not documented, and not asked for by any client that goes by documents. */
const leastOperations = 800;

let server: ServerProcess;
let bystander: ServerKeys;
let operations: readonly Operation[];
before(async () => {
  server = await startServerProcess();
  bystander = await createUser(server, "alice", "view");
  using wire = new Wire(server);
  const get = (url: string): Promise<FuzzAnswer | undefined> => wire.ask({ method: "GET", url, headers: {} }, "HTTP/2");
  operations = await readOperations(async (url) => JSON.parse((await get(url))!.body.toString()) as unknown);
  const storage = new Storage({ store: createMemoryStore(), clock: new VirtualClock(), log: silentLog });
  const requests = new Requests(new Chance(0), new Registry(storage, kinds));
  for (const kind of kinds) {
    const seed = await requests.seed(kind);
    if (seed) await wire.ask(seed, "HTTP/2");
  }
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

const notServed = /404 page not found|the server could not find the requested resource|does not allow this method/;
/** What is wrong with an answer to an operation that is documented. */
async function faultsOf(operation: Operation, request: FuzzRequest, answer: FuzzAnswer): Promise<string[]> {
  const found = await faults(request, answer);
  const { code, isCut } = answer;
  if (code >= 200 && code < 300 && !isCut && operation.codes.length > 0 && !operation.codes.includes(code))
    found.push(`code ${code} is not documented`);
  // The server of logs is off, as upstream's is by default.
  // What can be listed need not be watched.
  const isWatch = /[?&]watch=/.test(request.url);
  const isOwnPath = !/%|\/none|\/missing/.test(request.url.split("?")[0]!) && !operation.path.startsWith("/logs");
  if (isOwnPath && !isWatch && (code === 404 || code === 405) && notServed.test(answer.body.toString()))
    found.push(`${operation.method} ${operation.path} is documented, but not served`);
  return found;
}
async function ask(seed: number): Promise<number> {
  using wire = new Wire(server);
  const chance = new Chance(seed);
  let count = 0;
  for (const operation of operations)
    for (const request of await requestsTo(chance, operation)) {
      const answer = await wire.ask(request, count++ % 2 ? "HTTP/1.1" : "HTTP/2").catch((error: unknown) => {
        throw new Error(`seed ${seed}: no answer: ${String(error)}\n${toLine(request)}`);
      });
      const found = answer ? await faultsOf(operation, request, answer) : [];
      if (found.length > 0)
        assert.fail(
          [
            `seed ${seed}: ${found.join("\n")}`,
            `${answer!.code} ${answer!.body.toString().slice(0, 2_000)}`,
            toLine(request),
          ].join("\n"),
        );
    }
  return count;
}

test("every documented operation", async (t) => {
  assert.ok(operations.length >= leastOperations, `only ${operations.length} operations are documented`);
  await using prober = new Prober(server, bystander);
  await prober.answered();
  let count = await ask(gateSeed);
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end) count += await ask(Date.now() % 1_000_000_000);
  assert.equal(server.exitCode, undefined, "the server is gone");
  assert.deepEqual(prober.failures, []);
  const slowest = `another client waited while the server computed for ${prober.slowestMs} ms`;
  assert.ok(prober.slowestMs < stallMs, slowest);
  assert.ok(prober.medianMs < medianLimitMs, `${prober.medianMs} ms as a rule`);
  t.diagnostic(`${operations.length} operations, ${count} requests; ${slowest}, ${prober.medianMs} ms as a rule`);
});

test("the log holds no fault of the server's own", () => {
  const lines = server.log().filter((line) => line.includes('"level":"error"') && !faultsOfOthers.test(line));
  assert.deepEqual([lines.length, lines[0]?.slice(0, 2_000)], [0, undefined]);
});
