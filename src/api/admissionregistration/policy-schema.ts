// Shapes of admission policies written in CEL, and of the rules that match requests.

import {
  type Infer,
  atomicList,
  embed,
  int64,
  known,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  required,
  setList,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { Condition, LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const ApplyConfiguration = message(
  "io.k8s.api.admissionregistration.v1.ApplyConfiguration",
  "A change written as fields to merge into the object.",
  {
    expression: optional(1, string, "CEL expression that gives an Object holding only the fields to set."),
  },
);
export interface ApplyConfiguration extends Infer<typeof ApplyConfiguration> {}

export const AuditAnnotation = message(
  "io.k8s.api.admissionregistration.v1.AuditAnnotation",
  "A note added to the audit log entry of a request.",
  {
    key: required(1, string, "Name of the note; the policy's own name is put in front of it."),
    valueExpression: required(2, string, "CEL expression giving the note's text; null adds no note."),
  },
);
export interface AuditAnnotation extends Infer<typeof AuditAnnotation> {}

export const ExpressionWarning = message(
  "io.k8s.api.admissionregistration.v1.ExpressionWarning",
  "A type problem found in one expression of a policy.",
  {
    fieldRef: required(2, string, "Path of the expression in the policy, such as spec.validations[0].expression."),
    warning: required(3, string, "What the type checker found, listed for each kind checked."),
  },
);
export interface ExpressionWarning extends Infer<typeof ExpressionWarning> {}

export const JSONPatch = message("io.k8s.api.admissionregistration.v1.JSONPatch", "A change written as a JSON patch.", {
  expression: optional(1, string, "CEL expression that gives a list of JSONPatch operations."),
});
export interface JSONPatch extends Infer<typeof JSONPatch> {}

export const MatchCondition = message(
  "io.k8s.api.admissionregistration.v1.MatchCondition",
  "An extra condition that a request must meet to be handled.",
  {
    name: required(1, string, "Name of the condition, unique in its list; seen in errors and logs."),
    expression: required(2, string, "CEL expression that must be true for the request to be handled."),
  },
);
export interface MatchCondition extends Infer<typeof MatchCondition> {}

export const Rule = message(
  "io.k8s.api.admissionregistration.v1.Rule",
  "Resources to match, by group, version and name.",
  {
    apiGroups: optional(1, atomicList(string), "API groups to match; an empty string is the core group, * means all."),
    apiVersions: optional(2, atomicList(string), "API versions to match; * means all."),
    resources: optional(
      3,
      atomicList(string),
      "Resources in plural, such as pods, pods/status or */scale; * means all but subresources.",
    ),
    scope: pointer(
      4,
      oneOf("Cluster", "Namespaced", "*"),
      "Cluster, Namespaced or * (default) for both kinds of resource.",
      { default: "*" },
    ),
  },
);
export interface Rule extends Infer<typeof Rule> {}

export const RuleWithOperations = message(
  "io.k8s.api.admissionregistration.v1.RuleWithOperations",
  "Requests to match, by operation and by resource.",
  {
    operations: optional(
      1,
      atomicList(oneOf("*", "CREATE", "UPDATE", "DELETE", "CONNECT")),
      "Operations to match: CREATE, UPDATE, DELETE, CONNECT or * for all.",
    ),
  },
  [embed(2, Rule)],
);
export interface RuleWithOperations extends Infer<typeof RuleWithOperations> {}

export const NamedRuleWithOperations = message(
  "io.k8s.api.admissionregistration.v1.NamedRuleWithOperations",
  "Requests to match, by operation, resource and object name.",
  {
    resourceNames: optional(1, atomicList(string), "Names of the objects to match; empty means any name."),
  },
  [embed(2, RuleWithOperations)],
  { atomic: true },
);
export interface NamedRuleWithOperations extends Infer<typeof NamedRuleWithOperations> {}

export const MatchResources = message(
  "io.k8s.api.admissionregistration.v1.MatchResources",
  "Says to which requests a policy or binding applies.",
  {
    namespaceSelector: pointer(
      1,
      LabelSelector,
      "Handle only objects in namespaces with these labels; empty (default) means all.",
      { default: {} },
    ),
    objectSelector: pointer(
      2,
      LabelSelector,
      "Handle only objects with these labels, before or after the change; empty (default) means all.",
      { default: {} },
    ),
    resourceRules: optional(
      3,
      atomicList(NamedRuleWithOperations),
      "Operations and resources to handle; one matching entry is enough.",
    ),
    excludeResourceRules: optional(
      4,
      atomicList(NamedRuleWithOperations),
      "Operations and resources to leave alone, even if resourceRules match.",
    ),
    matchPolicy: pointer(
      7,
      oneOf("Exact", "Equivalent"),
      "Equivalent (default) also catches other versions of a resource; Exact only those listed.",
      { default: "Equivalent" },
    ),
  },
  [],
  { atomic: true },
);
export interface MatchResources extends Infer<typeof MatchResources> {}

export const ParamKind = message(
  "io.k8s.api.admissionregistration.v1.ParamKind",
  "Kind of the objects that carry parameters for a policy.",
  {
    apiVersion: optional(1, string, "Group and version of the kind, such as rules.example.com/v1."),
    kind: optional(2, string, "Name of the kind, such as ReplicaLimit."),
  },
  [],
  { atomic: true },
);
export interface ParamKind extends Infer<typeof ParamKind> {}

export const Variable = message(
  "io.k8s.api.admissionregistration.v1.Variable",
  "A named expression that can be used in other expressions.",
  {
    name: required(1, string, "Name by which others use it, as variables.name; must be a CEL identifier."),
    expression: required(2, string, "CEL expression whose result becomes the value; worked out when first used."),
  },
  [],
  { atomic: true },
);
export interface Variable extends Infer<typeof Variable> {}

export const Mutation = message("io.k8s.api.admissionregistration.v1.Mutation", "One change to make to the object.", {
  patchType: required(
    2,
    oneOf("ApplyConfiguration", "JSONPatch"),
    "Form of the change: ApplyConfiguration merges fields, JSONPatch edits by path.",
  ),
  applyConfiguration: pointer(3, ApplyConfiguration, "The fields to merge; given if patchType is ApplyConfiguration."),
  jsonPatch: pointer(4, JSONPatch, "The edits by path; given if patchType is JSONPatch."),
});
export interface Mutation extends Infer<typeof Mutation> {}

export const MutatingAdmissionPolicySpec = message(
  "io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicySpec",
  "The requests to look at and the changes to make.",
  {
    paramKind: pointer(1, ParamKind, "Kind of object that supplies parameters; absent means none."),
    matchConstraints: pointer(2, MatchResources, "Requests the policy looks at; must be given."),
    variables: optional(3, atomicList(Variable), "Named expressions that later expressions can use as variables.name."),
    mutations: optional(
      4,
      atomicList(Mutation),
      "Changes to make, one after the other, each seeing the result so far.",
    ),
    failurePolicy: pointer(
      5,
      oneOf("Ignore", "Fail"),
      "If an expression breaks: Fail (default) refuses the request, Ignore lets it pass.",
      { default: "Fail" },
    ),
    matchConditions: optional(
      6,
      mapList(MatchCondition, "name"),
      "Extra conditions, at most 64; requests that miss one are left alone.",
      { patch: "merge", patchKey: "name" },
    ),
    reinvocationPolicy: optional(
      7,
      oneOf("Never", "IfNeeded"),
      "IfNeeded runs the policy again if others changed the object afterwards; Never runs it once.",
    ),
  },
);
export interface MutatingAdmissionPolicySpec extends Infer<typeof MutatingAdmissionPolicySpec> {}

export const MutatingAdmissionPolicy = topLevel(
  "io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy",
  "Changes requests with CEL expressions inside the API server, without a webhook.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, MutatingAdmissionPolicySpec, "What is wanted."),
  },
);
export interface MutatingAdmissionPolicy extends Infer<typeof MutatingAdmissionPolicy> {}

export const ParamRef = message(
  "io.k8s.api.admissionregistration.v1.ParamRef",
  "Points to the objects that carry the parameters.",
  {
    name: optional(1, string, "Name of the parameter object; excludes selector."),
    namespace: optional(2, string, "Namespace of the parameters; absent means the namespace of the request's object."),
    selector: pointer(3, LabelSelector, "Picks parameter objects by label, each applied in turn; excludes name."),
    parameterNotFoundAction: pointer(
      4,
      known("Allow", "Deny"),
      "If no parameters are found: Allow skips the policy, Deny treats it as a failure.",
    ),
  },
  [],
  { atomic: true },
);
export interface ParamRef extends Infer<typeof ParamRef> {}

export const MutatingAdmissionPolicyBindingSpec = message(
  "io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec",
  "Which policy is put into force, where and with which parameters.",
  {
    policyName: optional(1, string, "Name of the MutatingAdmissionPolicy to put into force."),
    paramRef: pointer(2, ParamRef, "Object with the parameters; needed if the policy has a paramKind."),
    matchResources: pointer(
      3,
      MatchResources,
      "Narrows the requests further; the policy's own constraints must match too.",
    ),
  },
);
export interface MutatingAdmissionPolicyBindingSpec extends Infer<typeof MutatingAdmissionPolicyBindingSpec> {}

export const MutatingAdmissionPolicyBinding = topLevel(
  "io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding",
  "Puts a mutating policy into force for some requests, with parameters if needed.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, MutatingAdmissionPolicyBindingSpec, "What is wanted."),
  },
);
export interface MutatingAdmissionPolicyBinding extends Infer<typeof MutatingAdmissionPolicyBinding> {}

