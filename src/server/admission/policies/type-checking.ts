// Checks the expressions of a policy against the types of the resources that it names. What is found is only told: when a
// request comes, objects have no types.
import type { Rule, ValidatingAdmissionPolicySpec } from "#api/admissionregistration/policy-schema.ts";
import { parseApiVersion, type AnyKind } from "#api/kind.ts";
import type { Schema } from "#api/schema.ts";
import { compile, type Environment } from "#cel/environment.ts";
import { admissionVariables } from "#cel/kubernetes/admission-types.ts";
import { createKubernetesEnvironment } from "#cel/kubernetes/environment.ts";
import { typeOfKind } from "#cel/kubernetes/kind-type.ts";
import { Variables } from "#server/admission/expressions/compile.ts";
import type { Registry } from "#server/registry.ts";

export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}
const mostTypes = 10;

export function checkTypes(spec: ValidatingAdmissionPolicySpec, registry: Registry): ExpressionWarning[] {
  const checkers = kindsOf(spec, registry).map((kind) => ({ kind, environment: environmentOf(spec, kind, registry) }));
  const warnings: ExpressionWarning[] = [];
  const check = (fieldRef: string, text: string | undefined): void => {
    if (!text) return;
    const found = checkers.flatMap(({ kind, environment }) => {
      const compiled = compile(environment, text);
      const { group, version } = kind;
      const name = `${group}/${version}, Kind=${kind.kind}`;
      return "program" in compiled || compiled.stage === "program" ? [] : [`${name}: ${compiled.message}\n`];
    });
    if (found.length > 0) warnings.push({ fieldRef, warning: found.join("\n") });
  };
  for (const [i, { expression, messageExpression }] of (spec.validations ?? []).entries()) {
    check(`spec.validations[${i}].expression`, expression);
    check(`spec.validations[${i}].messageExpression`, messageExpression);
  }
  return warnings;
}

function environmentOf(spec: ValidatingAdmissionPolicySpec, kind: AnyKind, registry: Registry): Environment {
  const object = typeOfKind(kind.schema as Schema);
  const { apiVersion = "", kind: paramName = "" } = spec.paramKind ?? {};
  const params = spec.paramKind && registry.ofKind({ ...parseApiVersion(apiVersion), kind: paramName })?.of;
  const typed = createKubernetesEnvironment({
    variables: {
      ...admissionVariables({ params: spec.paramKind !== undefined, authorizer: true }),
      object,
      oldObject: object,
      ...(params ? { params: typeOfKind(params.schema as Schema) } : {}),
    },
  });
  const variables = new Variables();
  for (const { name, expression } of spec.variables ?? []) variables.add(typed, name, expression);
  return variables.extend(typed);
}

/** The kinds that the rules name one by one, in order. */
function kindsOf({ matchConstraints }: ValidatingAdmissionPolicySpec, registry: Registry): AnyKind[] {
  const found = new Set<AnyKind>();
  for (const rule of matchConstraints?.resourceRules ?? [])
    for (const { group, version, plural } of resourcesIn(rule)) {
      const served = registry.find(group, version, plural);
      if (served && found.size < mostTypes) found.add(served.of);
    }
  const name = ({ group, version, kind }: AnyKind): string => [group, version, kind].join("\n");
  return [...found].toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}
function* resourcesIn({ apiGroups = [], apiVersions = [], resources = [] }: Rule) {
  if (apiGroups.includes("*") || apiVersions.includes("*")) return;
  const plurals = resources.filter((resource) => !/[*/]/.test(resource)).toSorted();
  for (const group of apiGroups.toSorted())
    for (const version of apiVersions.toSorted()) for (const plural of plurals) yield { group, version, plural };
}
