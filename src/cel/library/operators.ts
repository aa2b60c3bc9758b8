// Operators: arithmetic, order, equality and logic. Each has its overloads for the checker and, where the arguments'
// types are known only at run time, one implementation for all.
import { comparisonCost, concatenationCost, listConcatenationCost, membershipCost } from "../cost/calls.ts";
import { compare, contains, equal } from "../equal.ts";
import { fail, noSuchOverload } from "../failure.ts";
import type { FunctionDeclaration, Implementation, Library, OverloadDefinition } from "../library.ts";
import { declarer, overload } from "../library.ts";
import * as number from "../number.ts";
import { addDurations, addTime, subtractDurations, subtractTimes } from "../time.ts";
import { Double, Duration, ListValue, MapValue, Timestamp, Uint } from "../value.ts";
import type { Int, Value } from "../value.ts";

const declare = declarer();
const binary = (id: string, types: string, call: Implementation, cost?: OverloadDefinition["cost"]) =>
  overload(id, types, call, cost);

const isInt = (value: Value): value is Int => typeof value === "number" || typeof value === "bigint";
/** Tries the kinds of number; other kinds are left to `rest`. */
const numeric =
  (
    int: (a: Int, b: Int) => Value,
    uint: (a: Uint, b: Uint) => Value,
    double?: (a: number, b: number) => number,
    rest: (a: Value, b: Value) => Value = noSuchOverload,
  ): Implementation =>
  (a: Value, b: Value) => {
    if (isInt(a)) return isInt(b) ? int(a, b) : noSuchOverload();
    if (double && a instanceof Double)
      return b instanceof Double ? new Double(double(a.value, b.value)) : noSuchOverload();
    if (a instanceof Uint) return b instanceof Uint ? uint(a, b) : noSuchOverload();
    return rest(a, b);
  };
const onDoubles =
  (call: (a: number, b: number) => number): Implementation =>
  (a: Double, b: Double) =>
    new Double(call(a.value, b.value));

