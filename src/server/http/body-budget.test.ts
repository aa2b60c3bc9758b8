import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { BodyBudget } from "./body-budget.ts";
import { callOf } from "./call.ts";
import type { Exchange } from "./exchange.ts";

const exchange = (size: number): Exchange =>
  ({ method: "POST", url: "/", headers: {}, input: Readable.from([Buffer.alloc(size)]) }) as unknown as Exchange;

test("bodies together stay within the budget, and give it back when their exchange is over", async () => {
  const bodies = new BodyBudget(100);
  const read = (size: number, over: AbortController, limit = 1_000): Promise<Uint8Array> =>
    callOf(exchange(size), { peer: { address: "" }, signal: over.signal, newId: () => "", now: 0, bodies }).body(limit);
  const first = new AbortController();
  assert.equal((await read(60, first)).length, 60);
  await assert.rejects(read(60, new AbortController()), { reason: "TooManyRequests" });
  await assert.rejects(read(60, new AbortController(), 50), { reason: "RequestEntityTooLarge" });
  first.abort();
  assert.equal((await read(100, new AbortController())).length, 100);
});

test("a body that breaks off is the client's affair", async () => {
  const input = Readable.from(
    (function* () {
      yield Buffer.from("{");
      throw new Error("aborted");
    })(),
  );
  const broken = { ...exchange(0), input } as Exchange;
  const { signal } = new AbortController();
  const options = { peer: { address: "" }, signal, newId: () => "", now: 0, bodies: new BodyBudget() };
  await assert.rejects(callOf(broken, options).body(100), { reason: "BadRequest" });
});