export const TypeChecking = message(
  "io.k8s.api.admissionregistration.v1.TypeChecking",
  "Outcome of checking the types in a policy's expressions.",
  {
    expressionWarnings: optional(1, atomicList(ExpressionWarning), "Problems found, one entry for each expression."),
  },
);
export interface TypeChecking extends Infer<typeof TypeChecking> {}

export const Validation = message(
  "io.k8s.api.admissionregistration.v1.Validation",
  "One check that a request has to pass.",
  {
    expression: required(
      1,
      string,
      "CEL expression that must be true; it can use object, oldObject, request and params.",
    ),
    message: optional(2, string, "Text shown to the user when the check fails."),
    reason: pointer(
      3,
      known(
        "Unauthorized",
        "Forbidden",
        "NotFound",
        "AlreadyExists",
        "Conflict",
        "Gone",
        "Invalid",
        "ServerTimeout",
        "StorageReadError",
        "Timeout",
        "TooManyRequests",
        "BadRequest",
        "MethodNotAllowed",
        "NotAcceptable",
        "RequestEntityTooLarge",
        "UnsupportedMediaType",
        "InternalError",
        "Expired",
        "ServiceUnavailable",
      ),
      "Machine-readable cause and so the HTTP code of the refusal; Invalid if not given.",
    ),
    messageExpression: optional(4, string, "CEL expression that builds the failure text; goes before message."),
  },
);
export interface Validation extends Infer<typeof Validation> {}

