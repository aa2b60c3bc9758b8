// Shapes of APIService, which hands an API group version to another server.

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

export const ServiceReference = message(
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference",
  "The Service of an extension API server.",
  {
    namespace: optional(1, string, "Namespace in which the Service lives."),
    name: optional(2, string, "Name of the Service."),
    port: pointer(3, int32, "Port of the Service, from 1 to 65535; default 443.", { default: 443 }),
  },
);
export interface ServiceReference extends Infer<typeof ServiceReference> {}

export const APIServiceSpec = message(
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec",
  "The group version and the server that answers for it.",
  {
    service: pointer(1, ServiceReference, "Service of the server that answers; absent means this API server itself."),
    group: optional(2, string, "API group that is served, such as metrics.k8s.io."),
    version: optional(3, string, "API version that is served, such as v1beta1."),
    insecureSkipTLSVerify: optional(
      4,
      bool,
      "If true, the server's certificate is not checked; avoid this outside of tests.",
    ),
    caBundle: optional(5, bytes, "Certificates in PEM form, base64-encoded, that vouch for the server."),
    groupPriorityMinimum: required(
      7,
      int32,
      "Rank of the whole group, from 1 to 20000; a higher one is preferred by clients.",
    ),
    versionPriority: required(8, int32, "Rank of this version within its group, from 1 to 1000; higher comes first."),
  },
);
export interface APIServiceSpec extends Infer<typeof APIServiceSpec> {}

export const APIServiceCondition = message(
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceCondition",
  "One fact about the APIService that is true, false or unknown.",
  {
    type: required(1, known("Available"), "What the fact is about; Available is the only one."),
    status: required(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
  },
);
export interface APIServiceCondition extends Infer<typeof APIServiceCondition> {}

export const APIServiceStatus = message(
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus",
  "Whether the server behind the group version works.",
  {
    conditions: optional(
      1,
      mapList(APIServiceCondition, "type"),
      "Notable facts; Available tells whether the server can be reached.",
      { patch: "merge", patchKey: "type" },
    ),
  },
);
export interface APIServiceStatus extends Infer<typeof APIServiceStatus> {}

export const APIService = topLevel(
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService",
  "Says which server answers requests for one API group version.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, APIServiceSpec, "What is wanted."),
    status: struct(3, APIServiceStatus, "What was last observed; written by the system."),
  },
);
export interface APIService extends Infer<typeof APIService> {}
