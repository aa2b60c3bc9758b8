// Optional values: made by optional.of and friends or by `a.?b`, chained by or, orValue, optMap and optFlatMap.
import { fail, noSuchOverload } from "../failure.ts";
import type { Library } from "../library.ts";
import { declarer, overload } from "../library.ts";
import type { Expr } from "../syntax/expr.ts";
import type { NodeMaker } from "../syntax/factory.ts";
import { MacroError, memberMacro } from "../syntax/macro.ts";
import { dynType, optionalType } from "../type.ts";
import { plainText } from "../value-text.ts";
import { Double, Duration, ListValue, listOf, MapValue, none, OptionalValue, Timestamp, Uint } from "../value.ts";
import type { Value } from "../value.ts";

const declare = declarer();
const some = (value: Value): OptionalValue => new OptionalValue(value);

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === "") return true;
  if (value instanceof ListValue || value instanceof MapValue) return value.size === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Double) return value.value === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  return value instanceof Timestamp && value.seconds === -62135596800 && value.nanos === 0;
}
const dereference = ({ value }: OptionalValue): Value =>
  value === undefined ? fail("optional.none() dereference") : value;
const unwrap = (list: ListValue): ListValue =>
  listOf(
    [...list].flatMap((item) => {
      if (!(item instanceof OptionalValue)) return fail(`value ${plainText(item)} is not optional`);
      return item.value === undefined ? [] : [item.value];
    }),
  );
const first = (list: ListValue): OptionalValue => (list.size ? some(list.at(0)) : none);
const last = (list: ListValue): OptionalValue => (list.size ? some(list.at(list.size - 1)) : none);

/** Binds the value, if there is one, for the length of an expression; `wrap` makes the result optional again. */
const mapping =
  (name: string, wrap: (make: NodeMaker, result: Expr) => Expr) =>
  (make: NodeMaker, [variable, result]: readonly Expr[], target: Expr): Expr => {
    if (variable!.kind !== "ident")
      throw new MacroError(variable!, `${name}() variable name must be a simple identifier`);
    const value = make.memberCall("value", make.copy(target));
    return make.call(
      "_?_:_",
      make.memberCall("hasValue", target),
      wrap(make, make.bind(variable!.name, value, result!)),
      make.call("optional.none"),
    );
  };

/** The functions without the syntax and macros, for an environment that has only the type. */
export const optionalFunctions: Library = {
  name: "optionalFunctions",
  types: [optionalType(dynType)],
  functions: [
    declare("optional.of", [overload("optional_of", "(V) -> optional(V)", some)]),
    declare("optional.ofNonZeroValue", [
      overload("optional_ofNonZeroValue", "(V) -> optional(V)", (value: Value) => (isZero(value) ? none : some(value))),
    ]),
    declare("optional.none", [overload("optional_none", "() -> optional(V)", () => none)]),
    declare("value", [overload("optional_value", "optional(V).() -> V", dereference)]),
    declare("hasValue", [
      overload("optional_hasValue", "optional(V).() -> bool", ({ value }: OptionalValue) => value !== undefined),
    ]),
    // The planner evaluates the second of these only where it is needed.
    declare("or", [overload("optional_or_optional", "optional(V).(optional(V)) -> optional(V)", noSuchOverload)]),
    declare("orValue", [overload("optional_orValue_value", "optional(V).(V) -> V", noSuchOverload)]),
    declare("_?._", [overload("select_optional_field", "(dyn, string) -> optional(V)", noSuchOverload)]),
    declare("_[?_]", [
      overload("list_optindex_optional_int", "(list(V), int) -> optional(V)", noSuchOverload),
      overload("optional_list_optindex_optional_int", "(optional(list(V)), int) -> optional(V)", noSuchOverload),
      overload("map_optindex_optional_value", "(map(K, V), K) -> optional(V)", noSuchOverload),
      overload("optional_map_optindex_optional_value", "(optional(map(K, V)), K) -> optional(V)", noSuchOverload),
    ]),
    declare("_[_]", [
      overload("optional_list_index_int", "(optional(list(V)), int) -> optional(V)", noSuchOverload),
      overload("optional_map_index_value", "(optional(map(K, V)), K) -> optional(V)", noSuchOverload),
    ]),
    declare("last", [overload("list_last", "list(V).() -> optional(V)", last)]),
    declare("first", [overload("list_first", "list(V).() -> optional(V)", first)]),
    declare("optional.unwrap", [overload("optional_unwrap", "(list(optional(V))) -> list(V)", unwrap)]),
    declare("unwrapOpt", [overload("optional_unwrapOpt", "list(optional(V)).() -> list(V)", unwrap)]),
  ],
};
export const optionals: Library = {
  ...optionalFunctions,
  name: "optionals",
  optionalSyntax: true,
  macros: [
    memberMacro(
      "optMap",
      2,
      mapping("optMap", (make, result) => make.call("optional.of", result)),
    ),
    memberMacro(
      "optFlatMap",
      2,
      mapping("optFlatMap", (_, result) => result),
    ),
  ],
};