export const ValidatingAdmissionPolicySpec = message(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec",
  "The requests to look at and the checks to make.",
  {
    paramKind: pointer(1, ParamKind, "Kind of object that supplies parameters; absent means none."),
    matchConstraints: pointer(2, MatchResources, "Requests the policy looks at; must be given."),
    validations: optional(
      3,
      atomicList(Validation),
      "Checks that must all pass; needed unless audit annotations are given.",
    ),
    failurePolicy: pointer(
      4,
      oneOf("Ignore", "Fail"),
      "If an expression breaks: Fail (default) refuses the request, Ignore lets it pass.",
      { default: "Fail" },
    ),
    auditAnnotations: optional(
      5,
      atomicList(AuditAnnotation),
      "Notes to add to the audit log; needed unless validations are given.",
    ),
    matchConditions: optional(
      6,
      mapList(MatchCondition, "name"),
      "Extra conditions, at most 64; requests that miss one are left alone.",
      { patch: "merge", patchKey: "name" },
    ),
    variables: optional(
      7,
      mapList(Variable, "name"),
      "Named expressions that later expressions can use as variables.name.",
      { patch: "merge", patchKey: "name" },
    ),
  },
);
export interface ValidatingAdmissionPolicySpec extends Infer<typeof ValidatingAdmissionPolicySpec> {}

export const ValidatingAdmissionPolicyStatus = message(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus",
  "What the server found out about the policy.",
  {
    observedGeneration: optional(1, int64, "Generation of the spec that was last checked."),
    typeChecking: pointer(2, TypeChecking, "Type problems found in the expressions."),
    conditions: optional(3, mapList(Condition, "type"), "Notable facts about the policy's state."),
  },
);
export interface ValidatingAdmissionPolicyStatus extends Infer<typeof ValidatingAdmissionPolicyStatus> {}

export const ValidatingAdmissionPolicy = topLevel(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy",
  "Checks requests with CEL expressions inside the API server, without a webhook.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, ValidatingAdmissionPolicySpec, "What is wanted."),
    status: struct(3, ValidatingAdmissionPolicyStatus, "What was last observed; written by the system."),
  },
);
export interface ValidatingAdmissionPolicy extends Infer<typeof ValidatingAdmissionPolicy> {}

export const ValidatingAdmissionPolicyBindingSpec = message(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec",
  "Which policy is put into force, where and what failures lead to.",
  {
    policyName: required(1, string, "Name of the ValidatingAdmissionPolicy to put into force.", { omitEmpty: true }),
    paramRef: pointer(2, ParamRef, "Object with the parameters; needed if the policy has a paramKind."),
    matchResources: pointer(
      3,
      MatchResources,
      "Narrows the requests further; the policy's own constraints must match too.",
    ),
    validationActions: required(
      4,
      setList(oneOf("Deny", "Warn", "Audit")),
      "What a failed check leads to: Deny the request, Warn the user, or Audit it.",
      { omitEmpty: true },
    ),
  },
);
export interface ValidatingAdmissionPolicyBindingSpec extends Infer<typeof ValidatingAdmissionPolicyBindingSpec> {}

export const ValidatingAdmissionPolicyBinding = topLevel(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding",
  "Puts a validating policy into force for some requests, with parameters if needed.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, ValidatingAdmissionPolicyBindingSpec, "What is wanted.", { omitEmpty: true }),
  },
);
export interface ValidatingAdmissionPolicyBinding extends Infer<typeof ValidatingAdmissionPolicyBinding> {}