const joinBytes = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
};
/** What comes to a list through `+`; lists over JSON may merge. */
const joinLists = (a: ListValue, b: ListValue): ListValue => a.plus(b) ?? a;
function addOthers(a: Value, b: Value): Value {
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (a instanceof ListValue && b instanceof ListValue) return joinLists(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return joinBytes(a, b);
  if (a instanceof Timestamp && b instanceof Duration) return addTime(a, b);
  if (a instanceof Duration && b instanceof Timestamp) return addTime(b, a);
  return a instanceof Duration && b instanceof Duration ? addDurations(a, b) : noSuchOverload();
}
function subtractOthers(a: Value, b: Value): Value {
  if (a instanceof Timestamp && b instanceof Timestamp) return subtractTimes(a, b);
  if (a instanceof Timestamp && b instanceof Duration) return addTime(a, new Duration(-b.nanos));
  return a instanceof Duration && b instanceof Duration ? subtractDurations(a, b) : noSuchOverload();
}
const plus = (a: number, b: number): number => a + b;
const minus = (a: number, b: number): number => a - b;

const arithmetic: readonly FunctionDeclaration[] = [
  declare(
    "_+_",
    [
      binary("add_bytes", "(bytes, bytes) -> bytes", joinBytes, concatenationCost),
      binary("add_double", "(double, double) -> double", onDoubles(plus)),
      binary("add_duration_duration", "(duration, duration) -> duration", addDurations),
      binary("add_duration_timestamp", "(duration, timestamp) -> timestamp", (a: Duration, b: Timestamp) =>
        addTime(b, a),
      ),
      binary("add_timestamp_duration", "(timestamp, duration) -> timestamp", addTime),
      binary("add_int64", "(int, int) -> int", number.addInt),
      binary("add_list", "(list(A), list(A)) -> list(A)", joinLists, listConcatenationCost),
      binary("add_string", "(string, string) -> string", (a: string, b: string) => a + b, concatenationCost),
      binary("add_uint64", "(uint, uint) -> uint", number.addUint),
    ],
    numeric(number.addInt, number.addUint, plus, addOthers),
  ),
  declare(
    "_-_",
    [
      binary("subtract_double", "(double, double) -> double", onDoubles(minus)),
      binary("subtract_duration_duration", "(duration, duration) -> duration", subtractDurations),
      binary("subtract_int64", "(int, int) -> int", number.subtractInt),
      binary("subtract_timestamp_duration", "(timestamp, duration) -> timestamp", subtractOthers),
      binary("subtract_timestamp_timestamp", "(timestamp, timestamp) -> duration", subtractTimes),
      binary("subtract_uint64", "(uint, uint) -> uint", number.subtractUint),
    ],
    numeric(number.subtractInt, number.subtractUint, minus, subtractOthers),
  ),
  declare(
    "_*_",
    [
      binary(
        "multiply_double",
        "(double, double) -> double",
        onDoubles((a, b) => a * b),
      ),
      binary("multiply_int64", "(int, int) -> int", number.multiplyInt),
      binary("multiply_uint64", "(uint, uint) -> uint", number.multiplyUint),
    ],
    numeric(number.multiplyInt, number.multiplyUint, (a, b) => a * b),
  ),
  declare(
    "_/_",
    [
      binary(
        "divide_double",
        "(double, double) -> double",
        onDoubles((a, b) => a / b),
      ),
      binary("divide_int64", "(int, int) -> int", number.divideInt),
      binary("divide_uint64", "(uint, uint) -> uint", number.divideUint),
    ],
    numeric(number.divideInt, number.divideUint, (a, b) => a / b),
  ),
  declare(
    "_%_",
    [
      binary("modulo_int64", "(int, int) -> int", number.moduloInt),
      binary("modulo_uint64", "(uint, uint) -> uint", number.moduloUint),
    ],
    numeric(number.moduloInt, number.moduloUint),
  ),
  declare(
    "-_",
    [
      overload("negate_double", "(double) -> double", (a: Double) => new Double(-a.value)),
      overload("negate_int64", "(int) -> int", number.negateInt),
    ],
    (a: Value) => (isInt(a) ? number.negateInt(a) : a instanceof Double ? new Double(-a.value) : noSuchOverload()),
  ),
];

const orderedTypes = ["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration"];
const idNames: Readonly<Record<string, string>> = { int: "int64", uint: "uint64" };
const numberTypes = ["int", "uint", "double"];
const order = (a: Value, b: Value): number => {
  const result = compare(a, b);
  return Number.isNaN(result) ? fail("NaN values cannot be ordered") : result;
};
/** All overloads of one order: each type with itself, each kind of number with each other. */
function ordering(name: string, prefix: string, holds: (order: number) => boolean): FunctionDeclaration {
  const call: Implementation = (a: Value, b: Value) =>
    typeof a === "number" && typeof b === "number" ? holds(a - b) : holds(order(a, b));
  const idOf = (type: string): string => idNames[type] ?? type;
  const overloads = orderedTypes.flatMap((type) => {
    const sized = type === "string" || type === "bytes";
    const own = overload(
      `${prefix}_${idOf(type)}`,
      `(${type}, ${type}) -> bool`,
      call,
      sized ? comparisonCost : undefined,
    );
    const others = numberTypes.includes(type) ? numberTypes.filter((other) => other !== type) : [];
    const cross = others.map((other) =>
      overload(`${prefix}_${idOf(type)}_${idOf(other)}`, `(${type}, ${other}) -> bool`, call),
    );
    return [own, ...cross];
  });
  return declare(name, overloads, call);
}
const inMap = (key: Value, map: MapValue): boolean => map.find(key) !== undefined;
const isIn: Implementation = (a: Value, b: Value) => {
  if (b instanceof ListValue) return contains(b, a);
  return b instanceof MapValue ? inMap(a, b) : noSuchOverload();
};
const negation = (a: Value): boolean => (typeof a === "boolean" ? !a : noSuchOverload());
/** The planner has its own way with these: they do not need all of their arguments. */
const planned: Implementation = noSuchOverload;

export const operators: Library = {
  name: "operators",
  functions: [
    ...arithmetic,
    ordering("_<_", "less", (result) => result < 0),
    ordering("_<=_", "less_equals", (result) => result <= 0),
    ordering("_>_", "greater", (result) => result > 0),
    ordering("_>=_", "greater_equals", (result) => result >= 0),
    declare("_==_", [overload("equals", "(A, A) -> bool", equal, comparisonCost)]),
    declare("_!=_", [overload("not_equals", "(A, A) -> bool", (a: Value, b: Value) => !equal(a, b), comparisonCost)]),
    declare(
      "@in",
      [
        overload("in_list", "(A, list(A)) -> bool", (a: Value, list: ListValue) => contains(list, a), membershipCost),
        overload("in_map", "(A, map(A, B)) -> bool", inMap),
      ],
      isIn,
    ),
    declare("!_", [overload("logical_not", "(bool) -> bool", negation)], negation),
    declare("@not_strictly_false", [overload("not_strictly_false", "(bool) -> bool", planned)]),
    declare("_&&_", [overload("logical_and", "(bool, bool) -> bool", planned)]),
    declare("_||_", [overload("logical_or", "(bool, bool) -> bool", planned)]),
    declare("_?_:_", [overload("conditional", "(bool, A, A) -> A", planned)]),
    declare("_[_]", [
      overload("index_list", "(list(A), int) -> A", planned),
      overload("index_map", "(map(A, B), A) -> B", planned),
    ]),
  ],
};
