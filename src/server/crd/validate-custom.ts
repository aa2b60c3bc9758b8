// What must hold for a custom resource: the schema, embedded metadata, the promises of lists, the paths of scale, then
// rules. On an update what has not changed is not held against it.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { isObject } from "#api/json.ts";
import type { KubeObject, ScalePaths } from "#api/kind.ts";
import { isQualifiedName } from "#api/names.ts";
import { parsePath } from "#api/paths.ts";
import { propertyOf, type JsonSchema } from "#api/structural/json-schema.ts";
import { validateListTypes } from "#api/structural/list-types.ts";
import { validateEmbedded } from "#api/structural/object-meta.ts";
import { validateValue } from "#api/structural/validate-value.ts";

/** Rules of a schema (x-kubernetes-validations). */
export interface ValidateRules {
  areThere(): boolean;
  /** `old` is undefined on create. */
  validate(value: unknown, old: unknown, path: string): readonly FieldError[];
}

export interface CustomRules {
  readonly schema: JsonSchema | undefined;
  readonly scale?: ScalePaths | undefined;
  /** Of the whole object. */
  readonly rules?: ValidateRules | undefined;
}

export function validateCustom({ schema, scale, rules }: CustomRules, object: KubeObject): FieldError[] {
  const found = [
    ...(schema ? validateValue(schema, object) : []),
    ...scaleErrors(scale, object),
    ...validateEmbedded(object, schema, false),
    ...validateListTypes(object, schema),
  ];
  return withRules(found, rules, () => rules!.validate(object, undefined, ""));
}
export function validateCustomUpdate(
  { schema, scale, rules }: CustomRules,
  object: KubeObject,
  old: KubeObject,
): FieldError[] {
  const found = [
    ...(schema ? validateValue(schema, object, { old: { value: old } }) : []),
    ...scaleErrors(scale, object),
    ...validateEmbedded(object, schema, false),
    ...(validateListTypes(old, schema).length === 0 ? validateListTypes(object, schema) : []),
  ];
  return withRules(found, rules, () => rules!.validate(object, old, ""));
}
/** A write to /status is judged by the schema of the status alone, but by the rules of the whole. */
export function validateCustomStatus(
  { schema, scale, rules }: CustomRules,
  object: KubeObject,
  old: KubeObject,
): FieldError[] {
  const inner = schema && propertyOf(schema, "status");
  const [status, before] = [object, old].map((o) => (o as { status?: unknown }).status);
  const found = [
    ...(inner && status !== undefined ? validateValue(inner, status, { old: { value: before }, path: "status" }) : []),
    ...scaleErrors(scale && { ...scale, specReplicas: "" }, object),
    ...validateEmbedded(object, schema, false),
    ...(validateListTypes(old, schema).length === 0 ? validateListTypes(object, schema) : []),
  ];
  return withRules(found, rules, () => rules!.validate(object, old, ""));
}

const blocking: readonly FieldError["type"][] = [
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
];
/** Rules may rely on the types that the schema declares; where those are wrong they are not asked. */
function withRules(
  found: readonly FieldError[],
  rules: ValidateRules | undefined,
  ask: () => readonly FieldError[],
): FieldError[] {
  if (!rules?.areThere()) return [...found];
  if (!found.some((error) => blocking.includes(error.type))) return [...found, ...ask()];
  const why =
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
  return [...found, invalidValue("<nil>", null, why)];
}

function scaleErrors(scale: ScalePaths | undefined, object: KubeObject): FieldError[] {
  if (!scale) return [];
  return [
    ...(scale.specReplicas ? replicaErrors(scale.specReplicas, object) : []),
    ...replicaErrors(scale.statusReplicas, object),
    ...(scale.labelSelector ? selectorErrors(scale.labelSelector, object) : []),
  ];
}
const mostReplicas = 2 ** 31 - 1;
function replicaErrors(path: string, object: KubeObject): FieldError[] {
  const { value, wrong } = lookUp(path, object, "int64", (v) => typeof v === "number" && Number.isInteger(v));
  if (wrong) return [invalidValue(path, 0, wrong)];
  const replicas = (value ?? 0) as number;
  if (replicas < 0) return [invalidValue(path, replicas, "should be a non-negative integer")];
  if (replicas > mostReplicas) return [invalidValue(path, replicas, `should be less than or equal to ${mostReplicas}`)];
  return [];
}
function selectorErrors(path: string, object: KubeObject): FieldError[] {
  const { wrong } = lookUp(path, object, "string", (v) => typeof v === "string");
  return wrong ? [invalidValue(path, "", wrong)] : [];
}
const goType = (value: unknown): string => {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return isObject(value) ? "map[string]interface {}" : typeof value === "boolean" ? "bool" : typeof value;
};
const shown = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
function lookUp(
  path: string,
  object: KubeObject,
  type: string,
  fits: (value: unknown) => boolean,
): { value?: unknown; wrong?: string } {
  let value: unknown = object;
  const steps = parsePath(path);
  for (const [i, step] of steps.entries()) {
    if (!isObject(value)) {
      const at = steps.slice(0, i).join(".");
      return {
        wrong: `.${at} accessor error: ${shown(value)} is of the type ${goType(value)}, expected map[string]interface{}`,
      };
    }
    if (!Object.hasOwn(value, step)) return {};
    value = value[step];
  }
  if (fits(value)) return { value };
  return {
    wrong: `.${steps.join(".")} accessor error: ${shown(value)} is of the type ${goType(value)}, expected ${type}`,
  };
}

const ownFinalizers = new Set(["orphan", "foregroundDeletion", "kubernetes"]);
/** Names of finalizers that are new and could clash with those of others. */
export function finalizerWarnings(object: KubeObject, old: KubeObject | undefined): string[] {
  const before = new Set(old?.metadata.finalizers);
  const added = [...new Set(object.metadata.finalizers)].filter((name) => !before.has(name)).toSorted();
  return added.flatMap((name) => {
    const head = `metadata.finalizers: ${JSON.stringify(name)}`;
    const path = name.includes(".") ? "including a path (/) " : "";
    const prefer = `prefer a domain-qualified finalizer name ${path}to avoid accidental conflicts with other finalizer writers`;
    const isShort = !name.includes("/") && !ownFinalizers.has(name);
    return [...isQualifiedName(name).map((why) => `${head}: ${why}`), ...(isShort ? [`${head}: ${prefer}`] : [])];
  });
}
