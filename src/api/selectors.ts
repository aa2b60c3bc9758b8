// Label and field selectors: the text forms of queries, the LabelSelector objects of specs, and matching. The parsing of
// label texts lives in label-selector.ts.
import { badRequest } from "./errors.ts";
import type { LabelSelector } from "./meta/schema.ts";
import { type LabelOperator, type LabelRequirement, parseLabels } from "./label-selector.ts";

export type { LabelOperator, LabelRequirement } from "./label-selector.ts";
export type Labels = Readonly<Record<string, string>>;

/** Parses "a=b,c in (d,e),!f"; all must hold, and none matches everything. Throws ApiError BadRequest. */
export const parseLabelSelector = (text: string): readonly LabelRequirement[] => parseLabels(text);

const operators: Readonly<Record<string, LabelOperator>> = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
};
const converted = new WeakMap<object, readonly LabelRequirement[]>();
/** The requirements of a LabelSelector object; throws on an unknown operator. */
export function requirementsOf(selector: LabelSelector): readonly LabelRequirement[] {
  let requirements = converted.get(selector);
  if (!requirements) {
    requirements = [
      ...Object.entries(selector.matchLabels ?? {}).map(([key, value]): LabelRequirement => ({
        key,
        operator: "=",
        values: [value],
      })),
      ...(selector.matchExpressions ?? []).map((e): LabelRequirement => {
        const operator = operators[e.operator];
        if (!operator) throw badRequest(`${JSON.stringify(e.operator)} is not a valid label selector operator`);
        return { key: e.key, operator, values: e.values ?? [] };
      }),
    ].toSorted(byKey);
    // What may still be edited must not be remembered.
    if (Object.isFrozen(selector)) converted.set(selector, requirements);
  }
  return requirements;
}
const byKey = (a: LabelRequirement, b: LabelRequirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
/** A selector for exactly these labels, as Services and replication controllers hold it. */
export const exactLabels = (labels: Labels | undefined): readonly LabelRequirement[] =>
  Object.entries(labels ?? {})
    .map(([key, value]): LabelRequirement => ({ key, operator: "=", values: [value] }))
    .toSorted(byKey);

/**
 * Whether labels satisfy a selector: requirements, or a LabelSelector object. Without requirements everything matches;
 * an absent selector matches nothing.
 */
export function matchesLabels(
  selector: readonly LabelRequirement[] | LabelSelector | undefined,
  labels: Labels | undefined,
): boolean {
  if (!selector) return false;
  const requirements = isRequirements(selector) ? selector : requirementsOf(selector);
  for (const requirement of requirements) if (!holds(requirement, labels)) return false;
  return true;
}
const isRequirements = (
  selector: readonly LabelRequirement[] | LabelSelector,
): selector is readonly LabelRequirement[] => Array.isArray(selector);

const wholeNumber = /^[+-]?[0-9]+$/;
function holds({ key, operator, values }: LabelRequirement, labels: Labels | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "=":
    case "==":
    case "in":
      return value !== undefined && values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "gt":
    case "lt": {
      if (value === undefined || !wholeNumber.test(value) || !wholeNumber.test(values[0] ?? "")) return false;
      const [a, b] = [BigInt(value), BigInt(values[0]!)];
      return operator === "gt" ? a > b : a < b;
    }
  }
}

/** The text of a selector, requirements by key; "" when everything matches or there is none. */
export function selectorText(selector: readonly LabelRequirement[] | LabelSelector | undefined): string {
  if (!selector) return "";
  const requirements = isRequirements(selector) ? selector : requirementsOf(selector);
  return requirements.toSorted(byKey).map(requirementText).join(",");
}
function requirementText({ key, operator, values }: LabelRequirement): string {
  const list = values.toSorted().join(",");
  switch (operator) {
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "in":
    case "notin":
      return `${key} ${operator} (${list})`;
    case "gt":
      return `${key}>${list}`;
    case "lt":
      return `${key}<${list}`;
    default:
      return `${key}${operator}${list}`;
  }
}
/** Whether two selectors say the same, whatever the order. */
export const equalSelectors = (a: LabelSelector | undefined, b: LabelSelector | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && selectorText(a) === selectorText(b));

export interface FieldRequirement {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}
/** Parses "a=b,c!=d"; a backslash keeps a comma, an equals sign or itself literal. Throws ApiError BadRequest. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  const terms = text.match(/(?:\\[^]|[^\\,])+\\?|\\$/g) ?? [];
  return terms.toSorted().map((term) => {
    const match = /^([^]*?)(!=|==|=)([^]*)$/.exec(term);
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = "", operator, value = ""] = match;
    return { field, operator: operator === "!=" ? "!=" : "=", value: unescapeValue(value) };
  });
}
function unescapeValue(text: string): string {
  return text.replace(/\\([^]?)|[,=]/g, (found, escaped: string | undefined) => {
    if (escaped === undefined) {
      throw badRequest(`invalid field selector: unescaped character in value: ${found.codePointAt(0)}`);
    }
    if (escaped !== "" && "\\,=".includes(escaped)) return escaped;
    throw badRequest(`invalid field selector: invalid escape sequence: ${found}`);
  });
}
const escapeValue = (text: string): string => text.replace(/[\\,=]/g, "\\$&");
export const fieldSelectorText = (selector: readonly FieldRequirement[]): string =>
  selector.map((r) => `${r.field}${r.operator}${escapeValue(r.value)}`).join(",");

/** `valueOf` gives the text of a field, "" when it is not set. */
export const matchesFields = (selector: readonly FieldRequirement[], valueOf: (field: string) => string): boolean =>
  selector.every((r) => (valueOf(r.field) === r.value) === (r.operator === "="));
/** The one value that a selector asks of a field, if it does. */
export const exactFieldValue = (selector: readonly FieldRequirement[], field: string): string | undefined =>
  selector.find((r) => r.field === field && r.operator === "=")?.value;
