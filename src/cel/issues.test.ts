// What clients read when an expression does not compile: the texts of API servers of 1.36, with the line of the source.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "./environment.ts";
import { createKubernetesEnvironment } from "./kubernetes/environment.ts";
import { boolType, dynType, intType, listType, objectType, stringType } from "./type.ts";

const self = objectType("selfType", { a: intType, s: stringType, list: listType(stringType) });
const env = createKubernetesEnvironment({ variables: { self } });

const broken: readonly (readonly [expression: string, lines: readonly string[]])[] = [
  ["foo", ["ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')", " | foo", " | ^"]],
  ["self.foo", ["ERROR: <input>:1:5: undefined field 'foo'", " | self.foo", " | ....^"]],
  [
    "self.a +",
    [
      "ERROR: <input>:1:9: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
      " | self.a +",
      " | ........^",
    ],
  ],
  [
    "self.a + 'x'",
    [
      "ERROR: <input>:1:8: found no matching overload for '_+_' applied to '(int, string)'",
      " | self.a + 'x'",
      " | .......^",
    ],
  ],
  [
    "self.a.nope()",
    ["ERROR: <input>:1:12: undeclared reference to 'nope' (in container '')", " | self.a.nope()", " | ...........^"],
  ],
  ["nope(1)", ["ERROR: <input>:1:5: undeclared reference to 'nope' (in container '')", " | nope(1)", " | ....^"]],
  [
    "1 + 1.0",
    ["ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, double)'", " | 1 + 1.0", " | ..^"],
  ],
  ["[1, 'a']", ["ERROR: <input>:1:5: expected type 'int' but found 'string'", " | [1, 'a']", " | ....^"]],
  [
    "{'a': 1, 'b': 'c'}",
    ["ERROR: <input>:1:15: expected type 'int' but found 'string'", " | {'a': 1, 'b': 'c'}", " | ..............^"],
  ],
  [
    "self.s.matches('(')",
    ["ERROR: <input>:1:16: invalid matches argument", " | self.s.matches('(')", " | ...............^"],
  ],
  ["duration('x')", ["ERROR: <input>:1:10: invalid duration argument", " | duration('x')", " | .........^"]],
  ["timestamp('x')", ["ERROR: <input>:1:11: invalid timestamp argument", " | timestamp('x')", " | ..........^"]],
  [
    "'%y'.format([1])",
    [
      'ERROR: <input>:1:12: could not parse formatting clause: unrecognized formatting clause "y"',
      " | '%y'.format([1])",
      " | ...........^",
    ],
  ],
  ["has(self)", ["ERROR: <input>:1:5: invalid argument to has() macro", " | has(self)", " | ....^"]],
  [
    "self.list.all(1, true)",
    ["ERROR: <input>:1:15: argument must be a simple name", " | self.list.all(1, true)", " | ..............^"],
  ],
  [
    "self.list.map(x)",
    [
      "ERROR: <input>:1:14: undeclared reference to 'map' (in container '')",
      " | self.list.map(x)",
      " | .............^",
      "ERROR: <input>:1:15: undeclared reference to 'x' (in container '')",
      " | self.list.map(x)",
      " | ..............^",
    ],
  ],
  [
    "'unclosed",
    [
      "ERROR: <input>:1:1: Syntax error: token recognition error at: ''unclosed'",
      " | 'unclosed",
      " | ^",
      "ERROR: <input>:1:10: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
      " | 'unclosed",
      " | .........^",
    ],
  ],
  [
    "self.a == 'x' && foo",
    [
      "ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'",
      " | self.a == 'x' && foo",
      " | .......^",
      "ERROR: <input>:1:18: undeclared reference to 'foo' (in container '')",
      " | self.a == 'x' && foo",
      " | .................^",
    ],
  ],
  [
    "self.a ? 1 : 2",
    [
      "ERROR: <input>:1:8: found no matching overload for '_?_:_' applied to '(int, int, int)'",
      " | self.a ? 1 : 2",
      " | .......^",
    ],
  ],
  ['"é" + bar', ["ERROR: <input>:1:7: undeclared reference to 'bar' (in container '')", ' | "é" + bar', " | .．....^"]],
  ["if", ["ERROR: <input>:1:1: reserved identifier: if", " | if", " | ^"]],
  ["self.", ["ERROR: <input>:1:6: Syntax error: no viable alternative at input '.'", " | self.", " | .....^"]],
  ["99999999999999999999", ["ERROR: <input>:1:1: invalid int literal", " | 99999999999999999999", " | ^"]],
  ["1.5.5", ["ERROR: <input>:1:4: Syntax error: extraneous input '.5' expecting <EOF>", " | 1.5.5", " | ...^"]],
  [
    "'\\q'",
    [
      "ERROR: <input>:1:1: Syntax error: token recognition error at: ''\\q'",
      " | '\\q'",
      " | ^",
      "ERROR: <input>:1:4: Syntax error: token recognition error at: '''",
      " | '\\q'",
      " | ...^",
      "ERROR: <input>:1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
      " | '\\q'",
      " | ....^",
    ],
  ],
  [
    "self.a == 1\n  && b",
    ["ERROR: <input>:2:6: undeclared reference to 'b' (in container '')", " |   && b", " | .....^"],
  ],
];
test("errors are worded as upstream's", () => {
  for (const [expression, lines] of broken) {
    const compiled = compile(env, expression);
    assert.ok("issues" in compiled, expression);
    assert.equal(compiled.stage, "expression");
    assert.deepEqual(compiled.message.split("\n"), lines);
  }
});

test("an issue tells its place", () => {
  const compiled = compile(env, "self.a == 1\n  && b");
  assert.deepEqual("issues" in compiled && compiled.issues, [
    { line: 2, column: 6, message: "undeclared reference to 'b' (in container '')" },
  ]);
});

test("a result of another type is refused", () => {
  const problem = (expression: string, ...resultTypes: (typeof boolType)[]) => {
    const compiled = compile(env, expression, { resultTypes });
    return "issues" in compiled ? [compiled.stage, compiled.message] : undefined;
  };
  assert.equal(problem("self.a > 1", boolType), undefined);
  assert.deepEqual(problem("self.a", boolType), ["result", "must evaluate to bool but got int"]);
  assert.deepEqual(problem("self.a", boolType, stringType), [
    "result",
    "must evaluate to one of [bool string] but got int",
  ]);
});

test("a constant that has no value fails the program", () => {
  const compiled = compile(
    createKubernetesEnvironment({ variables: { x: dynType }, validatesLiterals: false }),
    "x.matches('[')",
  );
  assert.ok("issues" in compiled);
  assert.equal(compiled.stage, "program");
  assert.match(compiled.message, /missing closing \]/);
});

test("nesting and length have limits", () => {
  const deep = (depth: number) => compile(env, "(".repeat(depth) + "1" + ")".repeat(depth));
  assert.ok("program" in deep(100));
  assert.ok("issues" in deep(100_000));
  assert.ok("issues" in compile(env, "[".repeat(100_000)));
  assert.ok("issues" in compile(env, "-".repeat(100_000)));
  assert.ok("issues" in compile(env, "a.".repeat(200_000)));
});
