// Patches of the four types against an object: meaningful ones, with the directives that each type knows, and nonsense.
import { isObject } from "#api/json.ts";
import { apiVersionOf, type AnyKind } from "#api/kind.ts";
import type { Chance } from "./chance.ts";
import { mutated, tame, valueOf, wild, type Wildness } from "./from-schema.ts";
import { hostileTexts, junk } from "./scalars.ts";

export const patchTypes = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
] as const;
export type PatchType = (typeof patchTypes)[number];

type Json = Record<string, unknown>;

/** A pointer to somewhere in `value`, or to nowhere. */
function pointer(chance: Chance, value: unknown): string {
  let at = value;
  let path = "";
  for (let depth = chance.below(7); depth > 0 && typeof at === "object" && at !== null; depth--) {
    const keys = Object.keys(at);
    if (keys.length === 0) break;
    const key = chance.pick(keys);
    path += `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    at = (at as Json)[key];
  }
  if (chance.oneIn(6))
    path += `/${chance.pick(["-", "0", "99999999999", "-1", "01", "__proto__", "a", "", "~2", "constructor"])}`;
  return chance.oneIn(30) ? chance.pick(hostileTexts) : path;
}

function jsonPatch(chance: Chance, kind: AnyKind, object: Json): unknown {
  const operation = (): unknown => {
    const op = chance.pick(["add", "add", "replace", "replace", "remove", "test", "move", "copy", "add", "frobnicate"]);
    const field = chance.pick(Object.keys(kind.schema.fields));
    const value = chance.oneIn(3) ? junk(chance) : valueOf(chance, kind.schema.fields[field]!.schema, field, wild, 3);
    const isWhole = chance.oneIn(3);
    return {
      op,
      path: isWhole ? `/${field}` : pointer(chance, object),
      ...(op === "move" || op === "copy" ? { from: pointer(chance, object) } : {}),
      ...(chance.oneIn(10) ? {} : { value }),
    };
  };
  // Each copy doubles what it copies; many of them are a bomb.
  if (chance.oneIn(40))
    return Array.from({ length: 40 }, () => ({ op: "copy", from: "/metadata", path: "/metadata/annotations" }));
  return Array.from({ length: chance.pick([0, 1, 1, 2, 3, 5]) }, operation);
}

/** Keeps only some members, at every level: what a person would write into a merge patch. */
function thinned(chance: Chance, value: unknown, depth = 0): unknown {
  if (!isObject(value)) return value;
  const out: Json = {};
  for (const [key, item] of Object.entries(value))
    if (depth === 0 || !chance.oneIn(3)) out[key] = chance.oneIn(15) ? null : thinned(chance, item, depth + 1);
  return out;
}

const directives: readonly ((chance: Chance) => Json)[] = [
  () => ({ $patch: "replace" }),
  () => ({ $patch: "delete" }),
  () => ({ $patch: "merge" }),
  (chance) => ({ $patch: junk(chance) }),
  (chance) => ({ $retainKeys: chance.pick<unknown>([["name"], [], ["type", "a"], "x", [1], null]) }),
  (chance) => ({
    [`$setElementOrder/${chance.pick(["containers", "ports", "env", "finalizers", "a", ""])}`]: chance.pick<unknown>([
      [{ name: "c" }],
      ["a", "b"],
      [],
      [null],
      "x",
      [{ name: "c" }, { name: "c" }, { containerPort: 80 }],
    ]),
  }),
  (chance) => ({
    [`$deleteFromPrimitiveList/${chance.pick(["finalizers", "args", "containers", ""])}`]: chance.pick<unknown>([
      ["a"],
      [],
      [null],
      [{}],
      5,
    ]),
  }),
];

/** Puts directives somewhere into a patch; changes it. */
function direct(chance: Chance, value: unknown, depth = 0): void {
  if (Array.isArray(value)) {
    for (const item of value) direct(chance, item, depth + 1);
    if (chance.oneIn(6)) value.push(chance.pick(directives)(chance));
  } else if (isObject(value)) {
    for (const item of Object.values(value)) direct(chance, item, depth + 1);
    if (chance.oneIn(4 + depth)) Object.assign(value, chance.pick(directives)(chance));
  }
}

/** The body of a patch of `type` to `object`, which is of `kind`. */
export function patchOf(chance: Chance, type: PatchType, kind: AnyKind, object: Json): unknown {
  if (chance.oneIn(25)) return junk(chance);
  const wildness: Wildness = chance.oneIn(2) ? wild : tame;
  if (type === "application/json-patch+json") return jsonPatch(chance, kind, object);
  const changed = mutated(chance, kind.schema, object, wildness) as Json;
  if (!isObject(changed)) return changed;
  if (type === "application/apply-patch+yaml") {
    const { metadata } = changed as { metadata?: Json };
    if (isObject(metadata) && !chance.oneIn(20)) {
      delete metadata["managedFields"];
      delete metadata["resourceVersion"];
    }
    const typed = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...changed };
    return chance.oneIn(3) ? typed : thinned(chance, typed);
  }
  const patch = thinned(chance, changed) as Json;
  if (isObject(patch["metadata"]) && !chance.oneIn(5)) delete patch["metadata"]["resourceVersion"];
  if (type === "application/strategic-merge-patch+json") direct(chance, patch);
  return patch;
}
