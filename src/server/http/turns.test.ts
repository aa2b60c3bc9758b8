import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { Turns } from "./turns.ts";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a long turn ends, and connections take turns from then on", async () => {
  const clock = new VirtualClock();
  const turns = new Turns(clock);
  const begun: string[] = [];
  const alive = new AbortController();
  const gone = new AbortController();
  const [flood, other] = [{}, {}];
  const ask = (connection: object, name: string, took: number, { signal } = alive): void =>
    turns.take(
      connection,
      () => {
        begun.push(name);
        clock.moveTo(clock.now() + took);
      },
      signal,
    );
  for (let i = 1; i <= 6; i++) ask(flood, `flood ${i}`, 11, i === 4 ? gone : alive);
  ask(other, "other", 0);
  gone.abort();
  assert.deepEqual(begun, ["flood 1", "flood 2"]);
  for (let i = 0; i < 6; i++) await nextTurn();
  assert.deepEqual(begun, ["flood 1", "flood 2", "flood 3", "other", "flood 5", "flood 6"]);
  ask(other, "later", 0);
  assert.equal(begun.at(-1), "later");
});
