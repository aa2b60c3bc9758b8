// Rules that validating and mutating admission policies share, and those for their bindings.
import { type FieldError, forbiddenValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { parseApiVersion } from "#api/kind.ts";
import { isDns1035Label, isDnsSubdomain } from "#api/names.ts";
import { dnsSubdomain, givenOneOf, pathSegment, requiredOneOf, sameValue } from "#api/meta/checks.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import { failurePolicies, validateMatchConditions, validateMatchResources } from "./rule-validation.ts";
import type {
  MatchCondition,
  MatchResources,
  MutatingAdmissionPolicyBindingSpec,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicyBindingSpec,
  Variable,
} from "./policy-schema.ts";

interface PolicySpec {
  readonly failurePolicy?: string;
  readonly paramKind?: ParamKind;
  readonly matchConstraints?: MatchResources;
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly Variable[];
}
export function validatePolicy(found: FieldError[], spec: PolicySpec): void {
  givenOneOf(found, "spec.failurePolicy", spec.failurePolicy, failurePolicies);
  if (spec.paramKind) validateParamKind(found, "spec.paramKind", spec.paramKind);
  const field = "spec.matchConstraints";
  if (spec.matchConstraints) {
    validateMatchResources(found, field, spec.matchConstraints);
    if ((spec.matchConstraints.resourceRules ?? []).length === 0) found.push(requiredValue(`${field}.resourceRules`));
  } else found.push(requiredValue(field));
  for (const [i, variable] of (spec.variables ?? []).entries())
    validateVariable(found, `spec.variables[${i}]`, variable);
}
/** Conditions that an update leaves alone, with what they may refer to, are not judged again. */
export function validateConditions(found: FieldError[], spec: PolicySpec, old?: PolicySpec): void {
  if (old && sameValue(spec.paramKind, old.paramKind) && sameValue(spec.matchConditions, old.matchConditions)) return;
  validateMatchConditions(found, "spec.matchConditions", spec.matchConditions);
}
function validateParamKind(found: FieldError[], field: string, { apiVersion = "", kind = "" }: ParamKind): void {
  const at = `${field}.apiVersion`;
  if (!apiVersion) found.push(requiredValue(at));
  else if (apiVersion.split("/").length > 2)
    found.push(invalidValue(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const { group, version } = apiVersion === "/" ? { group: "", version: "" } : parseApiVersion(apiVersion);
    const wrong = (value: string, problems: readonly string[]): void =>
      void (problems.length > 0 && found.push(invalidValue(at, value, problems.join(","))));
    if (group) wrong(group, isDnsSubdomain(group));
    if (version) wrong(version, isDns1035Label(version));
    else wrong(apiVersion, ["version must be specified"]);
  }
  const problems = isDns1035Label(kind.toLowerCase());
  if (!kind) found.push(requiredValue(`${field}.kind`));
  else if (problems.length > 0) {
    const text = `may have mixed case, but should otherwise match: ${problems.join(",")}`;
    found.push(invalidValue(`${field}.kind`, kind, text));
  }
}

const reserved = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);
const isIdentifier = (name: string): boolean => /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !reserved.has(name);
function validateVariable(found: FieldError[], field: string, { name = "", expression = "" }: Variable): void {
  if (!name.trim()) found.push(requiredValue(`${field}.name`, "name is not specified"));
  else if (!isIdentifier(name)) found.push(invalidValue(`${field}.name`, name, "must be a valid CEL identifier"));
  if (!expression.trim()) found.push(requiredValue(`${field}.expression`, "expression is not specified"));
}

type BindingSpec = ValidatingAdmissionPolicyBindingSpec | MutatingAdmissionPolicyBindingSpec;
export function validateBinding(found: FieldError[], spec: BindingSpec): void {
  if (spec.policyName) dnsSubdomain(found, "spec.policyName", spec.policyName);
  else found.push(requiredValue("spec.policyName"));
  if (spec.paramRef) validateParamRef(found, "spec.paramRef", spec.paramRef);
  if (spec.matchResources) validateMatchResources(found, "spec.matchResources", spec.matchResources);
}
function validateParamRef(found: FieldError[], field: string, ref: ParamRef): void {
  const { name, selector, parameterNotFoundAction } = ref;
  const exclusive = "name and selector are mutually exclusive";
  if (name) pathSegment(found, `${field}.name`, name);
  if (name && selector) found.push(forbiddenValue(`${field}.name`, exclusive));
  validateLabelSelector(found, `${field}.selector`, selector);
  if (name && selector) found.push(forbiddenValue(`${field}.selector`, exclusive));
  if (!name && !selector) found.push(requiredValue(field, "one of name or selector must be specified"));
  requiredOneOf(found, `${field}.parameterNotFoundAction`, parameterNotFoundAction, ["Deny", "Allow"]);
}
