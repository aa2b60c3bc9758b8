import { test } from "node:test";
import assert from "node:assert/strict";
import { EventCorrelator, type EventFacts } from "./event-correlator.ts";

const facts = (message: string, name = "web", reason = "Pulled"): EventFacts => ({
  about: { kind: "Pod", namespace: "ns", name, uid: name },
  source: { component: "kubelet", host: "n1" },
  type: "Normal",
  reason,
  message,
});

test("the same event again is counted on the first one", () => {
  const correlator = new EventCorrelator();
  const first = correlator.count(facts("hello"), 1000)!;
  assert.equal(first.count, 1);
  first.record.name = "web.1";
  const second = correlator.count(facts("hello"), 5000)!;
  assert.deepEqual([second.count, second.firstAt, second.lastAt, second.record.name], [2, 1000, 5000, "web.1"]);
  assert.equal(correlator.count(facts("hello", "other"), 5000)!.count, 1);
});

test("the tenth different text of one reason is combined, until ten quiet minutes have passed", () => {
  const correlator = new EventCorrelator();
  for (let i = 0; i < 9; i++) assert.equal(correlator.count(facts(`try ${i}`), 0)!.message, `try ${i}`);
  const combined = correlator.count(facts("try 9"), 0)!;
  assert.equal(combined.message, "(combined from similar events): try 9");
  assert.equal(correlator.count(facts("try 10"), 0)!.count, 2);
  assert.equal(correlator.count(facts("try 3"), 0)!.message, "try 3", "known texts stay apart");
  assert.equal(correlator.count(facts("other", "web", "Started"), 0)!.message, "other");
  assert.equal(correlator.count(facts("try 11"), 600_001)!.message, "try 11");
});

test("an object that floods may tell 25 events, then one in five minutes", () => {
  const correlator = new EventCorrelator();
  const told = (now: number): boolean => correlator.count(facts("x"), now) !== undefined;
  assert.equal(Array.from({ length: 40 }, () => told(0)).filter(Boolean).length, 25);
  assert.equal(told(299_000), false);
  assert.equal(told(300_000), true);
  assert.equal(told(300_001), false);
  assert.ok(correlator.count(facts("x", "other"), 0), "others are not held back");
});
