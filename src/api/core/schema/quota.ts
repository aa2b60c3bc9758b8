// Limits of a namespace: resource quotas and limit ranges.

import {
  type Infer,
  atomicList,
  known,
  map,
  message,
  optional,
  pointer,
  quantity,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const LimitRangeItem = message(
  "io.k8s.api.core.v1.LimitRangeItem",
  "Bounds and defaults for one kind of object.",
  {
    type: required(
      1,
      known("Pod", "Container", "PersistentVolumeClaim"),
      "What is bounded: Pod, Container or PersistentVolumeClaim.",
    ),
    max: optional(2, map(quantity), "Largest amount allowed, by resource."),
    min: optional(3, map(quantity), "Smallest amount allowed, by resource."),
    default: optional(4, map(quantity), "Limit given to containers that set none."),
    defaultRequest: optional(5, map(quantity), "Request given to containers that set none."),
    maxLimitRequestRatio: optional(6, map(quantity), "How many times larger than its request a limit may be."),
  },
);
export interface LimitRangeItem extends Infer<typeof LimitRangeItem> {}

export const LimitRangeSpec = message("io.k8s.api.core.v1.LimitRangeSpec", "The bounds to enforce.", {
  limits: required(1, atomicList(LimitRangeItem), "Bounds and defaults, one entry per kind."),
});
export interface LimitRangeSpec extends Infer<typeof LimitRangeSpec> {}

export const LimitRange = topLevel(
  "io.k8s.api.core.v1.LimitRange",
  "Sets sizes allowed for each pod, container or claim in a namespace.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, LimitRangeSpec, "Bounds and defaults to enforce on new objects."),
  },
);
export interface LimitRange extends Infer<typeof LimitRange> {}

export const ScopedResourceSelectorRequirement = message(
  "io.k8s.api.core.v1.ScopedResourceSelectorRequirement",
  "A test on the objects a quota counts.",
  {
    scopeName: required(
      1,
      known(
        "Terminating",
        "NotTerminating",
        "BestEffort",
        "NotBestEffort",
        "PriorityClass",
        "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
      ),
      "Property to test, for example PriorityClass.",
    ),
    operator: required(
      2,
      known("In", "NotIn", "Exists", "DoesNotExist"),
      "How to compare: In, NotIn, Exists or DoesNotExist.",
    ),
    values: optional(3, atomicList(string), "Values to compare with; none for Exists and DoesNotExist."),
  },
);
export interface ScopedResourceSelectorRequirement extends Infer<typeof ScopedResourceSelectorRequirement> {}

export const ScopeSelector = message(
  "io.k8s.api.core.v1.ScopeSelector",
  "Narrows a quota to certain objects.",
  {
    matchExpressions: optional(
      1,
      atomicList(ScopedResourceSelectorRequirement),
      "Tests that must all pass for an object to be counted.",
    ),
  },
  [],
  { atomic: true },
);
export interface ScopeSelector extends Infer<typeof ScopeSelector> {}

export const ResourceQuotaSpec = message("io.k8s.api.core.v1.ResourceQuotaSpec", "What a namespace may use in total.", {
  hard: optional(1, map(quantity), "Largest total, by name, for example pods or requests.cpu."),
  scopes: optional(
    2,
    atomicList(
      known(
        "Terminating",
        "NotTerminating",
        "BestEffort",
        "NotBestEffort",
        "PriorityClass",
        "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
      ),
    ),
    "Counts only objects that have all these properties.",
  ),
  scopeSelector: pointer(3, ScopeSelector, "Like scopes, with operators and values."),
});
export interface ResourceQuotaSpec extends Infer<typeof ResourceQuotaSpec> {}

export const ResourceQuotaStatus = message("io.k8s.api.core.v1.ResourceQuotaStatus", "Limit and use of a quota.", {
  hard: optional(1, map(quantity), "Totals being enforced right now."),
  used: optional(2, map(quantity), "Totals in use now."),
});
export interface ResourceQuotaStatus extends Infer<typeof ResourceQuotaStatus> {}

export const ResourceQuota = topLevel(
  "io.k8s.api.core.v1.ResourceQuota",
  "Caps the total resources and number of objects of a namespace.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, ResourceQuotaSpec, "Totals that must not be exceeded."),
    status: struct(3, ResourceQuotaStatus, "How much of the quota is in use."),
  },
);
export interface ResourceQuota extends Infer<typeof ResourceQuota> {}
