// Random and mutated requests to the composed server, without a socket. A short run with a fixed seed belongs to the gate;
// TIMONIER_FUZZ=<minutes> goes on with new seeds, and prints the one that finds something.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepAlive } from "#base/keep-alive.ts";
import { Chance } from "./chance.ts";
import { outcomes, regressions } from "./corpus.ts";
import { costly } from "./costly.ts";
import { FuzzServer } from "./fuzz-server.ts";
import { lawFaults } from "./laws.ts";
import { faults } from "./oracle.ts";
import { check, prepare } from "./prepare.ts";
import { toLine, type FuzzRequest } from "./request.ts";
import { Requests } from "./requests.ts";

const minutes = Number(process.env["TIMONIER_FUZZ"] ?? 0);
const gateSeed = 20_260_101;
const gateRequests = 1_500;
const requestsPerServer = 10_000;

async function preparedServer(): Promise<FuzzServer> {
  const server = await new FuzzServer().start();
  await prepare(server);
  return server;
}

/** Kinds that one cannot create an object of: read-only, or with a pod that must be there before. */
const withoutSeed = ["bindings.", "componentstatuses.", "selfsubjectreviews.authentication.k8s.io"];

test("every kind takes its seed, and what is stored obeys the laws", async () => {
  using _alive = keepAlive();
  await using server = await new FuzzServer().start();
  const refused = await prepare(server);
  assert.deepEqual(
    refused.filter((text) => !withoutSeed.some((name) => text.startsWith(`${name}:`))),
    [],
  );
  const chance = new Chance(1);
  for (let i = 0; i < 200; i++) {
    const found = await lawFaults(server, chance);
    if (found) assert.fail(`${found[1].join("\n")}\n${toLine(found[0])}`);
  }
});

test("bugs that were found once", async (t) => {
  using _alive = keepAlive();
  await using server = await preparedServer();
  for (const { why, before, request, code, says } of regressions())
    await t.test(why, async () => {
      for (const earlier of before) await server.ask(earlier);
      const answer = await server.ask(request);
      const body = answer.body.toString();
      assert.ok([code].flat().includes(answer.code), body);
      if (says !== undefined) assert.ok(body.includes(says), body);
      assert.deepEqual(await faults(request, answer), []);
    });
});

test("the corpus", async (t) => {
  using _alive = keepAlive();
  await using server = await preparedServer();
  const all = outcomes();
  for (const [i, request] of all.entries()) await check(server, request, `outcomes.jsonl:${i + 1}`);
  t.diagnostic(`corpus: ${all.length} requests and ${regressions().length} regressions`);
});

async function run(seed: number, count: number): Promise<void> {
  await using server = await preparedServer();
  const chance = new Chance(seed);
  const requests = new Requests(chance, server.plane.registry);
  for (let i = 0; i < count; i++) {
    await check(server, await requests.next(), `seed ${seed}, request ${i}`);
    if (i % 10 > 0) continue;
    const found = await lawFaults(server, chance);
    if (found) throw new Error(`seed ${seed}, law after ${i}: ${found[1].join("\n")}\n${toLine(found[0])}`);
  }
}

test("random requests", async (t) => {
  using _alive = keepAlive();
  await run(gateSeed, gateRequests);
  const end = performance.now() + minutes * 60_000;
  let seeds = 1;
  for (; performance.now() < end; seeds++) await run(Date.now() % 1_000_000_000, requestsPerServer);
  t.diagnostic(`${gateRequests + (seeds - 1) * requestsPerServer} random requests, ${seeds} seeds`);
});

const remove = ({ url }: FuzzRequest): FuzzRequest => ({
  method: "DELETE",
  url: `${url.split("?")[0]}/costly?gracePeriodSeconds=0`,
  headers: {},
});
test("costly requests are over soon", async (t) => {
  using _alive = keepAlive();
  const size = minutes > 0 ? 20_000 : 10_000;
  await using server = await preparedServer();
  for (const [name, make] of Object.entries(costly))
    await t.test(name, async () => {
      for (const request of make(size)) {
        if (request.method === "POST") await server.ask(remove(request));
        await check(server, request, name);
      }
    });
});
