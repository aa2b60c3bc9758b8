// Takes fields out of an object: whatever a set names, with all beneath.
import { setKey } from "#api/json.ts";
import type { Resolved } from "#api/schema.ts";
import type { FieldSet } from "./field-set.ts";
import { fieldElement } from "./path-element.ts";
import { itemElement, itemSchema, memberSchema, membersOf, shapeOf, untyped } from "./typed.ts";

/** A copy without the members of the set; containers that lose all they had stay behind empty. */
export function removeFields(schema: Resolved, value: unknown, unwanted: FieldSet): unknown {
  if (unwanted.size === 0) return value;
  const shape = shapeOf(schema, value);
  if (shape === "map") return removeMembers(schema, value, unwanted);
  return shape === "list" ? removeItems(schema, value, unwanted) : value;
}
function removeMembers(schema: Resolved, value: unknown, unwanted: FieldSet): unknown {
  const out: Record<string, unknown> = {};
  const members = membersOf(value);
  for (const name in members) {
    const node = unwanted.get(fieldElement(name));
    if (node?.member) continue;
    const item = members[name];
    setKey(out, name, node ? removeFields(memberSchema(schema, name) ?? untyped, item, node.children) : item);
  }
  return out;
}
function removeItems(schema: Resolved, value: unknown, unwanted: FieldSet): unknown {
  if (!Array.isArray(value)) return value;
  return value.flatMap((item: unknown) => {
    const id = itemElement(schema, item);
    const node = "element" in id ? unwanted.get(id.element) : undefined;
    if (!node) return [item];
    return node.member ? [] : [removeFields(itemSchema(schema), item, node.children)];
  });
}
