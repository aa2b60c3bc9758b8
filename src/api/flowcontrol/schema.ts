// Shapes that share the API server's capacity fairly among its clients.

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
  "Settings of a level whose requests never wait.",
  {
    nominalConcurrencyShares: pointer(1, int32, "Share of the server's capacity counted for this level; default 0.", {
      default: 0,
    }),
    lendablePercent: pointer(2, int32, "Percentage of the share that other levels may borrow; default 0.", {
      default: 0,
    }),
  },
);
export interface ExemptPriorityLevelConfiguration extends Infer<typeof ExemptPriorityLevelConfiguration> {}

export const FlowDistinguisherMethod = message(
  "io.k8s.api.flowcontrol.v1.FlowDistinguisherMethod",
  "How requests are split into flows that queue fairly side by side.",
  {
    type: required(
      1,
      known("ByUser", "ByNamespace"),
      "ByUser gives each user a flow; ByNamespace gives each namespace one.",
    ),
  },
);
export interface FlowDistinguisherMethod extends Infer<typeof FlowDistinguisherMethod> {}

export const PriorityLevelConfigurationReference = message(
  "io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationReference",
  "Points to a priority level.",
  {
    name: required(1, string, "Name of the PriorityLevelConfiguration to use."),
  },
);
export interface PriorityLevelConfigurationReference extends Infer<typeof PriorityLevelConfigurationReference> {}

export const UserSubject = message("io.k8s.api.flowcontrol.v1.UserSubject", "Matches senders by user name.", {
  name: required(1, string, "User to match; * means all users."),
});
export interface UserSubject extends Infer<typeof UserSubject> {}

export const GroupSubject = message("io.k8s.api.flowcontrol.v1.GroupSubject", "Matches senders by user group.", {
  name: required(1, string, "Group to match, such as system:masters; * means all."),
});
export interface GroupSubject extends Infer<typeof GroupSubject> {}

export const ServiceAccountSubject = message(
  "io.k8s.api.flowcontrol.v1.ServiceAccountSubject",
  "Matches senders by service account.",
  {
    namespace: required(1, string, "Namespace in which the service account lives."),
    name: required(2, string, "Name of the service account; * means all in the namespace."),
  },
);
export interface ServiceAccountSubject extends Infer<typeof ServiceAccountSubject> {}

export const Subject = message(
  "io.k8s.api.flowcontrol.v1.Subject",
  "A sender of requests: a user, a group or a service account.",
  {
    kind: required(
      1,
      known("User", "Group", "ServiceAccount"),
      "Which sort of sender is meant and so which field below is filled in.",
    ),
    user: pointer(2, UserSubject, "The user to match, if kind is User."),
    group: pointer(3, GroupSubject, "The group to match, if kind is Group."),
    serviceAccount: pointer(4, ServiceAccountSubject, "The service account to match, if kind is ServiceAccount."),
  },
);
export interface Subject extends Infer<typeof Subject> {}

export const ResourcePolicyRule = message(
  "io.k8s.api.flowcontrol.v1.ResourcePolicyRule",
  "Matches requests for API resources.",
  {
    verbs: required(1, setList(string), "Actions to match, such as get or list; * alone means all."),
    apiGroups: required(
      2,
      setList(string),
      "API groups to match; an empty string is the core group, * alone means all.",
    ),
    resources: required(3, setList(string), "Resources in plural, such as pods or nodes/status; * alone means all."),
    clusterScope: optional(4, bool, "If true, requests without a namespace match; default false."),
    namespaces: optional(5, setList(string), "Namespaces to match; * alone means all, and empty needs clusterScope.", {
      always: true,
    }),
  },
);
export interface ResourcePolicyRule extends Infer<typeof ResourcePolicyRule> {}

export const NonResourcePolicyRule = message(
  "io.k8s.api.flowcontrol.v1.NonResourcePolicyRule",
  "Matches requests for URL paths outside the resource API.",
  {
    verbs: required(1, setList(string), "HTTP methods in lower case to match; * alone means all."),
    nonResourceURLs: required(
      6,
      setList(string),
      "URL paths to match; a trailing /* covers everything below, * alone means all.",
    ),
  },
);
export interface NonResourcePolicyRule extends Infer<typeof NonResourcePolicyRule> {}

export const PolicyRulesWithSubjects = message(
  "io.k8s.api.flowcontrol.v1.PolicyRulesWithSubjects",
  "Matches requests by who sends them and what they ask for.",
  {
    subjects: required(1, atomicList(Subject), "Senders to match, any of which is enough."),
    resourceRules: optional(
      2,
      atomicList(ResourcePolicyRule),
      "Matches requests for API resources; one matching rule is enough.",
    ),
    nonResourceRules: optional(
      3,
      atomicList(NonResourcePolicyRule),
      "Matches requests for other URL paths; one matching rule is enough.",
    ),
  },
);
export interface PolicyRulesWithSubjects extends Infer<typeof PolicyRulesWithSubjects> {}

export const FlowSchemaSpec = message(
  "io.k8s.api.flowcontrol.v1.FlowSchemaSpec",
  "Which requests are meant and which priority level they get.",
  {
    priorityLevelConfiguration: required(
      1,
      PriorityLevelConfigurationReference,
      "Priority level for the requests that match.",
    ),
    matchingPrecedence: optional(2, int32, "Order of trying, from 1 to 10000; the lowest match wins, default 1000.", {
      always: true,
      default: 1000,
    }),
    distinguisherMethod: pointer(
      3,
      FlowDistinguisherMethod,
      "How matching requests are split into flows; absent puts all in one flow.",
    ),
    rules: optional(
      4,
      atomicList(PolicyRulesWithSubjects),
      "Matches requests; one matching rule is enough, and empty matches nothing.",
    ),
  },
);
export interface FlowSchemaSpec extends Infer<typeof FlowSchemaSpec> {}

