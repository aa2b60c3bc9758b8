// Whether the rules of a definition compile, and whether they can cost too much. The costs are estimates from the sizes
// that the schema allows, for each rule and for all of one schema together.
import type { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { schemaPlaces } from "#api/apiextensions/definition.ts";
import { type FieldError, forbiddenValue, invalidValue } from "#api/field-error.ts";
import { deepEqual } from "#api/json.ts";
import { checkDefaults, type JudgeRules } from "#api/structural/check-defaults.ts";
import {
  additionalOf,
  itemsOf,
  isEmbedded,
  rulesOf,
  type JsonSchema,
  type ValidationRule,
} from "#api/structural/json-schema.ts";
import { estimateLimit, totalEstimateLimit } from "#cel/kubernetes/environment.ts";
import { maxCardinality, typeOfSchema } from "#cel/kubernetes/structural.ts";
import type { Program } from "#cel/program.ts";
import { compileRules, type CompiledRule } from "./compile-rules.ts";
import { ruleTree } from "./rule-tree.ts";
import { validateRules } from "./validate-rules.ts";

/** The definition is valid otherwise. What was stored with the same schemas is not judged again. */
export function checkRules(crd: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  const stored = old ? schemaPlaces(old.spec) : [];
  return schemaPlaces(crd.spec)
    .filter(({ schema }) => !stored.some((before) => deepEqual(before.schema, schema)))
    .flatMap(({ schema, path }) => checkSchemaRules(schema, `${path}.openAPIV3Schema`));
}

const judgeDefault: JudgeRules = (schema, value, old, path, isRoot) => {
  const tree = ruleTree(schema, isRoot);
  return tree ? validateRules(tree, value, old, path) : [];
};
export function checkSchemaRules(schema: JsonSchema, path: string): FieldError[] {
  const defaults = checkDefaults(schema, path, judgeDefault);
  if (defaults.length > 0) return defaults;
  const run: Run = { found: [], total: 0, dearest: [] };
  walk(run, schema, { path, count: 1, isRoot: true, uncorrelated: undefined });
  if (run.total <= totalEstimateLimit) return run.found;
  const why = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
  const whole = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
  return [
    ...run.found,
    ...run.dearest.map(({ at }) => forbiddenValue(at, why)),
    forbiddenValue(path, tooDear(whole, run.total, totalEstimateLimit)),
  ];
}

interface Run {
  readonly found: FieldError[];
  total: number;
  /** Those that make up most of the total, the dearest first. */
  dearest: readonly { readonly at: string; readonly cost: number }[];
}
interface Place {
  readonly path: string;
  /** How many values of this place one object can hold; undefined: nothing limits it. */
  readonly count: number | undefined;
  readonly isRoot: boolean;
  /** The place around it whose old and new parts cannot be told to belong together. */
  readonly uncorrelated: string | undefined;
}
function walk(run: Run, schema: JsonSchema, place: Place): void {
  const { path, uncorrelated } = place;
  const count = times(place.count, mostChildren(schema));
  const inner = (part: JsonSchema | undefined, at: string, loses: boolean): void => {
    if (!part) return;
    walk(run, part, { path: `${path}.${at}`, count, isRoot: false, uncorrelated: loses ? path : uncorrelated });
  };
  inner(additionalOf(schema), "additionalProperties", false);
  for (const [name, property] of Object.entries(schema.properties ?? {})) inner(property, `properties[${name}]`, false);
  inner(itemsOf(schema), "items", schema["x-kubernetes-list-type"] !== "map");
  if (rulesOf(schema).length > 0) checkPlace(run, schema, place);
}
const unlimited = 2 ** 64;
const times = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : Math.min(a * b, unlimited);
/** How many children of one kind a value can have; undefined: any number. */
function mostChildren(schema: JsonSchema): number | undefined {
  if (schema.type === "array") return schema.maxItems === undefined ? undefined : Math.max(0, schema.maxItems);
  if (schema.type !== "object" || schema.additionalProperties === undefined) return 1;
  return schema.maxProperties === undefined ? undefined : Math.max(0, schema.maxProperties);
}

function checkPlace(run: Run, schema: JsonSchema, place: Place): void {
  const declared = typeOfSchema(schema, { isResource: place.isRoot || isEmbedded(schema) });
  const path = `${place.path}.x-kubernetes-validations`;
  if (!declared) {
    const message = "Internal error: failed to convert to declType for CEL validation rules";
    run.found.push({ type: "InternalError", field: path, message });
    return;
  }
  const count = place.count ?? maxCardinality(declared.minSize);
  for (const [i, compiled] of compileRules(schema, declared).entries())
    checkRule(run, compiled, `${path}[${i}]`, count, place.uncorrelated);
}
function checkRule(run: Run, compiled: CompiledRule, path: string, count: number, uncorrelated?: string): void {
  const { rule, program, problem, message, messageProblem, usesOld } = compiled;
  const { found } = run;
  const at = `${path}.rule`;
  observe(run, at, times(costOf(program), count)!, "estimated rule cost");
  if (problem) found.push(badRule(at, rule, problem));
  if (messageProblem) found.push(badRule(`${path}.messageExpression`, rule, messageProblem));
  else if (message) observe(run, `${path}.messageExpression`, costOf(message), "estimated messageExpression cost");
  if (usesOld && uncorrelated !== undefined)
    found.push(
      invalidValue(
        at,
        rule.rule,
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`,
      ),
    );
  if (!usesOld && rule.optionalOldSelf !== undefined)
    found.push(
      invalidValue(`${path}.optionalOldSelf`, rule.optionalOldSelf, "may not be set if oldSelf is not used in rule"),
    );
}
const costOf = (program: Program | undefined): number => program?.estimateCost().max ?? 0;
function observe(run: Run, at: string, cost: number, what: string): void {
  if (cost > estimateLimit) run.found.push(forbiddenValue(at, tooDear(what, cost, estimateLimit)));
  run.total = Math.min(run.total + cost, unlimited);
  if (cost < totalEstimateLimit / 100) return;
  run.dearest = [...run.dearest, { at, cost }].toSorted((a, b) => b.cost - a.cost).slice(0, 4);
}
function tooDear(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const text = factor > 100 ? "more than 100x" : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return (
    `${what} exceeds budget by factor of ${text} (try simplifying the rule, or adding maxItems, maxProperties, and ` +
    "maxLength where arrays, maps, and strings are declared)"
  );
}

const escapes: Readonly<Record<string, string>> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026" };
/** A rule as upstream prints it: with the names of its own fields, and escaped for HTML. */
function badRule(field: string, rule: ValidationRule, why: string): FieldError {
  const shown = {
    Rule: rule.rule,
    Message: rule.message ?? "",
    MessageExpression: rule.messageExpression ?? "",
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? "",
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
  const text = JSON.stringify(shown).replace(/[<>&]/g, (c) => escapes[c]!);
  return { type: "FieldValueInvalid", field, message: `Invalid value: ${text}: ${why}` };
}
