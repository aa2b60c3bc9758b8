// The OpenAPI version 2 document in protobuf (package openapi.v2), which kubectl before 1.30 asks for and takes nothing
// else. Field numbers are those of the published OpenAPIv2.proto; what our documents never hold is left out.

type Json = Record<string, unknown>;
type Part = Uint8Array;

const utf8 = (text: string): Part => Buffer.from(text);
function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return out;
}
const lengthDelimited = (number: number, data: Part): Part[] => [
  Uint8Array.from([...varint(number * 8 + 2), ...varint(data.length)]),
  data,
];
const join = (parts: readonly Part[]): Part => Buffer.concat(parts);

const text = (number: number, value: unknown): Part[] =>
  typeof value === "string" && value !== "" ? lengthDelimited(number, utf8(value)) : [];
const texts = (number: number, values: unknown): Part[] =>
  Array.isArray(values) ? values.flatMap((v) => lengthDelimited(number, utf8(String(v)))) : [];
const flag = (number: number, value: unknown): Part[] =>
  value === true ? [Uint8Array.from([...varint(number * 8), 1])] : [];
const integer = (number: number, value: unknown): Part[] =>
  typeof value === "number" && value > 0 ? [Uint8Array.from([...varint(number * 8), ...varint(value)])] : [];
function double(number: number, value: unknown): Part[] {
  if (typeof value !== "number") return [];
  const data = Buffer.alloc(8);
  data.writeDoubleLE(value);
  return [Uint8Array.from(varint(number * 8 + 1)), data];
}
const message = (number: number, parts: readonly Part[]): Part[] => lengthDelimited(number, join(parts));
/** Any value, as the YAML (here JSON) text that readers parse. */
const any = (number: number, value: unknown): Part[] => message(number, text(2, `${JSON.stringify(value)}\n`));
const extensions = (number: number, from: Json): Part[] =>
  Object.entries(from).flatMap(([name, value]) =>
    name.startsWith("x-") ? message(number, [...text(1, name), ...any(2, value)]) : [],
  );
const each = (map: unknown, write: (name: string, value: Json) => Part[]): Part[] =>
  Object.entries((map ?? {}) as Record<string, Json>).flatMap(([name, value]) => write(name, value));

const named =
  (number: number, write: (value: Json) => Part[]) =>
  (name: string, value: Json): Part[] =>
    message(number, [...text(1, name), ...message(2, write(value))]);

function schema(s: Json): Part[] {
  const { properties, items, additionalProperties } = s as {
    properties?: Json;
    items?: Json;
    additionalProperties?: Json | boolean;
  };
  const free = typeof additionalProperties === "object" ? message(1, schema(additionalProperties)) : flag(2, true);
  return [
    ...text(1, s["$ref"]),
    ...text(2, s["format"]),
    ...text(3, s["title"]),
    ...text(4, s["description"]),
    ...("default" in s ? any(5, s["default"]) : []),
    ...double(6, s["multipleOf"]),
    ...double(7, s["maximum"]),
    ...flag(8, s["exclusiveMaximum"]),
    ...double(9, s["minimum"]),
    ...flag(10, s["exclusiveMinimum"]),
    ...integer(11, s["maxLength"]),
    ...integer(12, s["minLength"]),
    ...text(13, s["pattern"]),
    ...integer(14, s["maxItems"]),
    ...integer(15, s["minItems"]),
    ...flag(16, s["uniqueItems"]),
    ...integer(17, s["maxProperties"]),
    ...integer(18, s["minProperties"]),
    ...texts(19, s["required"]),
    ...(Array.isArray(s["enum"]) ? s["enum"].flatMap((v) => any(20, v)) : []),
    ...(additionalProperties ? message(21, free) : []),
    ...(s["type"] ? message(22, text(1, s["type"])) : []),
    ...(items ? message(23, message(1, schema(items))) : []),
    ...(properties ? message(25, each(properties, named(1, schema))) : []),
    ...("example" in s ? any(30, s["example"]) : []),
    ...extensions(31, s),
  ];
}
/** Of the body or not; in a list it stands beside references. */
function parameter(p: Json): Part[] {
  if (p["in"] === "body") {
    const body = [
      ...text(1, p["description"]),
      ...text(2, p["name"]),
      ...text(3, "body"),
      ...flag(4, p["required"]),
      ...message(5, schema(p["schema"] as Json)),
    ];
    return message(1, body);
  }
  const head = [...flag(1, p["required"]), ...text(2, p["in"]), ...text(3, p["description"]), ...text(4, p["name"])];
  const own =
    p["in"] === "query"
      ? message(3, [...head, ...text(6, p["type"]), ...flag(20, p["uniqueItems"])])
      : message(4, [...head, ...text(5, p["type"]), ...flag(19, p["uniqueItems"])]);
  return message(2, own);
}
const item = (p: Json): Part[] => (p["$ref"] === undefined ? message(1, parameter(p)) : message(2, text(1, p["$ref"])));
const parameters = (number: number, list: unknown): Part[] =>
  ((list ?? []) as Json[]).flatMap((p) => message(number, item(p)));
function response(r: Json): Part[] {
  const body = r["schema"] as Json | undefined;
  return message(1, [...text(1, r["description"]), ...(body ? message(2, message(1, schema(body))) : [])]);
}
const operation = (o: Json): Part[] => [
  ...texts(1, o["tags"]),
  ...text(3, o["description"]),
  ...text(5, o["operationId"]),
  ...texts(6, o["produces"]),
  ...texts(7, o["consumes"]),
  ...parameters(8, o["parameters"]),
  ...message(9, each(o["responses"], named(1, response))),
  ...texts(10, o["schemes"]),
  ...extensions(13, o),
];
const methods: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, options: 6, head: 7, patch: 8 };
const pathItem = (item: Json): Part[] => [
  ...Object.entries(methods).flatMap(([method, number]) =>
    item[method] ? message(number, operation(item[method] as Json)) : [],
  ),
  ...parameters(9, item["parameters"]),
];

const apiKey = (s: Json): Part[] =>
  message(2, [...text(1, s["type"]), ...text(2, s["name"]), ...text(3, s["in"]), ...text(4, s["description"])]);
const requirement = (s: Json): Part[] =>
  Object.entries(s).flatMap(([name, scopes]) => message(1, [...text(1, name), ...message(2, texts(1, scopes))]));

/** `document` as made by openApiV2. */
export function encodeOpenApiV2(document: object): Uint8Array {
  const d = document as Json;
  const info = d["info"] as Json;
  return join([
    ...text(1, d["swagger"]),
    ...message(2, [...text(1, info["title"]), ...text(2, info["version"])]),
    ...message(8, each(d["paths"], named(2, pathItem))),
    ...message(9, each(d["definitions"], named(1, schema))),
    ...message(10, each(d["parameters"], named(1, parameter))),
    ...((d["security"] ?? []) as Json[]).flatMap((one) => message(12, requirement(one))),
    ...message(13, each(d["securityDefinitions"], named(1, apiKey))),
  ]);
}
