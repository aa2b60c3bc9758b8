// What differs between two objects of one type, as sets of fields.
import { deepEqual } from "#api/json.ts";
import type { Resolved } from "#api/schema.ts";
import { type FieldSet, FieldSetBuilder, without } from "./field-set.ts";
import { type PathElement, fieldElement } from "./path-element.ts";
import { indexItems, itemSchema, memberSchema, membersOf, shapeOf, untyped } from "./typed.ts";

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}
interface Builders {
  readonly added: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
}

/** From `old` to `next`; what lies in `ignored` is not compared. */
export function compare(schema: Resolved, old: unknown, next: unknown, ignored: FieldSet): Comparison {
  const found: Builders = {
    added: new FieldSetBuilder(),
    modified: new FieldSetBuilder(),
    removed: new FieldSetBuilder(),
  };
  compareValues(schema, old, next, [], found);
  return {
    added: without(found.added.set, ignored),
    modified: without(found.modified.set, ignored),
    removed: without(found.removed.set, ignored),
  };
}
export const isSame = ({ added, modified, removed }: Comparison): boolean =>
  added.size === 0 && modified.size === 0 && removed.size === 0;

function compareValues(schema: Resolved, old: unknown, next: unknown, path: PathElement[], found: Builders): void {
  if (old === next) return;
  const was = old === undefined ? undefined : shapeOf(schema, old);
  const is = next === undefined ? undefined : shapeOf(schema, next);
  if (was && is && (was !== is || was === "leaf")) {
    if (!deepEqual(old, next)) found.modified.insert(path);
    return;
  }
  const shape = is ?? was;
  if (shape === "map") compareMembers(schema, old, next, path, found);
  else if (shape === "list") compareItems(schema, old, next, path, found);
  if (old === undefined) found.added.insert(path);
  else if (next === undefined) found.removed.insert(path);
}

function compareMembers(schema: Resolved, old: unknown, next: unknown, path: PathElement[], found: Builders): void {
  const before = membersOf(old);
  const after = membersOf(next);
  for (const name in before) {
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    compareMember(schema, name, before[name], now, path, found);
  }
  for (const name in after) {
    if (!Object.hasOwn(before, name)) compareMember(schema, name, undefined, after[name], path, found);
  }
}
function compareMember(
  schema: Resolved,
  name: string,
  old: unknown,
  next: unknown,
  path: PathElement[],
  found: Builders,
): void {
  if (old === next) return;
  path.push(fieldElement(name));
  compareValues(memberSchema(schema, name) ?? untyped, old, next, path, found);
  path.pop();
}

function compareItems(schema: Resolved, old: unknown, next: unknown, path: PathElement[], found: Builders): void {
  if (deepEqual(old, next)) return;
  const before = indexItems(schema, old);
  const after = indexItems(schema, next);
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(element) ?? [];
    const is = after.get(element) ?? [];
    path.push(element);
    if (was.length <= 1 && is.length <= 1) compareValues(itemSchema(schema), was[0], is[0], path, found);
    else compareDuplicates(was, is, path, found);
    path.pop();
  }
}
/** Items that share an identity are one thing that nobody can take apart. */
function compareDuplicates(was: unknown[], is: unknown[], path: PathElement[], found: Builders): void {
  if (was.length === 0) found.added.insert(path);
  else if (is.length === 0) found.removed.insert(path);
  else if (!deepEqual(was, is)) found.modified.insert(path);
}
