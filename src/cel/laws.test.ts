// Laws that hold for all values: arithmetic against BigInt, texts by code points, order, equality, and printing.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compile, createEnvironment } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { CelError } from "./failure.ts";
import { listsLibrary } from "./library/collections.ts";
import { standardLibrary } from "./library/standard.ts";
import { stringsLibraryLatest } from "./library/strings.ts";
import { dynType, intType, stringType } from "./type.ts";
import type { CelType } from "./type.ts";
import { valueText } from "./value-text.ts";
import { equal } from "./equal.ts";

const environment = (variables: Record<string, CelType>): Environment =>
  createEnvironment({ variables, libraries: [standardLibrary, stringsLibraryLatest, listsLibrary] });
const ints = environment({ a: intType, b: intType });
const texts = environment({ a: stringType, b: stringType });
const anything = environment({ a: dynType, b: dynType });

function evaluatorOf(env: Environment, expression: string) {
  const compiled = compile(env, expression);
  if ("issues" in compiled) assert.fail(compiled.message);
  return (activation: Record<string, unknown>) => compiled.program.evaluate(activation).value;
}
function attempt<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (error instanceof CelError) return error.message;
    throw error;
  }
}
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.integer().map(BigInt),
  fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n), 2n ** 31n, 2n ** 32n - 1n),
);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const operations: readonly (readonly [string, (a: bigint, b: bigint) => bigint])[] = [
  ["+", (a, b) => a + b],
  ["-", (a, b) => a - b],
  ["*", (a, b) => a * b],
  ["/", (a, b) => a / b],
  ["%", (a, b) => a % b],
];
for (const [operator, exact] of operations) {
  const wanted = (a: bigint, b: bigint, least: bigint, greatest: bigint, overflow: string): bigint | string => {
    if (b === 0n && operator === "/") return "division by zero";
    if (b === 0n && operator === "%") return "modulus by zero";
    // Go refuses the one remainder whose quotient overflows.
    if (operator === "%" && a === -(2n ** 63n) && b === -1n) return overflow;
    const result = exact(a, b);
    return result < least || result > greatest ? overflow : result;
  };
  test(`int ${operator} int is exact or an error`, () => {
    const evaluate = evaluatorOf(ints, `string(a ${operator} b)`);
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        const expected = wanted(a, b, -(2n ** 63n), 2n ** 63n - 1n, "integer overflow");
        assert.equal(
          attempt(() => evaluate({ a, b })),
          String(expected),
        );
      }),
    );
  });
  test(`uint ${operator} uint is exact or an error`, () => {
    const evaluate = evaluatorOf(texts, `string(uint(a) ${operator} uint(b))`);
    fc.assert(
      fc.property(uint64, uint64, (a, b) => {
        const expected = wanted(a, b, 0n, 2n ** 64n - 1n, "unsigned integer overflow");
        assert.equal(
          attempt(() => evaluate({ a: String(a), b: String(b) })),
          String(expected),
        );
      }),
    );
  });
}

test("numbers compare alike as int, uint and double", () => {
  const less = evaluatorOf(anything, "a < b");
  const same = evaluatorOf(anything, "a == b");
  const small = fc.integer({ min: 0, max: 5 });
  const kinds = (n: number) => fc.constantFrom(`${n}`, `${n}u`, `${n}.0`);
  fc.assert(
    fc.property(
      small.chain((n) => fc.tuple(fc.constant(n), kinds(n))),
      small.chain((n) => fc.tuple(fc.constant(n), kinds(n))),
      ([n, a], [m, b]) => {
        const values = { a: evaluatorOf(anything, a)({}), b: evaluatorOf(anything, b)({}) };
        assert.equal(less(values), n < m);
        assert.equal(same(values), n === m);
      },
    ),
  );
});

test("texts are counted, cut and ordered by code points", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 8 });
  const size = evaluatorOf(texts, "size(a)");
  const reverse = evaluatorOf(texts, "a.reverse().reverse() == a");
  const parts = evaluatorOf(environment({ a: stringType, n: intType }), "a.substring(0, n) + a.substring(n) == a");
  const less = evaluatorOf(texts, "a < b");
  fc.assert(
    fc.property(text, text, fc.nat(), (a, b, n) => {
      const length = [...a].length;
      assert.equal(size({ a }), length);
      assert.equal(reverse({ a }), true);
      assert.equal(parts({ a, n: n % (length + 1) }), true);
      const order = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.equal(less({ a, b }), order < 0);
    }),
  );
});

const outcomes = ["true", "false", "(1 / 0 == 1)", "dyn(1)"];
test("&& and || do not depend on the order of their sides, but for which error is told", () => {
  const decided = (expression: string): unknown => {
    const value = attempt(() => evaluatorOf(anything, expression)({}));
    return typeof value === "string" ? "error" : value;
  };
  for (const operator of ["&&", "||"])
    for (const a of outcomes)
      for (const b of outcomes)
        assert.equal(decided(`${a} ${operator} ${b}`), decided(`${b} ${operator} ${a}`), `${a} ${operator} ${b}`);
});

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
  ),
})).value;

test("data equals itself, and the text of data is an expression for it", () => {
  const same = evaluatorOf(anything, "a == a && [a] == [a] && a in [a] && {'x': a} == {'x': a}");
  const self = evaluatorOf(anything, "a");
  fc.assert(
    fc.property(json, (a) => {
      assert.equal(same({ a }), true);
      const value = self({ a });
      const read = evaluatorOf(anything, valueText(value))({});
      assert.ok(equal(read, value), valueText(value));
    }),
  );
});

test("sorting and distinct agree with sets of JavaScript", () => {
  const sorted = evaluatorOf(anything, "a.sort() == b");
  const distinct = evaluatorOf(anything, "a.distinct() == b");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 })), (a) => {
      assert.equal(sorted({ a, b: a.toSorted((x, y) => x - y) }), true);
      assert.equal(distinct({ a, b: [...new Set(a)] }), true);
    }),
  );
});

test("nothing that can be typed makes the parser fail in another way than with issues", () => {
  const tokens = fc.constantFrom(
    ..."a b . .? [ ] [? ( ) { } , : ? ! - + * / % == != < <= && || in 1 1u 0x 1.5 'x' \"y\" b'z' r'\\' ''' true null has all map // \n ` é 😀 \\ # @".split(
      " ",
    ),
  );
  fc.assert(
    fc.property(fc.array(tokens, { maxLength: 20 }), (parts) => {
      const compiled = compile(anything, parts.join(" "));
      if ("issues" in compiled) assert.ok(compiled.message.length > 0);
    }),
    { numRuns: 500 },
  );
});
