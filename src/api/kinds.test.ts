// Every kind against the models of the JavaScript client for the same release: the same fields, types, formats and
// required fields. A difference here is a drift of our schemas, or of the release.
import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as client from "@kubernetes/client-node";
import { Eviction } from "./policy/schema.ts";
import { Scale } from "./autoscaling-v1/schema.ts";
import { TokenRequest } from "./authentication/schema.ts";
import { kinds as stableKinds } from "./kinds.ts";
import { previewKinds } from "./preview-kinds.ts";
import { type Message, type Schema, resolve } from "./schema.ts";

type AnyMessage = Message<unknown>;
const kinds = [...stableKinds, ...previewKinds];
interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}
interface Model {
  getAttributeTypeMap(): readonly Attribute[];
}
const models = client as unknown as Readonly<Record<string, Model | undefined>>;
const folder = join(fileURLToPath(import.meta.resolve("@kubernetes/client-node")), "../gen/models");

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
/** "io.k8s.api.batch.v1.JobSpec" is V1JobSpec, or BatchV1JobSpec where several groups have the name. */
function modelName({ name }: AnyMessage): string {
  const [type = "", version = "", group = ""] = name.split(".").toReversed();
  const short = `${capital(version)}${type}`;
  return models[`${capital(group)}${short}`] ? `${capital(group)}${short}` : short;
}
/** Types as the client writes them. */
function typeName(schema: Schema): [type: string, format: string] {
  const type = resolve(schema);
  switch (type.type) {
    case "list":
      return [`Array<${typeName(type.items)[0]}>`, typeName(type.items)[1]];
    case "map":
      return [`{ [key: string]: ${typeName(type.values)[0]}; }`, typeName(type.values)[1]];
    case "message":
      // Without fields of its own a type is no class.
      return type.jsonForm || Object.keys(type.fields).length === 0 ? ["any", ""] : [modelName(type), ""];
    default:
      return scalars[type.type];
  }
}
const scalars: Readonly<Record<Exclude<Schema["type"], "list" | "map" | "message" | "lazy">, [string, string]>> = {
  string: ["string", ""],
  bool: ["boolean", ""],
  int32: ["number", "int32"],
  int64: ["number", "int64"],
  float64: ["number", "double"],
  bytes: ["string", "byte"],
  quantity: ["string", ""],
  time: ["Date", "date-time"],
  microTime: ["V1MicroTime", "date-time-micro"],
  duration: ["string", ""],
  intOrString: ["IntOrString", "int-or-string"],
  fieldsV1: ["any", ""],
  rawExtension: ["any", ""],
  any: ["any", ""],
};

/** Fields that the client's declaration of a model calls optional. */
function optionalFields(model: string): ReadonlySet<string> {
  const file = join(folder, `${model}.d.ts`);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return new Set([...text.matchAll(/^ {4}'(\w+)'\?:/gm)].map(([, name]) => name!));
}
/** A body of its own and a part of another body, where it needs no kind. */
const bodiesWithin: ReadonlySet<string> = new Set(["io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"]);
interface Shape {
  readonly type: string;
  readonly required: boolean;
}
const shown = (type: string, format: string): string => (format ? `${type} (${format})` : type);
function ourShape(message: AnyMessage): Record<string, Shape> {
  const fields = Object.entries(message.fields).map(([name, field]): [string, Shape] => [
    name,
    { type: shown(...typeName(field.schema)), required: field.presence === "required" },
  ]);
  const top = { type: "string", required: false };
  const isBody = message.topLevel || bodiesWithin.has(message.name);
  return Object.fromEntries(isBody ? [["apiVersion", top], ["kind", top], ...fields] : fields);
}
function theirShape(name: string, model: Model): Record<string, Shape> {
  const optional = optionalFields(name);
  return Object.fromEntries(
    model
      .getAttributeTypeMap()
      .map(({ baseName, type, format }): [string, Shape] => [
        baseName,
        { type: shown(type, format), required: !optional.has(properties(name).get(baseName) ?? baseName) },
      ]),
  );
}
/** By JSON name the property that the client has for it: `_default` for "default". */
const properties = (name: string): ReadonlyMap<string, string> =>
  new Map(
    (models[name]!.getAttributeTypeMap() as readonly (Attribute & { readonly name: string })[]).map(
      ({ baseName, name: property }) => [baseName, property],
    ),
  );

/** All messages within, each once. */
function visit(schema: Schema, seen: Map<string, AnyMessage>): void {
  const type = resolve(schema);
  if (type.type === "list") visit(type.items, seen);
  else if (type.type === "map") visit(type.values, seen);
  else if (type.type === "message" && !seen.has(type.name)) {
    seen.set(type.name, type as AnyMessage);
    for (const { schema: inner } of Object.values(type.fields)) visit(inner, seen);
  }
}
const messages = new Map<string, AnyMessage>();
for (const { schema } of kinds) visit(schema as Schema, messages);
for (const schema of [Eviction, Scale, TokenRequest]) visit(schema as Schema, messages);

for (const message of messages.values()) {
  const name = modelName(message);
  if (message.jsonForm || Object.keys(message.fields).length === 0) continue;
  test(`${message.name} is as ${name}`, () => {
    const model = models[name];
    assert.ok(model, `the client has no ${name}`);
    assert.deepEqual(ourShape(message), theirShape(name, model));
  });
}
