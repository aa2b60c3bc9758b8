// The second half of being structural: what allOf, anyOf, oneOf and not speak of must be declared outside of them.
import { type FieldError, requiredValue } from "#api/field-error.ts";
import { itemsOf, type JsonSchema, propertyOf } from "./json-schema.ts";

/** Where a judging part speaks, and what is declared there. */
interface Place {
  readonly declared: JsonSchema | undefined;
  readonly declaredAt: string;
  readonly path: string;
}

export const checkCompleteness = (schema: JsonSchema, path: string): FieldError[] =>
  junctors(schema, { declared: schema, declaredAt: path, path });

function junctors(schema: JsonSchema, place: Place): FieldError[] {
  const parts: [JsonSchema, string][] = [];
  if (schema.not) parts.push([schema.not, "not"]);
  for (const name of ["allOf", "anyOf", "oneOf"] as const)
    for (const [i, part] of (schema[name] ?? []).entries()) parts.push([part, `${name}[${i}]`]);
  return parts.flatMap(([part, at]) => complete(part, { ...place, path: `${place.path}.${at}` }));
}

function complete(schema: JsonSchema, place: Place): FieldError[] {
  const { declared, declaredAt, path } = place;
  if (!declared) return [requiredValue(declaredAt, `because it is defined in ${path}`)];
  const found = junctors(schema, place);
  const items = itemsOf(schema);
  if (items)
    found.push(
      ...complete(items, {
        declared: itemsOf(declared),
        declaredAt: `${declaredAt}.items`,
        path: `${path}.items`,
      }),
    );
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const at = `properties[${name}]`;
    const outside = propertyOf(declared, name);
    found.push(...complete(property, { declared: outside, declaredAt: `${declaredAt}.${at}`, path: `${path}.${at}` }));
  }
  return found;
}
