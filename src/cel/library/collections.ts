// Extensions for lists and sets, loops with two variables, named values, and base64.
import { outputCost, selfCompareCost, setCost, sizeOf } from "../cost/calls.ts";
import { madeListCost, madeListEstimate } from "../cost/calls.ts";
import type { SizedNode } from "../cost/node.ts";
import { fixed, unlimited } from "../cost/range.ts";
import type { Range } from "../cost/range.ts";
import { costSize } from "../cost/size.ts";
import { compare, contains, equal } from "../equal.ts";
import { fail } from "../failure.ts";
import type { CallCost, Library } from "../library.ts";
import { declarer, overload } from "../library.ts";
import { expandMap, MacroError, memberMacro } from "../syntax/macro.ts";
import { plainText } from "../value-text.ts";
import { EntryMap, ListValue, listOf, runtimeName } from "../value.ts";
import type { Int, MapValue, Value } from "../value.ts";

const declare = declarer();
const containsAll = (list: ListValue, part: ListValue): boolean => [...part].every((item) => contains(list, item));

export const setsLibrary: Library = {
  name: "sets",
  functions: [
    declare("sets.contains", [
      overload("list_sets_contains_list", "(list(T), list(T)) -> bool", containsAll, setCost(1)),
    ]),
    declare("sets.equivalent", [
      overload(
        "list_sets_equivalent_list",
        "(list(T), list(T)) -> bool",
        (a: ListValue, b: ListValue) => containsAll(a, b) && containsAll(b, a),
        setCost(2),
      ),
    ]),
    declare("sets.intersects", [
      overload(
        "list_sets_intersects_list",
        "(list(T), list(T)) -> bool",
        (a: ListValue, b: ListValue) => [...a].some((item) => contains(b, item)),
        setCost(1),
      ),
    ]),
  ],
};

/** Upstream: an end before the start makes the size overflow. */
const sliceSize = (start: number, end: number): Range => fixed(end < start ? unlimited : end - start);
function slice(list: ListValue, start: Int, end: Int): ListValue {
  const bad = (why: string): never => fail(`cannot slice(${start}, ${end}), ${why}`);
  if (start < 0 || end < 0) bad("negative indexes not supported");
  if (start > end) bad("start index must be less than or equal to end index");
  if (end > list.size) bad(`list is length ${list.size}`);
  return listOf([...list].slice(Number(start), Number(end)));
}
function flatten(list: ListValue, depth: Int): Value[] {
  if (depth < 0) fail("level must be non-negative");
  return [...list].flatMap((item) =>
    item instanceof ListValue && depth > 0 ? flatten(item, Number(depth) - 1) : [item],
  );
}
/** The items of `list` in the order of their `keys`. */
function sortBy(list: ListValue, keys: ListValue): ListValue {
  const all = [...keys];
  const type = all.length ? runtimeName(all[0]!) : "";
  if (all.some((key) => runtimeName(key) !== type)) fail("list elements must have the same type");
  const indices = all.map((_, i) => i).sort((a, b) => compare(all[a]!, all[b]!) || a - b);
  return listOf(indices.map((i) => list.at(i)));
}
function distinct(list: ListValue): ListValue {
  const found: Value[] = [];
  for (const item of list) if (!found.some((other) => equal(item, other))) found.push(item);
  return listOf(found);
}
const maxRange = 1_000_000;
function range(count: Int): ListValue {
  if (count > maxRange) fail(`lists.range(${count}): more than ${maxRange} elements`);
  return listOf(Array.from({ length: Math.max(0, Number(count)) }, (_, i) => i));
}

/** The number a literal argument stands for. */
const literalSize = (node: SizedNode | undefined, otherwise: number): number =>
  typeof node?.value === "number" ? Math.max(0, node.value) : otherwise;
const flattenCost: CallCost = {
  actual: ([list, depth = 1]) => madeListCost(Number(depth), costSize(list!)),
  estimate: ({ target, args: [depth] }) => madeListEstimate(depth ? literalSize(depth, unlimited) : 1, sizeOf(target)),
};
const comparable = "int uint double bool duration timestamp string bytes".split(" ");
const runtimeNames: Readonly<Record<string, string>> = {
  duration: "google.protobuf.Duration",
  timestamp: "google.protobuf.Timestamp",
};

