// The set of fields that an object or an applied configuration holds, and two adjustments of sets to a schema.
import { isObject } from "#api/json.ts";
import type { Resolved } from "#api/schema.ts";
import { type FieldSet, FieldSetBuilder, type Node, emptySet } from "./field-set.ts";
import { type PathElement, fieldElement } from "./path-element.ts";
import { indexItems, isAtomic, isNamedField, itemSchema, memberSchema, membersOf, shapeOf, untyped } from "./typed.ts";

/** Leaves, items of lists, keys of maps, and objects that are empty. */
export function toFieldSet(schema: Resolved, value: unknown): FieldSet {
  const builder = new FieldSetBuilder();
  collect(schema, value, [], builder);
  return builder.set;
}
function collect(schema: Resolved, value: unknown, path: PathElement[], into: FieldSetBuilder): void {
  const shape = shapeOf(schema, value);
  if (shape === "leaf") into.insert(path);
  else if (shape === "map") collectMembers(schema, value, path, into);
  else collectItems(schema, value, path, into);
}
function collectMembers(schema: Resolved, value: unknown, path: PathElement[], into: FieldSetBuilder): void {
  const members = membersOf(value);
  for (const name in members) {
    const item = members[name];
    path.push(fieldElement(name));
    collect(memberSchema(schema, name) ?? untyped, item, path, into);
    const isEmpty = item === null || (isObject(item) && Object.keys(item).length === 0);
    if (isEmpty || !isNamedField(schema, name)) into.insert(path);
    path.pop();
  }
}
function collectItems(schema: Resolved, value: unknown, path: PathElement[], into: FieldSetBuilder): void {
  for (const [element, same] of indexItems(schema, value)) {
    path.push(element);
    // Of duplicates nobody can own the inside.
    if (same.length === 1) collect(itemSchema(schema), same[0], path, into);
    into.insert(path);
    path.pop();
  }
}

/** Counts the fields of types as members wherever something beneath them is. */
export function withNamedFields(schema: Resolved, set: FieldSet): FieldSet {
  const out = new Map<PathElement, Node>();
  for (const [element, node] of set) {
    const inner = schemaAt(schema, element);
    const named = element.startsWith("f:") && isNamedField(schema, element.slice(2)) && node.children.size > 0;
    out.set(element, { member: node.member || named, children: withNamedFields(inner, node.children) });
  }
  return out;
}
/** Brings a set up to a schema that has changed: what is atomic now is owned as a whole. The same set if all is well. */
export function collapseAtomic(schema: Resolved, set: FieldSet): FieldSet {
  let out: Map<PathElement, Node> | undefined;
  for (const [element, node] of set) {
    if (node.children.size === 0) continue;
    const inner = schemaAt(schema, element);
    const whole = inner.type !== "any" && isAtomic(inner);
    const children = whole ? emptySet : collapseAtomic(inner, node.children);
    if (children === node.children) continue;
    out ??= new Map(set);
    out.set(element, { member: whole || node.member, children });
  }
  return out ?? set;
}
const schemaAt = (schema: Resolved, element: PathElement): Resolved =>
  element.startsWith("f:") ? (memberSchema(schema, element.slice(2)) ?? untyped) : itemSchema(schema);
