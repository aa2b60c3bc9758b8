// Limits and variables of an evaluation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "./environment.ts";
import type { CompileOptions } from "./environment.ts";
import { CelError } from "./failure.ts";
import { toJson } from "./json.ts";
import { createKubernetesEnvironment } from "./kubernetes/environment.ts";
import { boolType, dynType, intType } from "./type.ts";

const env = createKubernetesEnvironment({ variables: { self: dynType, count: intType, flag: boolType } });
function programOf(expression: string, options?: CompileOptions) {
  const compiled = compile(env, expression, options);
  if ("issues" in compiled) assert.fail(compiled.message);
  return compiled.program;
}
const celError = (reason: CelError["reason"], message: string) => (error: unknown) =>
  error instanceof CelError && error.reason === reason && error.message === message;

test("an evaluation that costs more than its limit ends, and nothing absorbs that", () => {
  const program = programOf("self.exists(x, x > 100) || true");
  const self = Array.from({ length: 50 }, (_, i) => i);
  const { value, cost } = program.evaluate({ self });
  assert.equal(value, true);
  assert.equal(program.evaluate({ self }, { costLimit: cost }).cost, cost);
  const exceeded = celError("cost", "operation cancelled: actual cost limit exceeded");
  assert.throws(() => program.evaluate({ self }, { costLimit: cost - 1 }), exceeded);
});

test("an evaluation stops when its signal fires", () => {
  const aborted = AbortSignal.abort();
  const self = Array.from({ length: 200 }, (_, i) => i);
  const program = programOf("self.all(x, x >= 0) || true");
  assert.throws(
    () => program.evaluate({ self }, { signal: aborted }),
    celError("interrupted", "operation interrupted"),
  );
});

test("the cost of a failed evaluation is known", () => {
  const cost = (expression: string): number => {
    try {
      return programOf(expression).evaluate({ self: { a: 1 } }).cost;
    } catch (error) {
      return error instanceof CelError ? -error.cost : NaN;
    }
  };
  assert.equal(cost("self.a == 1"), 3);
  assert.ok(cost("self.a == 1 && self.b == 1") < 0);
});

test("a variable is computed when it is first read, and once", () => {
  let reads = 0;
  const activation = {
    count: () => {
      reads++;
      return 3;
    },
    flag: false,
  };
  assert.equal(programOf("flag && count > 1").evaluate(activation).value, false);
  assert.equal(reads, 0);
  assert.equal(programOf("count + count * count").evaluate(activation).value, 12);
  assert.equal(reads, 1);
});

test("a variable that was not given fails when it is read", () => {
  assert.equal(programOf("true || count > 1").evaluate({}).value, true);
  assert.throws(() => programOf("count > 1").evaluate({}), celError("failed", "no such attribute(s): count"));
});

test("a program tells which variables it reads", () => {
  assert.deepEqual([...programOf("self.count + count > 1 && self.all(flag, flag)").references].sort(), [
    "count",
    "self",
  ]);
});

test("the estimate follows the sizes that are given", () => {
  const program = programOf("self.list.all(x, x == 'a')");
  const estimate = (items: number) =>
    program.estimateCost(([, field]) => (field === "list" ? { min: 0, max: items } : undefined)).max;
  assert.ok(estimate(10) < estimate(20));
  assert.equal(estimate(20) - estimate(10), estimate(30) - estimate(20));
});

test("without a check the values decide", () => {
  const unchecked = (expression: string) => programOf(expression, { checked: false }).evaluate({ count: 2 }).value;
  assert.equal(unchecked("count + 1 == 3"), true);
  assert.throws(() => unchecked("count + 'a'"), celError("failed", "no such overload"));
  assert.throws(() => unchecked("nope"), celError("failed", "undeclared reference to 'nope' (in container '')"));
});

test("a guessed type does not confuse values", () => {
  const self = { texts: ["b", "a"], numbers: [2, 1] };
  const failing: readonly (readonly [string, string])[] = [
    ["self.texts.reverse()[0] + 1", "no such overload"],
    ["self.texts.reverse().map(x, x * 2)", "no such overload"],
    ["-self.texts.reverse()[0]", "no such overload"],
    ["self.texts.first().value() + 1", "no such overload"],
    ["self.numbers.reverse()[0].startsWith('a')", "no such overload"],
    ["self.texts.reverse().max() + 1", "no such overload: max(list)"],
    ["'abc'.charAt(self.texts.reverse()[0])", "no such overload: charAt(string, string)"],
  ];
  for (const [expression, message] of failing)
    assert.throws(() => programOf(expression).evaluate({ self }), celError("failed", message), expression);
  assert.equal(programOf("self.texts.reverse()[0] + 'b'").evaluate({ self }).value, "ab");
});

test("results become JSON again", () => {
  const json = (expression: string): unknown =>
    toJson(programOf(expression).evaluate({ self: { a: [1, { b: null }] } }).value);
  assert.deepEqual(json("self"), { a: [1, { b: null }] });
  assert.deepEqual(
    json(
      "{'x': self.a[1], 'y': dyn([1.5].map(x, dyn(x)) + [dyn(2u), dyn(b'hi'), dyn(duration('90s')), dyn(timestamp(0))])}",
    ),
    {
      x: { b: null },
      y: [1.5, 2, "aGk=", "90s", "1970-01-01T00:00:00Z"],
    },
  );
  assert.deepEqual(Object.keys(json("{'__proto__': 1}") as object), ["__proto__"]);
  assert.throws(() => json("{1: 2}"), celError("failed", "map key of type int is not string"));
  assert.throws(() => json("[quantity('1')]"), celError("failed", "kubernetes.Quantity has no JSON form"));
});
