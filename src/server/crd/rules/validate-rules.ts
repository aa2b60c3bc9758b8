// What the rules of a schema say of a value. All rules of one object share a budget. What an update has not changed is not
// held against it, unless the rule compares with what was there.
import { type FieldError, forbiddenValue, invalidPart, invalidValue, requiredValue } from "#api/field-error.ts";
import { isObject } from "#api/json.ts";
import { isUnchanged, oldItem, oldMember, type Old } from "#api/structural/correlate.ts";
import type { JsonSchema, ValidationRule } from "#api/structural/json-schema.ts";
import { CelError } from "#cel/failure.ts";
import { perCallLimit, totalLimit } from "#cel/kubernetes/environment.ts";
import type { Activation } from "#cel/plan/frame.ts";
import type { Program } from "#cel/program.ts";
import { converterOf } from "#cel/shape.ts";
import type { CelType } from "#cel/type.ts";
import { none, OptionalValue, type Value } from "#cel/value.ts";
import { takesOptionalOld, type CompiledRule } from "./compile-rules.ts";
import type { RuleNode } from "./rule-tree.ts";

/** `old` is undefined where there is nothing to compare with; `path` is "" for a whole object. */
export function validateRules(node: RuleNode, value: unknown, old: unknown, path: string): FieldError[] {
  const run: Run = { found: [], rest: totalLimit, isOver: false };
  const before = old === undefined || old === null ? undefined : { value: old };
  const own = before && compared(node.schema, value, before.value);
  walk(run, node, { value, old: before, path, own, above: undefined });
  return run.found;
}

interface Run {
  readonly found: FieldError[];
  rest: number;
  /** The budget is used up. */
  isOver: boolean;
}
/** Whether a value is what it was; answered once. */
interface Compared {
  readonly isSame: () => boolean;
}
interface Place {
  readonly value: unknown;
  readonly old: Old | undefined;
  readonly path: string;
  /** Of the value itself, where it goes with an old one; else `above` counts: the nearest around it that does. */
  readonly own: Compared | undefined;
  readonly above: Compared | undefined;
}
function compared(schema: JsonSchema | undefined, value: unknown, old: unknown): Compared {
  let known: boolean | undefined;
  return { isSame: () => (known ??= isUnchanged(schema, value, old)) };
}
const child = (place: Place, schema: JsonSchema, value: unknown, old: Old | undefined, path: string): Place => ({
  value,
  old,
  path,
  own: old && place.own ? compared(schema, value, old.value) : undefined,
  above: place.own ?? place.above,
});

const outOfBudget = "validation failed due to running out of cost budget, no further validation rules will be run";
function walk(run: Run, node: RuleNode, place: Place): void {
  const { value, old } = place;
  if (value === null || value === undefined) return;
  judge(run, node, place);
  for (const part of node.allOf) if (!run.isOver) walk(run, part, { ...place, own: undefined });
  if (run.isOver) return;
  if (Array.isArray(value)) {
    const { items } = node;
    if (!items) return;
    for (const [i, item] of value.entries()) {
      const before = oldItem(node.schema, old, item);
      if (!run.isOver) walk(run, items, child(place, items.schema, item, before, `${place.path}[${i}]`));
    }
  } else if (isObject(value)) walkMembers(run, node, place, value);
}
const typeFields = new Set(["apiVersion", "kind"]);
function walkMembers(run: Run, node: RuleNode, place: Place, value: Readonly<Record<string, unknown>>): void {
  const { old, path } = place;
  const isTop = path === "" && node.isRoot;
  const step = (inner: RuleNode, name: string, at: string): void => {
    if (run.isOver || value[name] === undefined) return;
    const next = child(place, inner.schema, value[name], oldMember(old, name), at);
    // Old and new were brought to the same version, so that nobody can see that these were changed.
    walk(run, inner, isTop && typeFields.has(name) ? { ...next, own: undefined, above: undefined } : next);
  };
  if (node.additional) for (const name of Object.keys(value)) step(node.additional, name, `${path}[${name}]`);
  for (const [name, inner] of node.properties) step(inner, name, path ? `${path}.${name}` : name);
}

