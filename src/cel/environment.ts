// The entry to the package: an environment says which variables, functions and types there are; `compile` turns an
// expression into a program or into the errors that clients see.
import type { Issue } from "./syntax/source.ts";
import { printIssues } from "./syntax/source.ts";
import { check } from "./check/checker.ts";
import { Scope } from "./check/scope.ts";
import type { Declarations } from "./check/scope.ts";
import { resolveNames } from "./check/unchecked.ts";
import { validateLiterals } from "./check/validate.ts";
import { Failure } from "./failure.ts";
import { plan } from "./plan/plan.ts";
import { Program } from "./program.ts";
import { parse } from "./syntax/parser.ts";
import type { ParseOptions } from "./syntax/parser.ts";
import { sameType, typeText } from "./type.ts";
import type { CelType } from "./type.ts";

export interface EnvironmentOptions extends Declarations {
  /** Judges literals while compiling: durations, times, regular expressions, formats, mixed lists. */
  readonly validatesLiterals?: boolean;
  /** Field names may be written in backquotes. */
  readonly quotedFields?: boolean;
}
export interface Environment extends EnvironmentOptions {
  readonly scope: Scope;
  readonly parseOptions: ParseOptions;
}
export function createEnvironment(options: EnvironmentOptions): Environment {
  const parseOptions: ParseOptions = {
    macros: options.libraries.flatMap((library) => library.macros ?? []),
    optionalSyntax: options.libraries.some((library) => library.optionalSyntax),
    ...(options.quotedFields && { quotedFields: true }),
  };
  return { ...options, scope: new Scope(options), parseOptions };
}
/** The same environment with further variables. */
export const withVariables = (environment: Environment, variables: Readonly<Record<string, CelType>>): Environment =>
  createEnvironment({ ...environment, variables: { ...environment.variables, ...variables } });

export interface CompileOptions {
  /** The types that the expression may have; absent: any. */
  readonly resultTypes?: readonly CelType[];
  /** False: evaluate without a check, by the values alone. */
  readonly checked?: boolean;
}
export interface CompileFailure {
  readonly issues: readonly Issue[];
  /** "result": it compiles, but has another type; "program": a constant part of it has no value. */
  readonly stage: "expression" | "result" | "program";
  /** All of it as clients see it, with the lines of the source. */
  readonly message: string;
}
export type Compiled = { readonly program: Program } | CompileFailure;

export function compile(environment: Environment, expression: string, options: CompileOptions = {}): Compiled {
  const { scope } = environment;
  const wrong = (issues: readonly Issue[]): CompileFailure => ({
    issues,
    stage: "expression",
    message: printIssues(expression, issues),
  });
  const parsed = parse(expression, environment.parseOptions);
  if ("issues" in parsed) return wrong(parsed.issues);
  const { expr } = parsed;
  if (options.checked === false) resolveNames(expr, scope);
  else {
    const issues = check(expr, scope, expression);
    if (!issues.length && environment.validatesLiterals) issues.push(...validateLiterals(expr, expression));
    if (issues.length) return wrong(issues);
  }
  const given = expr.type!;
  const { resultTypes } = options;
  if (resultTypes && !resultTypes.some((type) => type.kind === "any" || sameType(type, given)))
    return nowhere("result", resultProblem(resultTypes, given));
  try {
    return { program: new Program(expr, plan(expr, scope), environment.variables) };
  } catch (error) {
    if (error instanceof Failure) return nowhere("program", error.message);
    throw error;
  }
}
const nowhere = (stage: "result" | "program", message: string): CompileFailure => ({
  issues: [{ line: -1, column: 0, message }],
  stage,
  message,
});
function resultProblem(wanted: readonly CelType[], given: CelType): string {
  const names = wanted.map(typeText);
  const what = names.length === 1 ? names[0] : `one of [${names.join(" ")}]`;
  return `must evaluate to ${what} but got ${typeText(given)}`;
}
