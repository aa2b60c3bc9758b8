// Lays an applied configuration over the live object: what the configuration says wins, what it does not mention stays.
// Items of lists are matched by identity.
import { setKey } from "#api/json.ts";
import type { Resolved } from "#api/schema.ts";
import type { PathElement } from "./path-element.ts";
import { type Json, indexItems, itemSchema, memberSchema, membersOf, shapeOf, untyped } from "./typed.ts";

/** The merged value; shares structure with both. Undefined stands for absent. */
export function mergeConfig(schema: Resolved, live: unknown, config: unknown): unknown {
  if (config === undefined) return live;
  const shape = shapeOf(schema, config);
  if (live === undefined || shapeOf(schema, live) !== shape || shape === "leaf") return config;
  return shape === "map" ? mergeMembers(schema, live, config) : mergeItems(schema, live, config);
}

function mergeMembers(schema: Resolved, live: unknown, config: unknown): unknown {
  const [before, applied] = [membersOf(live), membersOf(config)];
  const merged: Record<string, unknown> = {};
  for (const name in before) setKey(merged, name, mergeMember(schema, name, before, applied));
  for (const name in applied) {
    if (!Object.hasOwn(before, name)) setKey(merged, name, applied[name]);
  }
  return merged;
}
const mergeMember = (schema: Resolved, name: string, before: Json, applied: Json): unknown =>
  Object.hasOwn(applied, name)
    ? mergeConfig(memberSchema(schema, name) ?? untyped, before[name], applied[name])
    : before[name];

/**
 * The order of a merged list: items of the configuration in its order, items of the live object alone where they stood
 * among their neighbours. Upstream walks both lists at once; so does this.
 */
function mergeItems(schema: Resolved, live: unknown, config: unknown): unknown[] {
  const [mine, theirs] = [indexItems(schema, live), indexItems(schema, config)];
  const [left, right] = [listed(mine), listed(theirs)];
  const shared = right.filter(([element]) => mine.has(element)).map(([element]) => element);
  const placed = new Set<PathElement>();
  const out: unknown[] = [];
  const place = (element: PathElement): void => {
    placed.add(element);
    if (shared[0] === element) shared.shift();
    const same = mine.get(element);
    const old = same?.length === 1 ? same[0] : undefined;
    out.push(mergeConfig(itemSchema(schema), old, theirs.get(element)![0]));
  };
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const ours = left[l];
    const next = right[r];
    if (ours && !theirs.has(ours[0])) {
      out.push(ours[1]);
      l++;
    } else if (ours && next && ours[0] === next[0]) {
      place(next[0]);
      l++;
      r++;
    } else if (ours && (placed.has(ours[0]) || (next && shared.length > 0 && shared[0] !== ours[0]))) l++;
    else if (next) {
      place(next[0]);
      r++;
    } else l++;
  }
  return out;
}
const listed = (index: ReadonlyMap<PathElement, unknown[]>): [PathElement, unknown][] =>
  [...index].flatMap(([element, same]) => same.map((item): [PathElement, unknown] => [element, item]));
