// Prints syntax trees in the form of the public test suites: one mark behind each node, which says its kind before and
// its type and references after the check.
import { quotedAsIs } from "#api/quoted.ts";
import { decodeText } from "./text.ts";
import type { Comprehension, Expr, MapEntry, StructField } from "./syntax/expr.ts";
import { formatType } from "./type.ts";
import { Double, Uint } from "./value.ts";
import type { Value } from "./value.ts";

export type Mark = (node: Expr | MapEntry | StructField, isEntry: boolean) => string;

const kinds: Readonly<Record<Expr["kind"], string>> = {
  literal: "Constant",
  ident: "Expr_IdentExpr",
  select: "Expr_SelectExpr",
  call: "Expr_CallExpr",
  list: "Expr_ListExpr",
  map: "Expr_StructExpr",
  struct: "Expr_StructExpr",
  comprehension: "Expr_ComprehensionExpr",
};
function literalKind(value: Value): string {
  if (value === null) return "NullValue";
  if (typeof value === "boolean") return "BoolValue";
  if (typeof value === "string") return "StringValue";
  if (value instanceof Double) return "DoubleValue";
  if (value instanceof Uint) return "Uint64Value";
  return value instanceof Uint8Array ? "BytesValue" : "Int64Value";
}
export const kindMark: Mark = (node, isEntry) => {
  if (isEntry) return "^#*expr.Expr_CreateStruct_Entry#";
  const expr = node as Expr;
  return expr.kind === "literal" ? `^#*expr.Constant_${literalKind(expr.value)}#` : `^#*expr.${kinds[expr.kind]}#`;
};
export const typeMark: Mark = (node, isEntry) => {
  if (isEntry) return "";
  const expr = node as Expr;
  const type = expr.type ? `~${formatType(expr.type)}` : "";
  const names = expr.kind === "struct" ? [expr.name] : "reference" in expr && expr.reference ? [expr.reference] : [];
  const ids = expr.kind === "call" ? (expr.overloads ?? []).map(({ id }) => id).sort() : names;
  return ids.length ? `${type}^${ids.join("|")}` : type;
};

const indent = (text: string): string => text.replaceAll("\n", "\n  ");
const block = (open: string, items: readonly string[], close: string): string =>
  items.length ? `${open}\n  ${indent(items.join(",\n"))}\n${close}` : open + close;

function doubleText(value: number): string {
  if (Math.abs(value) < 1e6 || !Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  return value.toExponential().replace(/e\+(\d)$/, "e+0$1");
}
/** As Go quotes bytes: what is UTF-8 as text, every other byte in hexadecimal. */
function bytesText(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length;) {
    const length = [1, 2, 3, 4].find(
      (count) => decodeText(bytes.subarray(i, i + count)) !== undefined && i + count <= bytes.length,
    );
    const text = length && decodeText(bytes.subarray(i, i + length));
    out += text ? quotedAsIs(text).slice(1, -1) : `\\x${bytes[i]!.toString(16).padStart(2, "0")}`;
    i += length ?? 1;
  }
  return `b"${out}"`;
}
function literalText(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return quotedAsIs(value);
  if (value instanceof Double) return doubleText(value.value);
  if (value instanceof Uint) return `${value.value}u`;
  return value instanceof Uint8Array ? bytesText(value) : String(value);
}
function foldText(expr: Comprehension, mark: Mark): string {
  const parts: [string, string][] = [
    ["Target", debugText(expr.range, mark)],
    ["Accumulator", expr.accuVar],
    ["Init", debugText(expr.init, mark)],
    ["LoopCondition", debugText(expr.condition, mark)],
    ["LoopStep", debugText(expr.step, mark)],
    ["Result", debugText(expr.result, mark)],
  ];
  const body = [["Variable", expr.iterVar], ...parts].map(([name, text]) => `// ${name}\n${text}`).join(",\n");
  return `__comprehension__(\n  ${indent(body)})`;
}
function plainText(expr: Expr, mark: Mark): string {
  const inner = (next: Expr): string => debugText(next, mark);
  switch (expr.kind) {
    case "literal":
      return literalText(expr.value);
    case "ident":
      return expr.reference ?? expr.name;
    case "select":
      if (expr.reference !== undefined) return expr.reference;
      return `${inner(expr.operand)}.${expr.field}${expr.test ? "~test-only~" : ""}`;
    case "call":
      return `${expr.target ? `${inner(expr.target)}.` : ""}${block(`${expr.name}(`, expr.args.map(inner), ")")}`;
    case "list":
      return block("[", expr.elements.map(inner), "]");
    case "map": {
      const entries = expr.entries.map(
        (entry) => `${entry.optional ? "?" : ""}${inner(entry.key)}:${inner(entry.value)}${mark(entry, true)}`,
      );
      return block("{", entries, "}");
    }
    case "struct": {
      const fields = expr.fields.map(
        (field) => `${field.optional ? "?" : ""}${field.name}:${inner(field.value)}${mark(field, true)}`,
      );
      return block(`${expr.name}{`, fields, "}");
    }
    case "comprehension":
      return foldText(expr, mark);
  }
}
export const debugText = (expr: Expr, mark: Mark): string => plainText(expr, mark) + mark(expr, false);
