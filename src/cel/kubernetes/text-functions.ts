// Kubernetes: find and findAll on texts, functions on lists, and the escape of JSON Patch paths.
import { elementsCost, regexCost, textCost } from "../cost/calls.ts";
import { compare, equal } from "../equal.ts";
import { fail, noSuchOverload } from "../failure.ts";
import { compileRegex } from "../library/pattern.ts";
import { declarer, overload } from "../library.ts";
import type { Implementation, Library } from "../library.ts";
import { addInt, addUint } from "../number.ts";
import { addDurations } from "../time.ts";
import { Double, Duration, ListValue, listOf, Uint } from "../value.ts";
import type { Int, Value } from "../value.ts";

const declare = declarer();
const illegal = "Illegal regex: ";
function find(text: string, pattern: string): string {
  const matcher = compileRegex(pattern, illegal).matcher(text);
  return matcher.find() ? (matcher.group() ?? "") : "";
}
/** At most `limit` matches; a negative limit is none. */
function findAll(text: string, pattern: string, limit: Int = -1): ListValue {
  const found: string[] = [];
  const matcher = compileRegex(pattern, illegal).matcher(text);
  while ((limit < 0 || found.length < limit) && matcher.find()) found.push(matcher.group() ?? "");
  return listOf(found);
}
export const regexLibrary: Library = {
  name: "kubernetes.regex",
  functions: [
    declare("find", [overload("string_find_string", "string.(string) -> string", find, regexCost(true))]),
    declare("findAll", [
      overload("string_find_all_string", "string.(string) -> list(string)", findAll, regexCost(true)),
      overload("string_find_all_string_int", "string.(string, int) -> list(string)", findAll, regexCost(true)),
    ]),
  ],
};

const comparable = "int uint double bool duration timestamp string bytes".split(" ");
const summable: Readonly<Record<string, { zero: Value; add: Implementation }>> = {
  int: { zero: 0, add: addInt },
  uint: { zero: new Uint(0n), add: addUint },
  double: { zero: new Double(0), add: (a: Double, b: Double) => new Double(a.value + b.value) },
  duration: { zero: new Duration(0n), add: addDurations },
};
const isOf = (type: string, value: Value): boolean => {
  if (type === "int") return typeof value === "number" || typeof value === "bigint";
  if (type === "uint") return value instanceof Uint;
  return type === "double" ? value instanceof Double : value instanceof Duration;
};
function isSorted(list: ListValue): boolean {
  for (let i = 1; i < list.size; i++) if (compare(list.at(i - 1), list.at(i)) > 0) return false;
  return true;
}
/** The element that none precedes in the order that `sign` gives. */
function extreme(name: string, sign: 1 | -1): Implementation {
  return (list: ListValue) => {
    if (!list.size) fail(`${name} called on empty list`);
    return [...list].reduce((best, item) => (compare(best, item) * sign > 0 ? item : best));
  };
}
const indexOf = (list: ListValue, item: Value): number => [...list].findIndex((other) => equal(other, item));
const lastIndexOf = (list: ListValue, item: Value): number => [...list].findLastIndex((other) => equal(other, item));
const forTypes = (name: string, id: string, result: (type: string) => string, call: Implementation) =>
  declare(
    name,
    comparable.map((type) =>
      overload(id.replaceAll("*", type), `list(${type}).() -> ${result(type)}`, call, elementsCost),
    ),
  );

export const kubernetesListsLibrary: Library = {
  name: "kubernetes.lists",
  functions: [
    forTypes("isSorted", "list_*_is_sorted_bool", () => "bool", isSorted),
    forTypes("max", "list_*_max_*", (type) => type, extreme("max", -1)),
    forTypes("min", "list_*_min_*", (type) => type, extreme("min", 1)),
    declare(
      "sum",
      Object.entries(summable).map(([type, { zero, add }]) =>
        overload(
          `list_${type}_sum_${type}`,
          `list(${type}).() -> ${type}`,
          (list: ListValue) =>
            [...list].reduce((total, item) => (isOf(type, item) ? add(total, item) : noSuchOverload()), zero),
          elementsCost,
        ),
      ),
    ),
    declare("indexOf", [overload("list_a_index_of_int", "list(A).(A) -> int", indexOf, elementsCost)]),
    declare("lastIndexOf", [overload("list_a_last_index_of_int", "list(A).(A) -> int", lastIndexOf, elementsCost)]),
  ],
};

const escapes: Readonly<Record<string, string>> = { "/": "~1", "~": "~0" };
export const jsonPatchLibrary: Library = {
  name: "kubernetes.jsonpatch",
  functions: [
    declare("jsonpatch.escapeKey", [
      overload(
        "string_jsonpatch_escapeKey_string",
        "(string) -> string",
        (text: string) => text.replace(/[/~]/g, (symbol) => escapes[symbol]!),
        textCost(1, true),
      ),
    ]),
  ],
};