const shownPath = (path: string): string => path || "<nil>";
function judge(run: Run, node: RuleNode, place: Place): void {
  if (node.rules.length === 0) return;
  const { schema } = node;
  const type = schema.type ?? "";
  const fail = (why: string): void => void run.found.push(invalidValue(shownPath(place.path), type, why));
  const end = (why: string): void => {
    fail(why);
    run.isOver = true;
  };
  if (run.rest <= 0) return end(outOfBudget);
  const { old } = place;
  const isOldKnown = old !== undefined && old.value !== null && old.value !== undefined;
  for (const compiled of node.rules) {
    const { rule, program, problem, usesOld } = compiled;
    if (problem) {
      fail(`rule compile error: ${problem}`);
      continue;
    }
    if (!program || (usesOld && !isOldKnown && !takesOptionalOld(rule))) continue;
    const activation = activationOf(node.type!, place.value, isOldKnown ? old.value : undefined, rule);
    const { value, error, cost } = evaluate(program, activation);
    if (cost > run.rest) return end(outOfBudget);
    run.rest -= cost;
    if (error) {
      if (error.reason === "cost")
        return end(
          `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(rule)}`,
        );
      fail(
        error.message.startsWith("no such overload")
          ? `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`
          : `${error.message} evaluating rule: ${ruleText(rule)}`,
      );
    } else if (value !== true) report(run, compiled, type, place, activation);
    if (run.isOver) return;
  }
}
const ruleText = ({ message = "", rule }: ValidationRule): string => (message || rule).trim();

function activationOf(type: CelType, self: unknown, old: unknown, rule: ValidationRule): Activation {
  if (!takesOptionalOld(rule)) return { self, ...(old === undefined ? {} : { oldSelf: old }) };
  return { self, oldSelf: old === undefined ? none : new OptionalValue(converterOf(type)(old)) };
}
interface Evaluation {
  readonly value?: Value;
  readonly error?: CelError;
  readonly cost: number;
}
function evaluate(program: Program, activation: Activation): Evaluation {
  try {
    return program.evaluate(activation, { costLimit: perCallLimit });
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { error, cost: error.cost };
  }
}

/** A rule does not hold: says so, unless the value was no better before. */
function report(run: Run, compiled: CompiledRule, type: string, place: Place, activation: Activation): void {
  const { rule, usesOld, fieldPath } = compiled;
  const at = fieldPath ? (place.path ? `${place.path}.${fieldPath}` : fieldPath) : shownPath(place.path);
  const isForgiven = !usesOld && ((place.own ?? place.above)?.isSame() ?? false);
  const add = (error: FieldError): void => void (isForgiven || run.found.push(error));
  const message = compiled.message && messageFrom(run, compiled.message, rule, activation);
  if (message?.fatal) {
    add(invalidValue(at, type, message.fatal));
    run.isOver = true;
    return;
  }
  const text = message?.text ?? (rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`);
  add(errorFor(rule.reason, at, type === "object" || type === "array" ? undefined : place.value, text));
}
function errorFor(reason: string | undefined, field: string, value: unknown, text: string): FieldError {
  switch (reason) {
    case "FieldValueForbidden":
      return forbiddenValue(field, text);
    case "FieldValueRequired":
      return requiredValue(field, text);
    case "FieldValueDuplicate": {
      const shown = value === undefined ? "" : `: ${JSON.stringify(value)}`;
      return { type: "FieldValueDuplicate", field, message: `Duplicate value${shown}` };
    }
    default:
      return value === undefined ? invalidPart(field, text) : invalidValue(field, value, text);
  }
}

const longestMessageBytes = 5 * 1024;
/** What an expression makes of the message; nothing where it is of no use; `fatal` where it cost too much. */
function messageFrom(
  run: Run,
  program: Program,
  { messageExpression = "" }: ValidationRule,
  activation: Activation,
): { readonly text?: string; readonly fatal?: string } {
  const { value, error, cost } = evaluate(program, activation);
  if (cost > run.rest)
    return {
      fatal:
        "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run",
    };
  if (error?.reason === "cost")
    return {
      fatal: `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${JSON.stringify(messageExpression)}`,
    };
  run.rest -= cost;
  const text = typeof value === "string" ? value.trim() : "";
  const isUsable = text !== "" && !text.includes("\n") && Buffer.byteLength(text) <= longestMessageBytes;
  return isUsable ? { text } : {};
}
