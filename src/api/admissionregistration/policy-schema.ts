// Wire types of admissionregistration/policy.

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

export const ApplyConfiguration = message("io.k8s.api.admissionregistration.v1.ApplyConfiguration", "", {
  expression: optional(1, string, ""),
});
export interface ApplyConfiguration extends Infer<typeof ApplyConfiguration> {}

export const AuditAnnotation = message("io.k8s.api.admissionregistration.v1.AuditAnnotation", "", {
  key: required(1, string, ""),
  valueExpression: required(2, string, ""),
});
export interface AuditAnnotation extends Infer<typeof AuditAnnotation> {}

export const ExpressionWarning = message("io.k8s.api.admissionregistration.v1.ExpressionWarning", "", {
  fieldRef: required(2, string, ""),
  warning: required(3, string, ""),
});
export interface ExpressionWarning extends Infer<typeof ExpressionWarning> {}

export const JSONPatch = message("io.k8s.api.admissionregistration.v1.JSONPatch", "", {
  expression: optional(1, string, ""),
});
export interface JSONPatch extends Infer<typeof JSONPatch> {}

export const MatchCondition = message("io.k8s.api.admissionregistration.v1.MatchCondition", "", {
  name: required(1, string, ""),
  expression: required(2, string, ""),
});
export interface MatchCondition extends Infer<typeof MatchCondition> {}

export const Rule = message("io.k8s.api.admissionregistration.v1.Rule", "", {
  apiGroups: optional(1, atomicList(string), ""),
  apiVersions: optional(2, atomicList(string), ""),
  resources: optional(3, atomicList(string), ""),
  scope: pointer(4, oneOf("Cluster", "Namespaced", "*"), ""),
});
export interface Rule extends Infer<typeof Rule> {}

export const RuleWithOperations = message(
  "io.k8s.api.admissionregistration.v1.RuleWithOperations",
  "",
  {
    operations: optional(1, atomicList(oneOf("*", "CREATE", "UPDATE", "DELETE", "CONNECT")), ""),
  },
  [embed(2, Rule)],
);
export interface RuleWithOperations extends Infer<typeof RuleWithOperations> {}

export const NamedRuleWithOperations = message(
  "io.k8s.api.admissionregistration.v1.NamedRuleWithOperations",
  "",
  {
    resourceNames: optional(1, atomicList(string), ""),
  },
  [embed(2, RuleWithOperations)],
  { atomic: true },
);
export interface NamedRuleWithOperations extends Infer<typeof NamedRuleWithOperations> {}

export const MatchResources = message(
  "io.k8s.api.admissionregistration.v1.MatchResources",
  "",
  {
    namespaceSelector: pointer(1, LabelSelector, ""),
    objectSelector: pointer(2, LabelSelector, ""),
    resourceRules: optional(3, atomicList(NamedRuleWithOperations), ""),
    excludeResourceRules: optional(4, atomicList(NamedRuleWithOperations), ""),
    matchPolicy: pointer(7, oneOf("Exact", "Equivalent"), ""),
  },
  [],
  { atomic: true },
);
export interface MatchResources extends Infer<typeof MatchResources> {}

export const ParamKind = message(
  "io.k8s.api.admissionregistration.v1.ParamKind",
  "",
  {
    apiVersion: optional(1, string, ""),
    kind: optional(2, string, ""),
  },
  [],
  { atomic: true },
);
export interface ParamKind extends Infer<typeof ParamKind> {}

export const Variable = message(
  "io.k8s.api.admissionregistration.v1.Variable",
  "",
  {
    name: required(1, string, ""),
    expression: required(2, string, ""),
  },
  [],
  { atomic: true },
);
export interface Variable extends Infer<typeof Variable> {}

export const Mutation = message("io.k8s.api.admissionregistration.v1.Mutation", "", {
  patchType: required(2, oneOf("ApplyConfiguration", "JSONPatch"), ""),
  applyConfiguration: pointer(3, ApplyConfiguration, ""),
  jsonPatch: pointer(4, JSONPatch, ""),
});
export interface Mutation extends Infer<typeof Mutation> {}

export const MutatingAdmissionPolicySpec = message(
  "io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicySpec",
  "",
  {
    paramKind: pointer(1, ParamKind, ""),
    matchConstraints: pointer(2, MatchResources, ""),
    variables: optional(3, atomicList(Variable), ""),
    mutations: optional(4, atomicList(Mutation), ""),
    failurePolicy: pointer(5, oneOf("Ignore", "Fail"), ""),
    matchConditions: optional(6, mapList(MatchCondition, "name"), "", { patch: "merge", patchKey: "name" }),
    reinvocationPolicy: optional(7, oneOf("Never", "IfNeeded"), ""),
  },
);
export interface MutatingAdmissionPolicySpec extends Infer<typeof MutatingAdmissionPolicySpec> {}

