// Wire types of core/quota.

import {
  type Infer,
  atomicList,
  known,
  map,
  message,
  oneOf,
  optional,
  pointer,
  quantity,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const LimitRangeItem = message("io.k8s.api.core.v1.LimitRangeItem", "", {
  type: required(1, known("Pod", "Container", "PersistentVolumeClaim"), ""),
  max: optional(2, map(quantity), ""),
  min: optional(3, map(quantity), ""),
  default: optional(4, map(quantity), ""),
  defaultRequest: optional(5, map(quantity), ""),
  maxLimitRequestRatio: optional(6, map(quantity), ""),
});
export interface LimitRangeItem extends Infer<typeof LimitRangeItem> {}

export const LimitRangeSpec = message("io.k8s.api.core.v1.LimitRangeSpec", "", {
  limits: required(1, atomicList(LimitRangeItem), ""),
});
export interface LimitRangeSpec extends Infer<typeof LimitRangeSpec> {}

export const LimitRange = topLevel("io.k8s.api.core.v1.LimitRange", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, LimitRangeSpec, "What is wanted."),
});
export interface LimitRange extends Infer<typeof LimitRange> {}

export const ScopedResourceSelectorRequirement = message("io.k8s.api.core.v1.ScopedResourceSelectorRequirement", "", {
  scopeName: required(
    1,
    oneOf(
      "Terminating",
      "NotTerminating",
      "BestEffort",
      "NotBestEffort",
      "PriorityClass",
      "CrossNamespacePodAffinity",
      "VolumeAttributesClass",
    ),
    "",
  ),
  operator: required(2, oneOf("In", "NotIn", "Exists", "DoesNotExist"), ""),
  values: optional(3, atomicList(string), ""),
});
export interface ScopedResourceSelectorRequirement extends Infer<typeof ScopedResourceSelectorRequirement> {}

export const ScopeSelector = message(
  "io.k8s.api.core.v1.ScopeSelector",
  "",
  {
    matchExpressions: optional(1, atomicList(ScopedResourceSelectorRequirement), ""),
  },
  [],
  { atomic: true },
);
export interface ScopeSelector extends Infer<typeof ScopeSelector> {}

export const ResourceQuotaSpec = message("io.k8s.api.core.v1.ResourceQuotaSpec", "", {
  hard: optional(1, map(quantity), ""),
  scopes: optional(
    2,
    atomicList(
      oneOf(
        "Terminating",
        "NotTerminating",
        "BestEffort",
        "NotBestEffort",
        "PriorityClass",
        "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
      ),
    ),
    "",
  ),
  scopeSelector: pointer(3, ScopeSelector, ""),
});
export interface ResourceQuotaSpec extends Infer<typeof ResourceQuotaSpec> {}

export const ResourceQuotaStatus = message("io.k8s.api.core.v1.ResourceQuotaStatus", "", {
  hard: optional(1, map(quantity), ""),
  used: optional(2, map(quantity), ""),
});
export interface ResourceQuotaStatus extends Infer<typeof ResourceQuotaStatus> {}

export const ResourceQuota = topLevel("io.k8s.api.core.v1.ResourceQuota", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, ResourceQuotaSpec, "What is wanted."),
  status: struct(3, ResourceQuotaStatus, "What was last observed; written by the system."),
});
export interface ResourceQuota extends Infer<typeof ResourceQuota> {}
