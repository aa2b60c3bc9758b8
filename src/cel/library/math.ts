// The math extension: least and greatest, rounding, signs and bits.
import { compare } from "../equal.ts";
import { fail } from "../failure.ts";
import type { Implementation, Library } from "../library.ts";
import { declarer, overload } from "../library.ts";
import { checkedInt, negateInt } from "../number.ts";
import type { Expr } from "../syntax/expr.ts";
import { MacroError, memberMacro } from "../syntax/macro.ts";
import type { Macro } from "../syntax/macro.ts";
import { Double, intOf, Uint } from "../value.ts";
import type { Int, ListValue, Value } from "../value.ts";

const declare = declarer();
const kinds = ["double", "int", "uint"] as const;

/** `better` tells whether the second of two is taken. */
function extreme(name: "@min" | "@max", better: (order: number) => boolean) {
  const order = (a: Value, b: Value): number => {
    const result = compare(a, b);
    return Number.isNaN(result) ? fail(`NaN values cannot be ordered: math.${name}`) : result;
  };
  const pair: Implementation = (a: Value, b: Value) => (better(order(a, b)) ? b : a);
  const list: Implementation = (items: ListValue) =>
    items.size ? [...items].reduce((a, b) => pair(a, b)) : fail(`math.${name}(list) argument must not be empty`);
  const id = `math_${name}`;
  const ones = kinds.map((kind) => overload(`${id}_${kind}`, `(${kind}) -> ${kind}`, (a: Value) => a));
  const pairs = kinds.flatMap((a) =>
    kinds.map((b) => overload(`${id}_${a}_${b}`, `(${a}, ${b}) -> ${a === b ? a : "dyn"}`, pair)),
  );
  const lists = kinds.map((kind) => overload(`${id}_list_${kind}`, `(list(${kind})) -> ${kind}`, list));
  return declare(`math.${name}`, [...ones, ...pairs, ...lists]);
}
const isNumeric = (arg: Expr): boolean => {
  if (arg.kind === "list" || arg.kind === "map" || arg.kind === "struct") return false;
  if (arg.kind !== "literal") return true;
  const { value } = arg;
  return typeof value === "number" || typeof value === "bigint" || value instanceof Double || value instanceof Uint;
};
/** math.least(…) and math.greatest(…) take any number of arguments. */
function extremeMacro(name: string, target: string): Macro {
  return memberMacro(name, -1, (make, args, namespace) => {
    if (namespace.kind !== "ident" || namespace.name !== "math") return undefined;
    const [first] = args;
    if (!first) throw new MacroError(namespace, `math.${name}() requires at least one argument`);
    if (args.length === 1) {
      const good =
        first.kind === "list" ? first.elements.length > 0 && first.elements.every(isNumeric) : isNumeric(first);
      if (!good) throw new MacroError(first, `math.${name}() invalid single argument value`);
      return make.call(target, first);
    }
    const bad = args.find((arg) => !isNumeric(arg));
    if (bad) throw new MacroError(bad, `math.${name}() simple literal arguments must be numeric`);
    return args.length === 2 ? make.call(target, ...args) : make.call(target, make.list(args));
  });
}

const onDouble = (name: string, call: (value: number) => number) =>
  declare(`math.${name}`, [
    overload(`math_${name}_double`, "(double) -> double", (a: Double) => new Double(call(a.value))),
  ]);
const testDouble = (name: string, test: (value: number) => boolean) =>
  declare(`math.${name}`, [overload(`math_${name}_double`, "(double) -> bool", (a: Double) => test(a.value))]);
/** Half away from zero. */
const round = (value: number): number =>
  Number.isInteger(value) ? value : Math.sign(value) * Math.round(Math.abs(value));
const absInt = (value: Int): Int => (value < 0 ? negateInt(value) : value);
const signInt = (value: Int): Int => (value > 0 ? 1 : value < 0 ? -1 : 0);

const signed = (value: bigint): Int => intOf(BigInt.asIntN(64, value));
const unsigned = (value: bigint): Uint => new Uint(BigInt.asUintN(64, value));
const onBits = (name: string, call: (a: bigint, b: bigint) => bigint) =>
  declare(`math.${name}`, [
    overload(`math_${name}_int_int`, "(int, int) -> int", (a: Int, b: Int) => signed(call(BigInt(a), BigInt(b)))),
    overload(`math_${name}_uint_uint`, "(uint, uint) -> uint", (a: Uint, b: Uint) => unsigned(call(a.value, b.value))),
  ]);
/** Bits that leave the 64 are lost; a shift to the right brings in zeros, also of a negative number. */
function shift(name: string, call: (value: bigint, by: bigint) => bigint) {
  const by = (offset: Int): bigint => {
    if (offset < 0) return fail(`math.${name}() negative offset: ${offset}`);
    return offset > 64 ? 64n : BigInt(offset);
  };
  return declare(`math.${name}`, [
    overload(`math_${name}_int_int`, "(int, int) -> int", (a: Int, offset: Int) =>
      signed(call(BigInt.asUintN(64, BigInt(a)), by(offset))),
    ),
    overload(`math_${name}_uint_int`, "(uint, int) -> uint", (a: Uint, offset: Int) =>
      unsigned(call(a.value, by(offset))),
    ),
  ]);
}

export const mathLibrary: Library = {
  name: "math",
  macros: [extremeMacro("least", "math.@min"), extremeMacro("greatest", "math.@max")],
  functions: [
    extreme("@min", (order) => order > 0),
    extreme("@max", (order) => order < 0),
    onDouble("ceil", Math.ceil),
    onDouble("floor", Math.floor),
    onDouble("round", round),
    onDouble("trunc", Math.trunc),
    testDouble("isInf", (value) => Math.abs(value) === Infinity),
    testDouble("isNaN", Number.isNaN),
    testDouble("isFinite", Number.isFinite),
    declare("math.abs", [
      overload("math_abs_double", "(double) -> double", (a: Double) => new Double(Math.abs(a.value))),
      overload("math_abs_int", "(int) -> int", absInt),
      overload("math_abs_uint", "(uint) -> uint", (a: Uint) => a),
    ]),
    declare("math.sign", [
      overload("math_sign_double", "(double) -> double", (a: Double) => new Double(Math.sign(a.value))),
      overload("math_sign_int", "(int) -> int", signInt),
      overload("math_sign_uint", "(uint) -> uint", (a: Uint) => new Uint(a.value ? 1n : 0n)),
    ]),
    declare("math.sqrt", [
      overload("math_sqrt_double", "(double) -> double", (a: Double) => new Double(Math.sqrt(a.value))),
      overload("math_sqrt_int", "(int) -> double", (a: Int) => new Double(Math.sqrt(Number(a)))),
      overload("math_sqrt_uint", "(uint) -> double", (a: Uint) => new Double(Math.sqrt(Number(a.value)))),
    ]),
    onBits("bitAnd", (a, b) => a & b),
    onBits("bitOr", (a, b) => a | b),
    onBits("bitXor", (a, b) => a ^ b),
    declare("math.bitNot", [
      overload("math_bitNot_int_int", "(int) -> int", (a: Int) => checkedInt(~BigInt(a))),
      overload("math_bitNot_uint_uint", "(uint) -> uint", (a: Uint) => unsigned(~a.value)),
    ]),
    shift("bitShiftLeft", (a, by) => a << by),
    shift("bitShiftRight", (a, by) => a >> by),
  ],
};
