// From the schema builder's values to OpenAPI schemas, in the dialects of version 2 and 3. Named messages become
// references, and `visit` is told of each so that the caller can add its definition.
import type { AnyKind } from "#api/kind.ts";
import { ListMeta } from "#api/meta/schema.ts";
import { resolve, type Field, type List, type Scalar, type Schema } from "#api/schema.ts";

import { openApiMarks } from "#server/discovery/openapi-marks.ts";

export type Dialect = 2 | 3;
export type OpenApiSchema = Record<string, unknown>;
type AnyMessage = Extract<Schema, { type: "message" }>;

const meta = "io.k8s.apimachinery.pkg.apis.meta.v1";
/** Scalars that have a definition of their own. */
export const scalarDefinitions: Readonly<
  Partial<Record<Scalar<unknown>["type"], { name: string; v2: OpenApiSchema; v3: OpenApiSchema }>>
> = {
  quantity: {
    name: "io.k8s.apimachinery.pkg.api.resource.Quantity",
    v2: { description: 'An amount such as "500m", "2" or "1.5Gi".', type: "string" },
    v3: { description: 'An amount such as "500m", "2" or "1.5Gi".', oneOf: [{ type: "string" }, { type: "number" }] },
  },
  intOrString: {
    name: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    v2: { description: "A number, or a text such as a name or a percentage.", type: "string", format: "int-or-string" },
    v3: {
      description: "A number, or a text such as a name or a percentage.",
      format: "int-or-string",
      oneOf: [{ type: "integer" }, { type: "string" }],
    },
  },
  time: same(`${meta}.Time`, {
    description: "A point in time by RFC 3339, whole seconds.",
    type: "string",
    format: "date-time",
  }),
  microTime: same(`${meta}.MicroTime`, {
    description: "A point in time by RFC 3339, to the microsecond.",
    type: "string",
    format: "date-time",
  }),
  duration: same(`${meta}.Duration`, { description: 'A length of time such as "1m30s".', type: "string" }),
  fieldsV1: same(`${meta}.FieldsV1`, { description: "A set of fields, as a tree of their paths.", type: "object" }),
  rawExtension: same("io.k8s.apimachinery.pkg.runtime.RawExtension", { description: "Any object.", type: "object" }),
};
function same(name: string, schema: OpenApiSchema): { name: string; v2: OpenApiSchema; v3: OpenApiSchema } {
  return { name, v2: schema, v3: schema };
}
const simple: Readonly<Partial<Record<Scalar<unknown>["type"], OpenApiSchema>>> = {
  string: { type: "string" },
  bool: { type: "boolean" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  float64: { type: "number", format: "double" },
  bytes: { type: "string", format: "byte" },
  any: {},
};

const zeros: Readonly<Record<string, unknown>> = { string: "", bool: false, int32: 0, int64: 0, float64: 0 };
const isAlwaysWritten = (field: Field): boolean =>
  field.always === true || (field.presence === "required" && field.omitEmpty !== true);

export class SchemaWriter {
  readonly #dialect: Dialect;
  readonly #visit: (name: string, make: () => OpenApiSchema) => void;
  constructor(dialect: Dialect, visit: (name: string, make: () => OpenApiSchema) => void) {
    this.#dialect = dialect;
    this.#visit = visit;
  }
  #ref(name: string): OpenApiSchema {
    return { $ref: this.#dialect === 3 ? `#/components/schemas/${name}` : `#/definitions/${name}` };
  }
  /** A reference to the message; anonymous ones are written in place. */
  reference(message: AnyMessage): OpenApiSchema {
    if (message.name === "") return this.definition(message);
    this.#visit(message.name, () => this.definition(message));
    return this.#ref(message.name);
  }
  definition(message: AnyMessage): OpenApiSchema {
    if (message.jsonForm) return { description: message.description };
    const properties: Record<string, OpenApiSchema> = {};
    const required: string[] = [];
    const marks = openApiMarks[message.name];
    for (const [name, field] of Object.entries(message.fields)) {
      properties[name] = this.#marked(this.field(field), marks?.[name]);
      if (field.presence === "required") required.push(name);
    }
    return {
      description: message.description,
      type: "object",
      ...(required.length ? { required } : {}),
      ...(Object.keys(properties).length ? { properties } : {}),
      ...(message.atomic ? { "x-kubernetes-map-type": "atomic" } : {}),
      ...marks?.[""],
      ...(message.preserveUnknown ? { "x-kubernetes-preserve-unknown-fields": true } : {}),
    };
  }
  #marked(field: OpenApiSchema, marks: OpenApiSchema | undefined): OpenApiSchema {
    if (!marks) return field;
    const { default: declared, ...others } = marks;
    const whole: OpenApiSchema = {
      ...field,
      ...(this.#dialect === 3 && "default" in marks ? { default: declared } : {}),
    };
    for (const [name, value] of Object.entries(others))
      whole[name] =
        name === "items" || name === "additionalProperties"
          ? { ...(whole[name] as object), ...(value as object) }
          : value;
    return whole;
  }
  field(field: Field): OpenApiSchema {
    const schema = this.schema(field.schema);
    const zero = this.#zero(field.schema, isAlwaysWritten(field), field.pointer);
    const extra: OpenApiSchema = { description: field.description };
    if (zero !== undefined && this.#dialect === 3) extra["default"] = zero;
    if (field.patch) extra["x-kubernetes-patch-strategy"] = field.patch;
    if (field.patchKey) extra["x-kubernetes-patch-merge-key"] = field.patchKey;
    if (!("$ref" in schema)) return { ...schema, ...extra };
    return this.#dialect === 3 ? { allOf: [schema], ...extra } : { ...schema, ...extra };
  }
  /** What upstream's type holds when nothing is said. */
  #zero(schema: Schema, isWritten: boolean, isPointer = false): unknown {
    if (isPointer) return undefined;
    const s = resolve(schema);
    if (s.type === "message") return s.jsonForm ? undefined : {};
    return isWritten ? zeros[s.type] : undefined;
  }
  schema(schema: Schema): OpenApiSchema {
    const s = resolve(schema);
    if (s.type === "message") return this.reference(s);
    if (s.type === "list") return { type: "array", items: this.#item(s.items), ...this.#listMarks(s) };
    if (s.type === "map")
      return {
        type: "object",
        additionalProperties: this.#item(s.values),
        ...(s.atomic ? { "x-kubernetes-map-type": "atomic" } : {}),
      };
    const named = scalarDefinitions[s.type];
    if (named) {
      this.#visit(named.name, () => (this.#dialect === 3 ? named.v3 : named.v2));
      return this.#ref(named.name);
    }
    return { ...simple[s.type], ...(s.closed && s.values ? { enum: s.values.toSorted() } : {}) };
  }
  #item(schema: Schema): OpenApiSchema {
    const item = this.schema(schema);
    const zero = this.#dialect === 3 ? this.#zero(schema, true) : undefined;
    if (zero === undefined) return item;
    return "$ref" in item ? { default: zero, allOf: [item] } : { ...item, default: zero };
  }
  #listMarks(list: List<unknown>): OpenApiSchema {
    return {
      ...(list.listType ? { "x-kubernetes-list-type": list.listType } : {}),
      ...(list.keys ? { "x-kubernetes-list-map-keys": [...list.keys] } : {}),
    };
  }
  /** Adds the definitions of a kind and of its list; returns their names. */
  kind(kind: AnyKind): { object: string; list: string } {
    const message = kind.schema as AnyMessage;
    const list = message.name.endsWith(kind.kind)
      ? `${message.name.slice(0, -kind.kind.length)}${kind.listKind}`
      : `${message.name}List`;
    this.#visit(message.name, () => ({ ...this.#kindDefinition(kind, message), ...gvkMark(kind, kind.kind) }));
    if (kind.verbs.includes("list"))
      this.#visit(list, () => ({ ...this.#listDefinition(kind, message), ...gvkMark(kind, kind.listKind) }));
    return { object: message.name, list };
  }
  #kindDefinition(kind: AnyKind, message: AnyMessage): OpenApiSchema {
    if (!kind.openApi) return this.definition(message);
    const part = (name: string): OpenApiSchema => this.field(message.fields[name]!);
    return {
      ...kind.openApi(this.#dialect, {
        apiVersion: part("apiVersion"),
        kind: part("kind"),
        metadata: part("metadata"),
      }),
    };
  }
  #listDefinition(kind: AnyKind, message: AnyMessage): OpenApiSchema {
    const string = (description: string): OpenApiSchema => ({ type: "string", description });
    const listMeta = this.reference(ListMeta);
    return {
      description: `A list of ${kind.kind} objects.`,
      type: "object",
      required: ["items"],
      properties: {
        apiVersion: string("Group and version that this list is written in."),
        kind: string("Name of the type of this list."),
        metadata:
          this.#dialect === 3
            ? { default: {}, allOf: [listMeta], description: "Version and continuation of the list." }
            : { ...listMeta, description: "Version and continuation of the list." },
        items: { type: "array", description: "The objects.", items: this.#item(message) },
      },
    };
  }
}
export const gvkMark = (kind: AnyKind, name: string): OpenApiSchema => ({
  "x-kubernetes-group-version-kind": [{ group: kind.group, kind: name, version: kind.version }],
});
