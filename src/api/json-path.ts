// Evaluates JSONPath on JSON values, and prints templates as kubectl -o jsonpath does.
import { isObject } from "./json.ts";
import { JsonPathError, parseTemplate, type Piece, type Step, type Steps } from "./json-path-parse.ts";

export interface JsonPathOptions {
  /** A field that is not there yields nothing instead of an error. */
  readonly allowMissing: boolean;
}
type Values = readonly unknown[];
const fail = (why: string): never => {
  throw new JsonPathError(why);
};

/** Everything a path leads to. Throws JsonPathError. */
export const findValues = (steps: Steps, value: unknown, options: JsonPathOptions): Values => {
  let values: Values = [value];
  for (const step of steps) values = walk(step, values, options);
  return values;
};

function walk(step: Step, values: Values, options: JsonPathOptions): Values {
  switch (step.type) {
    case "field":
      return fieldOf(step.name, values, options);
    case "slice":
      return values.filter((v) => v !== null).flatMap((v) => sliceOf(step, v));
    case "wildcard":
      return values.flatMap(membersOf);
    case "descend":
      return descend(values);
    case "union":
      return step.parts.flatMap((part) => part.reduce<Values>((found, inner) => walk(inner, found, options), values));
    case "filter":
      return values.flatMap((v) => filtered(step, v, options));
    case "constant":
      return values.map(() => step.value);
    case "range":
    case "end":
      return values;
  }
}

function fieldOf(name: string, values: Values, options: JsonPathOptions): Values {
  const found = values.flatMap((v) => (isObject(v) && Object.hasOwn(v, name) ? [v[name]] : []));
  if (found.length === 0 && values.length > 0 && !options.allowMissing) fail(`${name} is not found`);
  return found;
}
const membersOf = (value: unknown): Values =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
function descend(values: Values): Values {
  return values.flatMap((value) => {
    const members = membersOf(value);
    return members.length > 0 ? [value, ...descend(members)] : [];
  });
}

function sliceOf(step: Step & { readonly type: "slice" }, value: unknown): Values {
  if (!Array.isArray(value)) return fail(`${goType(value)} is not array or slice`);
  const { length } = value;
  const fromEnd = (i: number): number => (i < 0 ? i + length : i);
  const from = fromEnd(step.from ?? 0);
  const to = step.single ? from + 1 : fromEnd(step.to ?? length);
  if (from === to) return [];
  const outside = (i: number): never => fail(`array index out of bounds: index ${i}, length ${length}`);
  if (from >= length || from < 0) outside(from);
  if (to > length || to < 0) outside(to - 1);
  if (from > to) fail(`starting index ${from} is greater than ending index ${to}`);
  const { by = 1 } = step;
  if (by <= 0) fail("step must be > 0");
  return value.slice(from, to).filter((_, i) => i % by === 0);
}
const goType = (value: unknown): string =>
  isObject(value) ? "map[string]interface {}" : typeof value === "number" ? "float64" : typeof value;

function filtered(step: Step & { readonly type: "filter" }, value: unknown, options: JsonPathOptions): Values {
  if (!Array.isArray(value)) return fail(`${String(value)} is not array or slice and cannot be filtered`);
  return value.filter((item) => {
    if (step.operator === "exists") return findValues(step.left, item, { allowMissing: true }).length > 0;
    const lefts = findValues(step.left, item, options);
    if (lefts.length === 0) return false;
    const rights = findValues(step.right, item, options);
    if (lefts.length > 1 || rights.length > 1) fail("can only compare one element at a time");
    return rights.length > 0 && compare(step.operator, lefts[0], rights[0]);
  });
}
type Comparable = string | number;
const comparisons: Readonly<Record<string, (a: Comparable, b: Comparable) => boolean>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};
function compare(operator: string, left: unknown, right: unknown): boolean {
  const test = comparisons[operator];
  if (!test) return fail(`unrecognized filter operator ${operator}`);
  if (typeof left !== typeof right) return fail("incompatible types for comparison");
  return test(left as Comparable, right as Comparable);
}

/** A value as it is printed: objects and lists as JSON, texts without quotes. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "" : JSON.stringify(value);
}
/** A template on a value: texts as they are, results of one expression with blanks between them. */
export function printJsonPath(template: string, value: unknown, options: JsonPathOptions): string {
  return print(parseTemplate(template), value, options).text;
}
function print(pieces: readonly Piece[], value: unknown, options: JsonPathOptions): { text: string; used: number } {
  let text = "";
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    if ("text" in piece) {
      text += piece.text;
      continue;
    }
    const [first] = piece.steps;
    if (first?.type === "end") return { text, used: i };
    const found = findValues(piece.steps, value, options);
    if (first?.type !== "range") {
      text += found.map(valueText).join(" ");
      continue;
    }
    const rest = pieces.slice(i + 1);
    const inner = found.map((item) => print(rest, item, options));
    text += inner.map((one) => one.text).join("");
    i += 1 + (inner[0]?.used ?? print(rest, null, { allowMissing: true }).used);
  }
  return { text, used: pieces.length };
}
