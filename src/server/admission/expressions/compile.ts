// Expressions of webhooks and policies, compiled in the environment that admission gives them. One that does not compile
// stays what it is: whoever evaluates it gets the problem.
import { compile, withVariables, type Environment } from "#cel/environment.ts";
import { admissionVariables, type AdmissionVariables } from "#cel/kubernetes/admission-types.ts";
import { createKubernetesEnvironment } from "#cel/kubernetes/environment.ts";
import { resolveMutationType } from "#cel/kubernetes/mutation.ts";
import { jsonPatchLibrary } from "#cel/kubernetes/text-functions.ts";
import type { Program } from "#cel/program.ts";
import { boolType, dynType, listType, mapType, objectType, type CelType } from "#cel/type.ts";

export interface Vocabulary extends AdmissionVariables {
  /** The expression may build patches and objects to apply. */
  readonly patchTypes?: boolean;
}
export interface Expression {
  readonly text: string;
  readonly program: Program | undefined;
  /** Why there is no program. */
  readonly problem: string;
}

const environments = new Map<string, Environment>();
export function environmentFor({ params = false, authorizer = false, patchTypes = false }: Vocabulary): Environment {
  const key = `${params} ${authorizer} ${patchTypes}`;
  let environment = environments.get(key);
  if (!environment) environments.set(key, (environment = makeEnvironment({ params, authorizer, patchTypes })));
  return environment;
}
function makeEnvironment(vocabulary: Vocabulary): Environment {
  const variables = admissionVariables(vocabulary);
  return createKubernetesEnvironment({
    // Objects of the cluster have no namespace.
    variables: { ...variables, namespaceObject: { ...variables["namespaceObject"]!, nullable: true } },
    ...(vocabulary.patchTypes ? { resolveType: resolveMutationType, libraries: [jsonPatchLibrary] } : {}),
  });
}

export function compileExpression(environment: Environment, text: string, types: readonly CelType[]): Expression {
  const compiled = compile(environment, text, { resultTypes: types });
  if ("program" in compiled) return { text, program: compiled.program, problem: "" };
  const { stage, message } = compiled;
  const frame = { expression: "compilation failed: ", program: "program instantiation failed: ", result: "" }[stage];
  return { text, program: undefined, problem: frame + message };
}
export const compileCondition = (environment: Environment, text: string): Expression =>
  compileExpression(environment, text, [boolType]);

/** The variables of a policy, in order: each may use those before it. */
export class Variables {
  readonly expressions = new Map<string, Expression>();
  readonly #fields: Record<string, CelType> = {};

  /** The environment in which the variables so far are known. */
  extend(environment: Environment): Environment {
    return withVariables(environment, { variables: objectType("kubernetes.variables", { ...this.#fields }) });
  }
  add(environment: Environment, name: string, text: string): Expression {
    const expression = compileExpression(this.extend(environment), text, [{ kind: "any" }]);
    this.expressions.set(name, expression);
    this.#fields[name] = expression.program ? declarable(expression.program.resultType) : dynType;
    return expression;
  }
}
const plain = new Set(["any", "bool", "bytes", "double", "duration", "int", "null", "string", "timestamp", "uint"]);
/** Types that have names of their own become dynamic. */
function declarable(type: CelType): CelType {
  if (type.kind === "list") return listType(declarable(type.elem));
  if (type.kind === "map") return mapType(declarable(type.key), declarable(type.value));
  return plain.has(type.kind) ? type : dynType;
}
