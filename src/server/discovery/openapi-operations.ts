// Operations and paths of OpenAPI documents in a form of their own, and how each dialect writes them. Parameters that all
// operations of a path share stand at the path; version 2 writes most of them once for the whole document.
import { createHash } from "node:crypto";
import type { Dialect, OpenApiSchema } from "#server/discovery/openapi-schema.ts";

export interface Parameter {
  readonly name: string;
  readonly in: "query" | "path";
  readonly type: string;
  readonly description: string;
}
export interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly description: string;
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly parameters: readonly Parameter[];
  /** A definition: what the request carries. */
  readonly body?: { readonly schema: string; readonly required: boolean };
  /** A definition: what a good answer carries; absent: text. */
  readonly answer?: string;
  /** Codes of good answers. */
  readonly codes: readonly (200 | 201 | 202)[];
  readonly action?: string;
  readonly gvk?: { readonly group: string; readonly version: string; readonly kind: string };
}
/** By HTTP method in lower case. */
export type PathOperations = Readonly<Record<string, Operation>>;

const reasons = { 200: "OK", 201: "Created", 202: "Accepted" };
const byName = (a: Parameter, b: Parameter): number =>
  a.name === b.name ? a.in.localeCompare(b.in) : a.name < b.name ? -1 : 1;
const keyOf = (p: Parameter): string => `${p.in} ${p.name} ${p.description}`;

export class PathWriter {
  readonly #dialect: Dialect;
  /** Version 2: what is written once, by its name. */
  readonly parameters: Record<string, OpenApiSchema> = {};
  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }
  path(operations: PathOperations): OpenApiSchema {
    const all = Object.values(operations);
    const isCommon = (p: Parameter): boolean => all.every((o) => o.parameters.some((q) => keyOf(q) === keyOf(p)));
    const common = (all[0]?.parameters ?? []).filter(isCommon);
    const item: OpenApiSchema = {};
    for (const [method, operation] of Object.entries(operations))
      item[method] = this.#operation({ ...operation, parameters: operation.parameters.filter((p) => !isCommon(p)) });
    if (common.length > 0) item["parameters"] = common.toSorted(byName).map((p) => this.#parameter(p));
    return item;
  }
  #ref(name: string): OpenApiSchema {
    return { $ref: this.#dialect === 3 ? `#/components/schemas/${name}` : `#/definitions/${name}` };
  }
  #parameter({ type, ...p }: Parameter): OpenApiSchema {
    const head = { ...p, ...(p.in === "path" ? { required: true } : {}) };
    if (this.#dialect === 3) return { ...head, schema: { type, uniqueItems: true } };
    const whole = { ...head, type, uniqueItems: true };
    // kubectl before 1.28 looks for these two beside the operation; a name tells of its kind.
    return ["name", "dryRun", "fieldValidation"].includes(p.name) ? whole : this.#shared(whole);
  }
  #shared(parameter: OpenApiSchema): OpenApiSchema {
    const hash = createHash("sha256").update(JSON.stringify(parameter)).digest("base64url").slice(0, 8);
    const name = `${String(parameter["name"])}-${hash}`;
    this.parameters[name] = parameter;
    return { $ref: `#/parameters/${name}` };
  }
  #body({ schema, required }: { readonly schema: string; readonly required: boolean }): OpenApiSchema {
    const whole = { name: "body", in: "body", ...(required ? { required } : {}), schema: this.#ref(schema) };
    return schema.startsWith("io.k8s.apimachinery") ? this.#shared(whole) : whole;
  }
  #operation(o: Operation): OpenApiSchema {
    const { body } = o;
    const own = o.parameters.toSorted(byName).map((p) => this.#parameter(p));
    const parameters = body && this.#dialect === 2 ? [this.#body(body), ...own] : own;
    const marks = {
      ...(o.action ? { "x-kubernetes-action": o.action } : {}),
      ...(o.gvk ? { "x-kubernetes-group-version-kind": o.gvk } : {}),
    };
    const head = {
      tags: [o.tag],
      description: o.description,
      operationId: o.id,
      ...(parameters.length > 0 ? { parameters } : {}),
    };
    const responses = this.#responses(o);
    if (this.#dialect === 2) {
      const consumes = o.consumes.length > 0 ? { consumes: [...o.consumes] } : {};
      return { ...head, ...consumes, produces: [...o.produces], schemes: ["https"], responses, ...marks };
    }
    const content = body && Object.fromEntries(o.consumes.map((type) => [type, { schema: this.#ref(body.schema) }]));
    const requestBody = body && { content, ...(body.required ? { required: true } : {}) };
    return { ...head, ...(requestBody ? { requestBody } : {}), responses, ...marks };
  }
  #responses(o: Operation): OpenApiSchema {
    const schema = o.answer === undefined ? { type: "string" } : this.#ref(o.answer);
    const carried =
      this.#dialect === 2
        ? { schema }
        : { content: Object.fromEntries(o.produces.toSorted().map((type) => [type, { schema }])) };
    const good = o.codes.map((code) => [String(code), { description: reasons[code], ...carried }] as const);
    return { ...Object.fromEntries(good), "401": { description: "Unauthorized" } };
  }
}
