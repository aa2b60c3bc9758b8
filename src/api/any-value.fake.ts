// Random values by schema, for tests of laws.
import fc from "fast-check";
import { type Message, type Resolved, type Schema, resolve } from "./schema.ts";

/** Any value of a schema; messages stay shallow and sparse. */
function anyOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const resolved = resolve(schema);
  switch (resolved.type) {
    case "list":
      return fc.array(anyOf(resolved.items, depth), { maxLength: 2 });
    case "map":
      return fc.dictionary(fc.string({ maxLength: 3 }), anyOf(resolved.values, depth), { maxKeys: 2 });
    case "message":
      return resolved.jsonForm === "any" ? fc.jsonValue({ maxDepth: 1 }) : anyMessage(resolved, depth + 1);
    default:
      return anyScalar(resolved);
  }
}
function anyScalar(schema: Resolved): fc.Arbitrary<unknown> {
  const seconds = fc.integer({ min: -6e10, max: 2e11 });
  const iso = (s: number): string => new Date(s * 1000).toISOString();
  switch (schema.type) {
    case "bool":
      return fc.boolean();
    case "int32":
      return fc.integer();
    case "int64":
      return fc.maxSafeInteger();
    case "float64":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "bytes":
      return fc.uint8Array({ maxLength: 5 }).map((b) => b.toBase64());
    case "quantity":
      return fc.constantFrom("1", "500m", "1Gi", 3, "1e3", "-2");
    case "time":
      return seconds.map(iso);
    case "microTime":
      return seconds.map((s) => iso(s).replace(/\.\d{3}Z/, ".000123Z"));
    case "intOrString":
      return fc.oneof(fc.integer(), fc.string({ minLength: 1 }));
    case "rawExtension":
    case "fieldsV1":
      return fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 });
    default:
      return fc.string({ maxLength: 5, unit: "binary" });
  }
}
/** As a client might send it: some of the fields, each with a value of its type, seldom a sensible one. */
export function anyMessage(message: Message<unknown>, depth = 0): fc.Arbitrary<unknown> {
  const names = Object.keys(message.fields).filter((name) => message.fields[name]!.number > 0);
  const open = depth > 5 || message.jsonForm ? [] : names;
  return fc
    .subarray(open, { maxLength: Math.min(4, open.length) })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map((name) => [name, anyOf(message.fields[name]!.schema, depth)]))),
    );
}
