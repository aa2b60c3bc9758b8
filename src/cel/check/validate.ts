// What the checker cannot see from types: literals that a function will refuse, formats that do not fit their arguments,
// and lists and maps of mixed types. Kubernetes reports these when an expression is stored.
import { Failure } from "../failure.ts";
import { formatProblem, localDialect, readFormat } from "../library/string-format.ts";
import { readRegex } from "../library/pattern.ts";
import type { Call, CreateList, CreateMap, Expr } from "../syntax/expr.ts";
import { childrenOf } from "../syntax/expr.ts";
import type { Issue } from "../syntax/source.ts";
import { issueAt } from "../syntax/source.ts";
import { readDuration, readTimestamp } from "../time.ts";
import { dynType, formatType, isDyn, nameOf, sameType, unwrapOptional } from "../type.ts";
import type { CelType } from "../type.ts";
import type { Value } from "../value.ts";

type Report = (at: { readonly offset: number }, message: string) => void;

export function validateLiterals(expr: Expr, source: string): Issue[] {
  const issues: Issue[] = [];
  visit(expr, false, (at, message) => void issues.push(issueAt(source, at.offset, message)));
  return issues;
}
/** `mixed`: inside the arguments of format, where elements may differ in type. */
function visit(expr: Expr, mixed: boolean, report: Report): void {
  if (expr.kind === "call") validateCall(expr, report);
  if (!mixed && expr.kind === "list") validateList(expr, report);
  if (!mixed && expr.kind === "map") validateMap(expr, report);
  const inFormat = mixed || (expr.kind === "call" && expr.name === "format");
  for (const child of childrenOf(expr)) visit(child, inFormat, report);
}

const readers: Readonly<Record<string, (value: Value) => boolean>> = {
  duration: (value) => typeof value === "string" && readDuration(value) !== undefined,
  timestamp: isTimestamp,
  matches: (value) => typeof value !== "string" || "regex" in readRegex(value),
};
function isTimestamp(value: Value): boolean {
  try {
    return typeof value !== "string" || readTimestamp(value) !== undefined;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
function validateCall(expr: Call, report: Report): void {
  const [first] = expr.args;
  const isGood = readers[expr.name];
  if (isGood && first?.kind === "literal" && !isGood(first.value)) report(first, `invalid ${expr.name} argument`);
  const format = expr.target?.kind === "literal" ? expr.target.value : undefined;
  if (expr.name === "format" && typeof format === "string" && first?.kind === "list")
    validateFormat(expr, format, first.elements, report);
}

const typeOf = (expr: Expr): CelType => expr.type ?? dynType;
function validateFormat(call: Call, format: string, args: readonly Expr[], report: Report): void {
  let used = 0;
  let problem: { at: Expr; message: string } | undefined;
  try {
    readFormat(
      format,
      () => undefined,
      ({ letter }) => {
        const arg = args[used++];
        if (!arg) throw new Failure(`index ${used - 1} out of range`);
        problem ??= misfit(letter, arg);
      },
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report(call, error.message);
    return;
  }
  if (problem) report(problem.at, problem.message);
  else if (args.length > used)
    report(call, `too many arguments supplied to string.format (expected ${used}, got ${args.length})`);
}
/** The part of an argument that its clause cannot take. */
function misfit(letter: string, arg: Expr): { at: Expr; message: string } | undefined {
  const type = typeOf(arg);
  const message = isDyn(type) ? undefined : formatProblem(localDialect, letter, nameOf(type));
  if (message) return { at: arg, message };
  if (letter !== "s" || (arg.kind !== "list" && arg.kind !== "map")) return undefined;
  for (const child of childrenOf(arg)) {
    const found = misfit(letter, child);
    if (found) return found;
  }
  return undefined;
}

function validateList({ elements, optional }: CreateList, report: Report): void {
  const types = elements.map((element, i) =>
    optional.includes(i) ? unwrapOptional(typeOf(element)) : typeOf(element),
  );
  const different = types.findIndex((type) => !sameType(types[0]!, type));
  if (different > 0) mismatch(elements[different]!, types[0]!, types[different]!, report);
}
function validateMap({ entries }: CreateMap, report: Report): void {
  const types = entries.map(({ key, value, optional }) => ({
    key: typeOf(key),
    value: optional ? unwrapOptional(typeOf(value)) : typeOf(value),
  }));
  entries.forEach((entry, i) => {
    if (!sameType(types[0]!.key, types[i]!.key)) mismatch(entry.key, types[0]!.key, types[i]!.key, report);
    if (!sameType(types[0]!.value, types[i]!.value)) mismatch(entry.value, types[0]!.value, types[i]!.value, report);
  });
}
const mismatch = (at: Expr, wanted: CelType, given: CelType, report: Report): void =>
  report(at, `expected type '${formatType(wanted)}' but found '${formatType(given)}'`);
