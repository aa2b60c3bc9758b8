// Wire types of flowcontrol.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  known,
  mapList,
  message,
  optional,
  pointer,
  required,
  setList,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const ExemptPriorityLevelConfiguration = message(
  "io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration",
  "",
  {
    nominalConcurrencyShares: pointer(1, int32, ""),
    lendablePercent: pointer(2, int32, ""),
  },
);
export interface ExemptPriorityLevelConfiguration extends Infer<typeof ExemptPriorityLevelConfiguration> {}

export const FlowDistinguisherMethod = message("io.k8s.api.flowcontrol.v1.FlowDistinguisherMethod", "", {
  type: required(1, known("ByUser", "ByNamespace"), ""),
});
export interface FlowDistinguisherMethod extends Infer<typeof FlowDistinguisherMethod> {}

export const PriorityLevelConfigurationReference = message(
  "io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationReference",
  "",
  {
    name: required(1, string, ""),
  },
);
export interface PriorityLevelConfigurationReference extends Infer<typeof PriorityLevelConfigurationReference> {}

export const UserSubject = message("io.k8s.api.flowcontrol.v1.UserSubject", "", {
  name: required(1, string, ""),
});
export interface UserSubject extends Infer<typeof UserSubject> {}

export const GroupSubject = message("io.k8s.api.flowcontrol.v1.GroupSubject", "", {
  name: required(1, string, ""),
});
export interface GroupSubject extends Infer<typeof GroupSubject> {}

export const ServiceAccountSubject = message("io.k8s.api.flowcontrol.v1.ServiceAccountSubject", "", {
  namespace: required(1, string, ""),
  name: required(2, string, ""),
});
export interface ServiceAccountSubject extends Infer<typeof ServiceAccountSubject> {}

export const Subject = message("io.k8s.api.flowcontrol.v1.Subject", "", {
  kind: required(1, known("User", "Group", "ServiceAccount"), ""),
  user: pointer(2, UserSubject, ""),
  group: pointer(3, GroupSubject, ""),
  serviceAccount: pointer(4, ServiceAccountSubject, ""),
});
export interface Subject extends Infer<typeof Subject> {}

export const ResourcePolicyRule = message("io.k8s.api.flowcontrol.v1.ResourcePolicyRule", "", {
  verbs: required(1, setList(string), ""),
  apiGroups: required(2, setList(string), ""),
  resources: required(3, setList(string), ""),
  clusterScope: optional(4, bool, ""),
  namespaces: optional(5, setList(string), "", { always: true }),
});
export interface ResourcePolicyRule extends Infer<typeof ResourcePolicyRule> {}

export const NonResourcePolicyRule = message("io.k8s.api.flowcontrol.v1.NonResourcePolicyRule", "", {
  verbs: required(1, setList(string), ""),
  nonResourceURLs: required(6, setList(string), ""),
});
export interface NonResourcePolicyRule extends Infer<typeof NonResourcePolicyRule> {}

export const PolicyRulesWithSubjects = message("io.k8s.api.flowcontrol.v1.PolicyRulesWithSubjects", "", {
  subjects: required(1, atomicList(Subject), ""),
  resourceRules: optional(2, atomicList(ResourcePolicyRule), ""),
  nonResourceRules: optional(3, atomicList(NonResourcePolicyRule), ""),
});
export interface PolicyRulesWithSubjects extends Infer<typeof PolicyRulesWithSubjects> {}

export const FlowSchemaSpec = message("io.k8s.api.flowcontrol.v1.FlowSchemaSpec", "", {
  priorityLevelConfiguration: required(1, PriorityLevelConfigurationReference, ""),
  matchingPrecedence: optional(2, int32, "", { always: true }),
  distinguisherMethod: pointer(3, FlowDistinguisherMethod, ""),
  rules: optional(4, atomicList(PolicyRulesWithSubjects), ""),
});
export interface FlowSchemaSpec extends Infer<typeof FlowSchemaSpec> {}

export const FlowSchemaCondition = message("io.k8s.api.flowcontrol.v1.FlowSchemaCondition", "", {
  type: optional(1, string, ""),
  status: optional(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastTransitionTime: optional(3, time, ""),
  reason: optional(4, string, ""),
  message: optional(5, string, ""),
});
export interface FlowSchemaCondition extends Infer<typeof FlowSchemaCondition> {}

export const FlowSchemaStatus = message("io.k8s.api.flowcontrol.v1.FlowSchemaStatus", "", {
  conditions: optional(1, mapList(FlowSchemaCondition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface FlowSchemaStatus extends Infer<typeof FlowSchemaStatus> {}

export const FlowSchema = topLevel("io.k8s.api.flowcontrol.v1.FlowSchema", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, FlowSchemaSpec, "What is wanted."),
  status: struct(3, FlowSchemaStatus, "What was last observed; written by the system."),
});
export interface FlowSchema extends Infer<typeof FlowSchema> {}

export const QueuingConfiguration = message("io.k8s.api.flowcontrol.v1.QueuingConfiguration", "", {
  queues: optional(1, int32, "", { always: true }),
  handSize: optional(2, int32, "", { always: true }),
  queueLengthLimit: optional(3, int32, "", { always: true }),
});
export interface QueuingConfiguration extends Infer<typeof QueuingConfiguration> {}

export const LimitResponse = message("io.k8s.api.flowcontrol.v1.LimitResponse", "", {
  type: required(1, known("Queue", "Reject"), ""),
  queuing: pointer(2, QueuingConfiguration, ""),
});
export interface LimitResponse extends Infer<typeof LimitResponse> {}

export const LimitedPriorityLevelConfiguration = message(
  "io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration",
  "",
  {
    nominalConcurrencyShares: pointer(1, int32, ""),
    limitResponse: struct(2, LimitResponse, ""),
    lendablePercent: pointer(3, int32, ""),
    borrowingLimitPercent: pointer(4, int32, ""),
  },
);
export interface LimitedPriorityLevelConfiguration extends Infer<typeof LimitedPriorityLevelConfiguration> {}

export const PriorityLevelConfigurationSpec = message("io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec", "", {
  type: required(1, known("Exempt", "Limited"), ""),
  limited: pointer(2, LimitedPriorityLevelConfiguration, ""),
  exempt: pointer(3, ExemptPriorityLevelConfiguration, ""),
});
export interface PriorityLevelConfigurationSpec extends Infer<typeof PriorityLevelConfigurationSpec> {}

export const PriorityLevelConfigurationCondition = message(
  "io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationCondition",
  "",
  {
    type: optional(1, string, ""),
    status: optional(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
    lastTransitionTime: optional(3, time, ""),
    reason: optional(4, string, ""),
    message: optional(5, string, ""),
  },
);
export interface PriorityLevelConfigurationCondition extends Infer<typeof PriorityLevelConfigurationCondition> {}

export const PriorityLevelConfigurationStatus = message(
  "io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationStatus",
  "",
  {
    conditions: optional(1, mapList(PriorityLevelConfigurationCondition, "type"), "", {
      patch: "merge",
      patchKey: "type",
    }),
  },
);
export interface PriorityLevelConfigurationStatus extends Infer<typeof PriorityLevelConfigurationStatus> {}

export const PriorityLevelConfiguration = topLevel("io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, PriorityLevelConfigurationSpec, "What is wanted."),
  status: struct(3, PriorityLevelConfigurationStatus, "What was last observed; written by the system."),
});
export interface PriorityLevelConfiguration extends Infer<typeof PriorityLevelConfiguration> {}