export const listsLibrary: Library = {
  name: "lists",
  macros: [
    memberMacro("sortBy", 2, (make, args, target) => {
      if (target.kind === "literal" || target.kind === "map" || target.kind === "struct") {
        const what = "sortBy can only be applied to a list, identifier, comprehension, call or select expression";
        throw new MacroError(target, what);
      }
      const input = "@__sortBy_input__";
      const keys = expandMap(make, args, make.ident(input))!;
      return make.bind(input, target, make.memberCall("@sortByAssociatedKeys", make.ident(input), keys));
    }),
  ],
  functions: [
    declare("slice", [
      overload(
        "list_slice",
        "list(T).(int, int) -> list(T)",
        slice,
        outputCost(({ target, args: [start, end] }) =>
          sliceSize(literalSize(start, 0), literalSize(end, sizeOf(target).max)),
        ),
      ),
    ]),
    declare("flatten", [
      overload(
        "list_flatten",
        "list(list(T)).() -> list(T)",
        (list: ListValue) => listOf(flatten(list, 1)),
        flattenCost,
      ),
      overload(
        "list_flatten_int",
        "list(dyn).(int) -> list(dyn)",
        (list: ListValue, depth: Int) => listOf(flatten(list, depth)),
        flattenCost,
      ),
    ]),
    declare(
      "sort",
      comparable.map((type) =>
        overload(
          `list_${runtimeNames[type] ?? type}_sort`,
          `list(${type}).() -> list(${type})`,
          (list: ListValue) => sortBy(list, list),
          selfCompareCost(0),
        ),
      ),
      (list: Value) => (list instanceof ListValue ? sortBy(list, list) : fail("no such overload: sort")),
    ),
    declare(
      "@sortByAssociatedKeys",
      comparable.map((type) =>
        overload(
          `list_${runtimeNames[type] ?? type}_sortByAssociatedKeys`,
          `list(T).(list(${type})) -> list(T)`,
          sortBy,
          selfCompareCost(1),
        ),
      ),
      sortBy,
    ),
    declare("lists.range", [
      overload(
        "lists_range",
        "(int) -> list(int)",
        range,
        outputCost(({ args: [count] }) => fixed(literalSize(count, unlimited))),
      ),
    ]),
    declare("reverse", [
      overload(
        "list_reverse",
        "list(T).() -> list(T)",
        (list: ListValue) => listOf([...list].reverse()),
        outputCost(({ target }) => sizeOf(target)),
      ),
    ]),
    declare("distinct", [
      overload("list_distinct", "list(T).() -> list(T)", distinct, { ...selfCompareCost(0), ...distinctEstimate() }),
    ]),
  ],
};
/** Distinct is estimated alike for all types. */
function distinctEstimate(): Pick<CallCost, "estimate"> {
  const { estimate } = selfCompareCost(0);
  return {
    estimate: (call) =>
      estimate({ ...call, ...(call.target && { target: { ...call.target, type: { kind: "dyn" } } }) }),
  };
}

const insert = (map: EntryMap, key: Value, value: Value): EntryMap =>
  map.find(key) === undefined ? map.with(key, value) : fail(`insert failed: key ${plainText(key)} already exists`);
const insertAll = (map: EntryMap, more: MapValue): EntryMap =>
  more.keys().reduce<EntryMap>((sum, key) => insert(sum, key, more.find(key) ?? null), map);
export const mapInsert = declare("cel.@mapInsert", [
  overload("@mapInsert_map_key_value", "(map(K, V), K, V) -> map(K, V)", insert),
  overload("@mapInsert_map_map", "(map(K, V), map(K, V)) -> map(K, V)", insertAll),
]);

export const encodersLibrary: Library = {
  name: "encoders",
  functions: [
    declare("base64.decode", [
      overload("base64_decode_string", "(string) -> bytes", (text: string) => {
        try {
          return Uint8Array.fromBase64(text);
        } catch (error) {
          if (error instanceof SyntaxError) return fail("illegal base64 data");
          throw error;
        }
      }),
    ]),
    declare("base64.encode", [
      overload("base64_encode_bytes", "(bytes) -> string", (bytes: Uint8Array) => bytes.toBase64()),
    ]),
  ],
};
