// What mutating policies write: Object{spec: Object.spec{…}} for apply, and [JSONPatch{op: "add", …}] for patches.
import { dynType, stringType } from "../type.ts";
import type { CelType, ObjectField } from "../type.ts";
import { ListValue, MapValue, StructValue } from "../value.ts";
import type { Value } from "../value.ts";

const patchFields: ReadonlyMap<string, ObjectField> = new Map([
  ["op", { jsonName: "op", type: stringType }],
  ["path", { jsonName: "path", type: stringType }],
  ["from", { jsonName: "from", type: stringType }],
  ["value", { jsonName: "value", type: dynType }],
]);
export const jsonPatchType: CelType = { kind: "object", name: "JSONPatch", field: (name) => patchFields.get(name) };
const objectTypeName = "Object";
const objectTypes = new Map<string, CelType>();
const objectTypesLimit = 4096;

/** The types that such expressions may build; fields of objects are not checked here but by the schema, on apply. */
export function resolveMutationType(name: string): CelType | undefined {
  if (name === "JSONPatch") return jsonPatchType;
  if (name !== objectTypeName && !name.startsWith(`${objectTypeName}.`)) return undefined;
  const known = objectTypes.get(name);
  if (known) return known;
  const type: CelType = { kind: "object", name, field: (field) => ({ jsonName: field, type: dynType }) };
  if (objectTypes.size >= objectTypesLimit) objectTypes.clear();
  objectTypes.set(name, type);
  return type;
}

/** Problems with names of nested objects: each must be that of its parent, a dot and the field's name. */
export function misnamedObjects(value: Value, path = objectTypeName): string[] {
  if (value instanceof StructValue) {
    const wrong = `unexpected type name ${JSON.stringify(value.name)}, expected ${JSON.stringify(path)}, which matches field name path from root Object type`;
    const inner = [...value.fields].flatMap(([name, field]) => misnamedObjects(field, `${path}.${name}`));
    return value.name === path ? inner : [wrong, ...inner];
  }
  if (value instanceof ListValue) return [...value].flatMap((item) => misnamedObjects(item, path));
  if (value instanceof MapValue) return value.keys().flatMap((key) => misnamedObjects(value.find(key) ?? null, path));
  return [];
}
