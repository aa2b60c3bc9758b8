// The schema of a custom resource as a CustomResourceDefinition holds it, typed, with the few questions that every
// algorithm asks of it. The schema is used as it came: no second form is built, so the same value can be shown again.

export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** OpenAPI v3, as far as custom resources may use it, and what they may not (which is reported). */
export interface JsonSchema {
  readonly id?: string;
  readonly $schema?: string;
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly default?: unknown;
  readonly maximum?: number;
  readonly exclusiveMaximum?: boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly multipleOf?: number;
  readonly enum?: readonly unknown[];
  readonly maxProperties?: number;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly properties?: Schemas;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly patternProperties?: Schemas;
  readonly dependencies?: Readonly<Record<string, JsonSchema | readonly string[]>>;
  readonly additionalItems?: JsonSchema | boolean;
  readonly definitions?: Schemas;
  readonly externalDocs?: object;
  readonly example?: unknown;
  readonly nullable?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-validations"?: readonly ValidationRule[];
}
export type Schemas = Readonly<Record<string, JsonSchema>>;

/** The schema of a list's items; a list of schemas is not allowed and counts as none. */
export const itemsOf = (schema: JsonSchema): JsonSchema | undefined =>
  Array.isArray(schema.items) ? undefined : (schema.items as JsonSchema | undefined);
/** The schema of the values of a map with free keys. */
export const additionalOf = (schema: JsonSchema): JsonSchema | undefined =>
  typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
export const propertyOf = (schema: JsonSchema, name: string): JsonSchema | undefined =>
  schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
export const preserves = (schema: JsonSchema): boolean => schema["x-kubernetes-preserve-unknown-fields"] === true;
export const isEmbedded = (schema: JsonSchema): boolean => schema["x-kubernetes-embedded-resource"] === true;
export const rulesOf = (schema: JsonSchema): readonly ValidationRule[] => schema["x-kubernetes-validations"] ?? [];

/** What belongs to every object and need not be declared. */
export const metaFields: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/** Every schema within, itself first, whether it gives structure or only judges values. */
export function* schemasWithin(schema: JsonSchema): Generator<JsonSchema> {
  yield schema;
  for (const inner of partsOf(schema)) yield* schemasWithin(inner);
}
function* partsOf(schema: JsonSchema): Generator<JsonSchema> {
  if (Array.isArray(schema.items)) yield* schema.items as readonly JsonSchema[];
  else if (schema.items) yield schema.items as JsonSchema;
  for (const list of [schema.allOf, schema.anyOf, schema.oneOf]) yield* list ?? [];
  if (schema.not) yield schema.not;
  for (const map of [schema.properties, schema.patternProperties, schema.definitions]) yield* Object.values(map ?? {});
  for (const one of [schema.additionalProperties, schema.additionalItems]) if (typeof one === "object") yield one;
  for (const one of Object.values(schema.dependencies ?? {})) if (!Array.isArray(one)) yield one as JsonSchema;
}
