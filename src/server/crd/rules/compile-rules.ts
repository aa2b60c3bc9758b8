// The rules of one place in a schema (x-kubernetes-validations), compiled against the type that the schema declares there.
import { findField } from "#api/structural/field-path.ts";
import { rulesOf, type JsonSchema, type ValidationRule } from "#api/structural/json-schema.ts";
import { compile, type Environment } from "#cel/environment.ts";
import { createKubernetesEnvironment } from "#cel/kubernetes/environment.ts";
import type { Declared } from "#cel/kubernetes/structural.ts";
import type { Program } from "#cel/program.ts";
import { optionalType, type CelType } from "#cel/type.ts";

export interface CompiledRule {
  readonly rule: ValidationRule;
  /** Undefined also where the rule is empty. */
  readonly program: Program | undefined;
  /** Why there is no program; "": there is nothing wrong. */
  readonly problem: string;
  readonly usesOld: boolean;
  readonly message: Program | undefined;
  readonly messageProblem: string;
  /** Where findings lie beneath the value; "" for the value itself. */
  readonly fieldPath: string;
}
export const takesOptionalOld = (rule: ValidationRule): boolean => rule.optionalOldSelf === true;

export function compileRules(schema: JsonSchema, { type }: Declared): CompiledRule[] {
  const environments = new Map<boolean, Environment>();
  const environmentOf = (rule: ValidationRule): Environment => {
    const optional = takesOptionalOld(rule);
    let environment = environments.get(optional);
    if (!environment) environments.set(optional, (environment = makeEnvironment(type, optional)));
    return environment;
  };
  return rulesOf(schema).map((rule) => compileRule(schema, rule, environmentOf(rule)));
}
const makeEnvironment = (type: CelType, optional: boolean): Environment =>
  createKubernetesEnvironment({ variables: { self: type, oldSelf: optional ? optionalType(type) : type } });

function compileRule(schema: JsonSchema, rule: ValidationRule, environment: Environment): CompiledRule {
  const compiled = { rule, message: undefined, messageProblem: "", fieldPath: "", usesOld: false };
  if (rule.rule.trim() === "") return { ...compiled, program: undefined, problem: "" };
  const { program, problem } = compileAs(environment, rule.rule, "bool", "", "cel expression must evaluate to a bool");
  if (!program) return { ...compiled, program, problem };
  const message = rule.messageExpression
    ? compileAs(
        environment,
        rule.messageExpression,
        "string",
        "messageExpression ",
        "messageExpression must evaluate to a string",
      )
    : undefined;
  const place = rule.fieldPath ? findField(rule.fieldPath, schema, { brackets: true }) : undefined;
  return {
    rule,
    program,
    problem: "",
    usesOld: program.references.has("oldSelf"),
    message: message?.program,
    messageProblem: message?.problem ?? "",
    fieldPath: place?.ok ? place.text : "",
  };
}
function compileAs(
  environment: Environment,
  text: string,
  type: CelType["kind"],
  what: string,
  otherwise: string,
): { readonly program: Program | undefined; readonly problem: string } {
  const compiled = compile(environment, text);
  if ("program" in compiled) {
    const { program } = compiled;
    return program.resultType.kind === type ? { program, problem: "" } : { program: undefined, problem: otherwise };
  }
  const step = compiled.stage === "program" ? `${what || "program "}instantiation failed` : `${what}compilation failed`;
  return { program: undefined, problem: `${step}: ${compiled.message}` };
}