export const MutatingAdmissionPolicy = topLevel("io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, MutatingAdmissionPolicySpec, "What is wanted."),
});
export interface MutatingAdmissionPolicy extends Infer<typeof MutatingAdmissionPolicy> {}

export const ParamRef = message(
  "io.k8s.api.admissionregistration.v1.ParamRef",
  "",
  {
    name: optional(1, string, ""),
    namespace: optional(2, string, ""),
    selector: pointer(3, LabelSelector, ""),
    parameterNotFoundAction: pointer(4, known("Allow", "Deny"), ""),
  },
  [],
  { atomic: true },
);
export interface ParamRef extends Infer<typeof ParamRef> {}

export const MutatingAdmissionPolicyBindingSpec = message(
  "io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec",
  "",
  {
    policyName: optional(1, string, ""),
    paramRef: pointer(2, ParamRef, ""),
    matchResources: pointer(3, MatchResources, ""),
  },
);
export interface MutatingAdmissionPolicyBindingSpec extends Infer<typeof MutatingAdmissionPolicyBindingSpec> {}

export const MutatingAdmissionPolicyBinding = topLevel(
  "io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding",
  "",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, MutatingAdmissionPolicyBindingSpec, "What is wanted."),
  },
);
export interface MutatingAdmissionPolicyBinding extends Infer<typeof MutatingAdmissionPolicyBinding> {}

export const TypeChecking = message("io.k8s.api.admissionregistration.v1.TypeChecking", "", {
  expressionWarnings: optional(1, atomicList(ExpressionWarning), ""),
});
export interface TypeChecking extends Infer<typeof TypeChecking> {}

export const Validation = message("io.k8s.api.admissionregistration.v1.Validation", "", {
  expression: required(1, string, ""),
  message: optional(2, string, ""),
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
    "",
  ),
  messageExpression: optional(4, string, ""),
});
export interface Validation extends Infer<typeof Validation> {}

export const ValidatingAdmissionPolicySpec = message(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec",
  "",
  {
    paramKind: pointer(1, ParamKind, ""),
    matchConstraints: pointer(2, MatchResources, ""),
    validations: optional(3, atomicList(Validation), ""),
    failurePolicy: pointer(4, oneOf("Ignore", "Fail"), ""),
    auditAnnotations: optional(5, atomicList(AuditAnnotation), ""),
    matchConditions: optional(6, mapList(MatchCondition, "name"), "", { patch: "merge", patchKey: "name" }),
    variables: optional(7, mapList(Variable, "name"), "", { patch: "merge", patchKey: "name" }),
  },
);
export interface ValidatingAdmissionPolicySpec extends Infer<typeof ValidatingAdmissionPolicySpec> {}

export const ValidatingAdmissionPolicyStatus = message(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus",
  "",
  {
    observedGeneration: optional(1, int64, ""),
    typeChecking: pointer(2, TypeChecking, ""),
    conditions: optional(3, mapList(Condition, "type"), ""),
  },
);
export interface ValidatingAdmissionPolicyStatus extends Infer<typeof ValidatingAdmissionPolicyStatus> {}

export const ValidatingAdmissionPolicy = topLevel("io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, ValidatingAdmissionPolicySpec, "What is wanted."),
  status: struct(3, ValidatingAdmissionPolicyStatus, "What was last observed; written by the system."),
});
export interface ValidatingAdmissionPolicy extends Infer<typeof ValidatingAdmissionPolicy> {}

export const ValidatingAdmissionPolicyBindingSpec = message(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec",
  "",
  {
    policyName: required(1, string, "", { omitEmpty: true }),
    paramRef: pointer(2, ParamRef, ""),
    matchResources: pointer(3, MatchResources, ""),
    validationActions: required(4, setList(oneOf("Deny", "Warn", "Audit")), "", { omitEmpty: true }),
  },
);
export interface ValidatingAdmissionPolicyBindingSpec extends Infer<typeof ValidatingAdmissionPolicyBindingSpec> {}

export const ValidatingAdmissionPolicyBinding = topLevel(
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding",
  "",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, ValidatingAdmissionPolicyBindingSpec, "What is wanted.", { omitEmpty: true }),
  },
);
export interface ValidatingAdmissionPolicyBinding extends Infer<typeof ValidatingAdmissionPolicyBinding> {}