export const FlowSchemaCondition = message(
  "io.k8s.api.flowcontrol.v1.FlowSchemaCondition",
  "One fact about the flow schema that is true, false or unknown.",
  {
    type: optional(1, string, "What the fact is about, such as Dangling."),
    status: optional(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
  },
);
export interface FlowSchemaCondition extends Infer<typeof FlowSchemaCondition> {}

export const FlowSchemaStatus = message(
  "io.k8s.api.flowcontrol.v1.FlowSchemaStatus",
  "What the server found out about the flow schema.",
  {
    conditions: optional(
      1,
      mapList(FlowSchemaCondition, "type"),
      "Notable facts; Dangling tells whether the priority level is missing.",
      { patch: "merge", patchKey: "type" },
    ),
  },
);
export interface FlowSchemaStatus extends Infer<typeof FlowSchemaStatus> {}

export const FlowSchema = topLevel(
  "io.k8s.api.flowcontrol.v1.FlowSchema",
  "Assigns API requests to priority levels by who sends what.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, FlowSchemaSpec, "What is wanted."),
    status: struct(3, FlowSchemaStatus, "What was last observed; written by the system."),
  },
);
export interface FlowSchema extends Infer<typeof FlowSchema> {}

export const QueuingConfiguration = message(
  "io.k8s.api.flowcontrol.v1.QueuingConfiguration",
  "Settings of the queues in which requests wait.",
  {
    queues: optional(1, int32, "Number of queues; more keep flows apart better, default 64.", {
      always: true,
      default: 64,
    }),
    handSize: optional(2, int32, "Queues that each flow may use; keeps busy flows from filling all, default 8.", {
      always: true,
      default: 8,
    }),
    queueLengthLimit: optional(3, int32, "Most requests waiting in one queue; further ones are refused, default 50.", {
      always: true,
      default: 50,
    }),
  },
);
export interface QueuingConfiguration extends Infer<typeof QueuingConfiguration> {}

export const LimitResponse = message(
  "io.k8s.api.flowcontrol.v1.LimitResponse",
  "What happens to requests that cannot run right away.",
  {
    type: required(1, known("Queue", "Reject"), "Queue lets requests wait; Reject refuses them at once with HTTP 429."),
    queuing: pointer(2, QueuingConfiguration, "Settings of the queues; only used when type is Queue."),
  },
);
export interface LimitResponse extends Infer<typeof LimitResponse> {}

export const LimitedPriorityLevelConfiguration = message(
  "io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration",
  "Settings of a level whose requests may have to wait.",
  {
    nominalConcurrencyShares: pointer(
      1,
      int32,
      "Share of the server's capacity, relative to other levels; default 30.",
      { default: 30 },
    ),
    limitResponse: struct(2, LimitResponse, "What happens to requests when all seats are taken."),
    lendablePercent: pointer(3, int32, "Percentage of the share that other levels may borrow; default 0.", {
      default: 0,
    }),
    borrowingLimitPercent: pointer(
      4,
      int32,
      "Most seats to borrow, as a percentage of its own share; absent means no limit.",
    ),
  },
);
export interface LimitedPriorityLevelConfiguration extends Infer<typeof LimitedPriorityLevelConfiguration> {}

export const PriorityLevelConfigurationSpec = message(
  "io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec",
  "Whether and how the requests of a level are limited.",
  {
    type: required(
      1,
      known("Exempt", "Limited"),
      "Exempt never makes requests wait; Limited does when capacity runs short.",
    ),
    limited: pointer(
      2,
      LimitedPriorityLevelConfiguration,
      "Settings for a limited level; required when type is Limited.",
    ),
    exempt: pointer(
      3,
      ExemptPriorityLevelConfiguration,
      "Settings for an exempt level; only allowed when type is Exempt.",
    ),
  },
);
export interface PriorityLevelConfigurationSpec extends Infer<typeof PriorityLevelConfigurationSpec> {}

export const PriorityLevelConfigurationCondition = message(
  "io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationCondition",
  "One fact about the priority level that is true, false or unknown.",
  {
    type: optional(1, string, "What the fact is about."),
    status: optional(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
  },
);
export interface PriorityLevelConfigurationCondition extends Infer<typeof PriorityLevelConfigurationCondition> {}

export const PriorityLevelConfigurationStatus = message(
  "io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationStatus",
  "What the server found out about the priority level.",
  {
    conditions: optional(
      1,
      mapList(PriorityLevelConfigurationCondition, "type"),
      "Notable facts about the level; normally empty.",
      { patch: "merge", patchKey: "type" },
    ),
  },
);
export interface PriorityLevelConfigurationStatus extends Infer<typeof PriorityLevelConfigurationStatus> {}

export const PriorityLevelConfiguration = topLevel(
  "io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration",
  "Gives a class of API requests its share of the server's capacity.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, PriorityLevelConfigurationSpec, "What is wanted."),
    status: struct(3, PriorityLevelConfigurationStatus, "What was last observed; written by the system."),
  },
);
export interface PriorityLevelConfiguration extends Infer<typeof PriorityLevelConfiguration> {}
