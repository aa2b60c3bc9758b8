// Wire types of core/pod-options.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  int64,
  message,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { PodStatus } from "#api/core/schema/pod-status.ts";
import { ObjectReference } from "#api/core/schema/reference.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const Binding = topLevel("io.k8s.api.core.v1.Binding", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  target: required(2, ObjectReference, ""),
});
export interface Binding extends Infer<typeof Binding> {}

export const NodeProxyOptions = topLevel("io.k8s.api.core.v1.NodeProxyOptions", "", {
  path: optional(1, string, ""),
});
export interface NodeProxyOptions extends Infer<typeof NodeProxyOptions> {}

export const PodAttachOptions = topLevel("io.k8s.api.core.v1.PodAttachOptions", "", {
  stdin: optional(1, bool, ""),
  stdout: optional(2, bool, ""),
  stderr: optional(3, bool, ""),
  tty: optional(4, bool, ""),
  container: optional(5, string, ""),
});
export interface PodAttachOptions extends Infer<typeof PodAttachOptions> {}

export const PodExecOptions = topLevel("io.k8s.api.core.v1.PodExecOptions", "", {
  stdin: optional(1, bool, ""),
  stdout: optional(2, bool, ""),
  stderr: optional(3, bool, ""),
  tty: optional(4, bool, ""),
  container: optional(5, string, ""),
  command: required(6, atomicList(string), ""),
});
export interface PodExecOptions extends Infer<typeof PodExecOptions> {}

export const PodLogOptions = topLevel("io.k8s.api.core.v1.PodLogOptions", "", {
  container: optional(1, string, ""),
  follow: optional(2, bool, ""),
  previous: optional(3, bool, ""),
  sinceSeconds: pointer(4, int64, ""),
  sinceTime: pointer(5, time, ""),
  timestamps: optional(6, bool, ""),
  tailLines: pointer(7, int64, ""),
  limitBytes: pointer(8, int64, ""),
  insecureSkipTLSVerifyBackend: optional(9, bool, ""),
  stream: pointer(10, string, ""),
});
export interface PodLogOptions extends Infer<typeof PodLogOptions> {}

export const PodPortForwardOptions = topLevel("io.k8s.api.core.v1.PodPortForwardOptions", "", {
  ports: optional(1, atomicList(int32), ""),
});
export interface PodPortForwardOptions extends Infer<typeof PodPortForwardOptions> {}

export const PodProxyOptions = topLevel("io.k8s.api.core.v1.PodProxyOptions", "", {
  path: optional(1, string, ""),
});
export interface PodProxyOptions extends Infer<typeof PodProxyOptions> {}

export const PodStatusResult = topLevel("io.k8s.api.core.v1.PodStatusResult", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  status: struct(2, PodStatus, "What was last observed; written by the system."),
});
export interface PodStatusResult extends Infer<typeof PodStatusResult> {}

export const Preconditions = message("io.k8s.api.core.v1.Preconditions", "", {
  uid: pointer(1, string, ""),
});
export interface Preconditions extends Infer<typeof Preconditions> {}

export const ServiceProxyOptions = topLevel("io.k8s.api.core.v1.ServiceProxyOptions", "", {
  path: optional(1, string, ""),
});
export interface ServiceProxyOptions extends Infer<typeof ServiceProxyOptions> {}
