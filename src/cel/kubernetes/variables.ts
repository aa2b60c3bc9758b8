// Variables of a policy: `variables.x` is an expression of its own, compiled against the variables before it, and
// evaluated once per object, when something first reads it. What it costs is counted apart, for the policy's budget.
import { compile, withVariables } from "../environment.ts";
import type { Compiled, Environment } from "../environment.ts";
import { Abort, CelError, Failure } from "../failure.ts";
import type { Activation } from "../plan/frame.ts";
import type { EvaluateOptions } from "../program.ts";
import { dynType, objectType } from "../type.ts";
import type { CelType } from "../type.ts";
import { MapValue } from "../value.ts";
import type { Value } from "../value.ts";

export interface VariableDefinition {
  readonly name: string;
  readonly expression: string;
}
export interface CompiledVariables {
  /** What the policy's expressions are compiled in. */
  readonly environment: Environment;
  readonly compiled: ReadonlyMap<string, Compiled>;
}

/** A variable that does not compile is of any type; reading it fails. */
export function compileVariables(base: Environment, definitions: readonly VariableDefinition[]): CompiledVariables {
  const fields: Record<string, CelType> = {};
  const compiled = new Map<string, Compiled>();
  const current = () => withVariables(base, { variables: objectType("kubernetes.variables", fields) });
  for (const { name, expression } of definitions) {
    const result = compile(current(), expression);
    compiled.set(name, result);
    fields[name] = "program" in result ? result.program.resultType : dynType;
  }
  return { environment: current(), compiled };
}

/** The value of `variables` for one object. */
export class Variables extends MapValue {
  /** What evaluating them cost so far. */
  cost = 0;
  readonly #compiled: ReadonlyMap<string, Compiled>;
  readonly #activation: Activation;
  readonly #options: EvaluateOptions;
  readonly #known = new Map<string, Value | Failure>();
  /** The options hold for each variable by itself. */
  constructor(compiled: ReadonlyMap<string, Compiled>, activation: Activation, options: EvaluateOptions = {}) {
    super();
    this.#compiled = compiled;
    this.#activation = { ...activation, variables: this };
    this.#options = options;
  }
  get size(): number {
    return this.#compiled.size;
  }
  keys(): Value[] {
    return [...this.#compiled.keys()];
  }
  find(key: Value): Value | undefined {
    const compiled = typeof key === "string" ? this.#compiled.get(key) : undefined;
    if (!compiled || typeof key !== "string") return undefined;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#evaluate(key, compiled);
      this.#known.set(key, known);
    }
    if (known instanceof Failure) throw known;
    return known;
  }
  #evaluate(name: string, compiled: Compiled): Value | Failure {
    const problem = (what: string, message: string) =>
      new Failure(`composited variable ${JSON.stringify(name)} fails to ${what}: ${message}`);
    if ("issues" in compiled) return problem("compile", compiled.message);
    try {
      const { value, cost } = compiled.program.evaluate(this.#activation, this.#options);
      this.cost += cost;
      return value;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      this.cost += error.cost;
      if (error.reason === "interrupted") throw new Abort("interrupted");
      return problem("evaluate", error.message);
    }
  }
}
