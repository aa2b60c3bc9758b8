// The rules of a whole schema as a tree of the same form, without the parts that have none.
import {
  additionalOf,
  isEmbedded,
  itemsOf,
  propertyOf,
  rulesOf,
  type JsonSchema,
} from "#api/structural/json-schema.ts";
import { escapeName } from "#cel/kubernetes/escape.ts";
import { typeOfSchema } from "#cel/kubernetes/structural.ts";
import type { CelType } from "#cel/type.ts";
import { compileRules, type CompiledRule } from "./compile-rules.ts";

export interface RuleNode {
  /** What gives the value its structure. */
  readonly schema: JsonSchema;
  readonly isRoot: boolean;
  readonly type: CelType | undefined;
  readonly rules: readonly CompiledRule[];
  readonly items: RuleNode | undefined;
  readonly additional: RuleNode | undefined;
  readonly properties: ReadonlyMap<string, RuleNode>;
  readonly allOf: readonly RuleNode[];
}

/** Undefined where no rule applies to any value. */
export function ruleTree(schema: JsonSchema, isResource = true): RuleNode | undefined {
  return nodeOf(schema, schema, isResource);
}

/** `judging` holds the rules for values that `schema` describes: itself, or a part of its allOf. */
function nodeOf(judging: JsonSchema, schema: JsonSchema, isRoot: boolean): RuleNode | undefined {
  const items = inner(itemsOf(judging), itemsOf(schema));
  const additional = inner(additionalOf(judging), additionalOf(schema));
  const properties = new Map<string, RuleNode>();
  for (const [name, part] of Object.entries(judging.properties ?? {})) {
    const node = inner(part, propertyOf(schema, name));
    // What has no type has no rules either, unless its name keeps it out of the type of the whole.
    if (node && (escapeName(name) === undefined || hasType(node))) properties.set(name, node);
  }
  const allOf = (judging.allOf ?? []).flatMap((part) => nodeOf(part, schema, isRoot) ?? []);
  const isEmpty = !items && !additional && properties.size === 0 && allOf.length === 0;
  if (isEmpty && rulesOf(judging).length === 0) return undefined;
  const declared = rulesOf(judging).length > 0 ? typeOfSchema(schema, { isResource: isRoot }) : undefined;
  const rules = declared ? compileRules({ ...schema, "x-kubernetes-validations": rulesOf(judging) }, declared) : [];
  return { schema, isRoot, type: declared?.type, rules, items, additional, properties, allOf };
}
const inner = (judging: JsonSchema | undefined, schema: JsonSchema | undefined): RuleNode | undefined =>
  judging && schema && nodeOf(judging, schema, isEmbedded(schema));
const hasType = ({ schema, isRoot }: RuleNode): boolean => typeOfSchema(schema, { isResource: isRoot }) !== undefined;
