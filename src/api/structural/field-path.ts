// Paths into a schema, ".spec.names['a.b']", as rules and selectable fields name fields.
import { additionalOf, type JsonSchema, propertyOf } from "./json-schema.ts";

export interface FieldPath {
  readonly steps: readonly string[];
  /** As field errors show it: spec.names[a.b]. */
  readonly text: string;
  readonly schema: JsonSchema;
}
/** `why`, in upstream's words, when the path leads nowhere. */
export type FoundPath = ({ readonly ok: true } & FieldPath) | { readonly ok: false; readonly why: string };

const bad = (why: string): FoundPath => ({ ok: false, why });
/** Delimiters, quoted names, and what lies between. */
function* tokensOf(path: string): Generator<string> {
  yield* path.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g) ?? [];
}
const hasProperties = (schema: JsonSchema): boolean => Object.keys(schema.properties ?? {}).length > 0;

export function findField(path: string, root: JsonSchema, options: { readonly brackets: boolean }): FoundPath {
  let schema: JsonSchema | undefined = root;
  let text = "";
  const steps: string[] = [];
  const tokens = tokensOf(path);
  const next = (): string | undefined => tokens.next().value as string | undefined;
  for (let token = next(); token !== undefined; token = next()) {
    if (token !== "[" && token !== ".") return bad(`expected [ or . but got: ${token}`);
    if (token === "[" && !options.brackets) return bad("array notation is not allowed");
    const given = next();
    if (given === undefined) return bad("unexpected end of JSON path");
    const isQuoted = /^'.*'$/s.test(given) && given.length >= 2;
    if (token === "[" && !isQuoted) return bad(`expected single quoted string but got ${given}`);
    const name = token === "[" ? given.slice(1, -1).replace(/\\(.)/g, "$1") : given;
    const isNamed: boolean = schema !== undefined && hasProperties(schema);
    if (!schema || (!isNamed && schema.additionalProperties === undefined))
      return bad("does not refer to a valid field");
    schema = isNamed ? propertyOf(schema, name) : additionalOf(schema);
    if (isNamed && !schema) return bad("does not refer to a valid field");
    steps.push(name);
    text = isNamed ? (text ? `${text}.${name}` : name) : `${text}[${name}]`;
    if (token !== "[") continue;
    const close = next();
    if (close === undefined) return bad("unexpected end of JSON path");
    if (close !== "]") return bad(`expected ] but got ${close}`);
  }
  return { ok: true, steps, text, schema: schema ?? {} };
}
