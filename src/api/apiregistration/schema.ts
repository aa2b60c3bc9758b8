// Wire types of apiregistration.

import {
  type Infer,
  bool,
  bytes,
  int32,
  known,
  mapList,
  message,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const ServiceReference = message("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference", "", {
  namespace: optional(1, string, ""),
  name: optional(2, string, ""),
  port: pointer(3, int32, ""),
});
export interface ServiceReference extends Infer<typeof ServiceReference> {}

export const APIServiceSpec = message("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec", "", {
  service: pointer(1, ServiceReference, ""),
  group: optional(2, string, ""),
  version: optional(3, string, ""),
  insecureSkipTLSVerify: optional(4, bool, ""),
  caBundle: optional(5, bytes, ""),
  groupPriorityMinimum: required(7, int32, ""),
  versionPriority: required(8, int32, ""),
});
export interface APIServiceSpec extends Infer<typeof APIServiceSpec> {}

export const APIServiceCondition = message(
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceCondition",
  "",
  {
    type: required(1, known("Available"), ""),
    status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
    lastTransitionTime: optional(3, time, ""),
    reason: optional(4, string, ""),
    message: optional(5, string, ""),
  },
);
export interface APIServiceCondition extends Infer<typeof APIServiceCondition> {}

export const APIServiceStatus = message("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus", "", {
  conditions: optional(1, mapList(APIServiceCondition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface APIServiceStatus extends Infer<typeof APIServiceStatus> {}

export const APIService = topLevel("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, APIServiceSpec, "What is wanted."),
  status: struct(3, APIServiceStatus, "What was last observed; written by the system."),
});
export interface APIService extends Infer<typeof APIService> {}
