// Query options of pod, node and service subresources, and the binding of a pod.

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

export const Binding = topLevel("io.k8s.api.core.v1.Binding", "Assigns a pod to a node; the scheduler sends it.", {
  metadata: struct(1, ObjectMeta, "Name and namespace of the pod to place."),
  target: required(2, ObjectReference, "The node that will run the pod."),
});
export interface Binding extends Infer<typeof Binding> {}

export const NodeProxyOptions = topLevel(
  "io.k8s.api.core.v1.NodeProxyOptions",
  "Query options for calling a node through the API server.",
  {
    path: optional(1, string, "URL path to request on the node."),
  },
);
export interface NodeProxyOptions extends Infer<typeof NodeProxyOptions> {}

export const PodAttachOptions = topLevel(
  "io.k8s.api.core.v1.PodAttachOptions",
  "Query options for attaching to a running container.",
  {
    stdin: optional(1, bool, "When true, sends the client's input to the container; false by default."),
    stdout: optional(2, bool, "When true, returns the container's normal output; true by default."),
    stderr: optional(3, bool, "When true, returns the container's error output; true by default."),
    tty: optional(4, bool, "When true, treats the streams as a terminal; false by default."),
    container: optional(5, string, "Container to attach to; may be omitted if the pod has just one."),
  },
);
export interface PodAttachOptions extends Infer<typeof PodAttachOptions> {}

export const PodExecOptions = topLevel(
  "io.k8s.api.core.v1.PodExecOptions",
  "Query options for running a command in a container.",
  {
    stdin: optional(1, bool, "When true, sends the client's input to the command; false by default."),
    stdout: optional(2, bool, "When true, returns the command's normal output."),
    stderr: optional(3, bool, "When true, returns the command's error output."),
    tty: optional(4, bool, "When true, gives the command a terminal; false by default."),
    container: optional(5, string, "Container to run in; may be omitted if the pod has just one."),
    command: required(6, atomicList(string), "Program and arguments to run, without a shell."),
  },
);
export interface PodExecOptions extends Infer<typeof PodExecOptions> {}

export const PodLogOptions = topLevel(
  "io.k8s.api.core.v1.PodLogOptions",
  "Query options for reading a container's log.",
  {
    container: optional(1, string, "Container to read from; may be omitted if the pod has just one."),
    follow: optional(2, bool, "When true, keeps the connection open and sends new lines; false by default."),
    previous: optional(3, bool, "When true, reads the run before the latest restart; false by default."),
    sinceSeconds: pointer(4, int64, "Shows only lines from the last so many seconds; excludes sinceTime."),
    sinceTime: pointer(5, time, "Shows only lines from this moment on; excludes sinceSeconds."),
    timestamps: optional(6, bool, "When true, starts each line with its time; false by default."),
    tailLines: pointer(7, int64, "Number of lines to show from the end; all by default."),
    limitBytes: pointer(8, int64, "Stops after this many bytes, which may cut a line short."),
    insecureSkipTLSVerifyBackend: optional(
      9,
      bool,
      "When true, the kubelet's certificate is not checked, so the log could be forged.",
    ),
    stream: pointer(10, string, "Which output to show: All, Stdout or Stderr; All by default."),
  },
);
export interface PodLogOptions extends Infer<typeof PodLogOptions> {}

export const PodPortForwardOptions = topLevel(
  "io.k8s.api.core.v1.PodPortForwardOptions",
  "Query options for forwarding ports to a pod.",
  {
    ports: optional(1, atomicList(int32), "Ports of the pod to forward; only used over WebSocket."),
  },
);
export interface PodPortForwardOptions extends Infer<typeof PodPortForwardOptions> {}

export const PodProxyOptions = topLevel(
  "io.k8s.api.core.v1.PodProxyOptions",
  "Query options for calling a pod through the API server.",
  {
    path: optional(1, string, "URL path to request on the pod."),
  },
);
export interface PodProxyOptions extends Infer<typeof PodProxyOptions> {}

export const PodStatusResult = topLevel("io.k8s.api.core.v1.PodStatusResult", "Carries the status of one pod.", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  status: struct(2, PodStatus, "State of the pod, as reported by its node."),
});
export interface PodStatusResult extends Infer<typeof PodStatusResult> {}

export const Preconditions = message(
  "io.k8s.api.core.v1.Preconditions",
  "Facts that must still be true for a write to go ahead.",
  {
    uid: pointer(1, string, "Identifier the object must have."),
  },
);
export interface Preconditions extends Infer<typeof Preconditions> {}

export const ServiceProxyOptions = topLevel(
  "io.k8s.api.core.v1.ServiceProxyOptions",
  "Query options for calling a service through the API server.",
  {
    path: optional(1, string, "URL path to request, which may begin with the part that names the service."),
  },
);
export interface ServiceProxyOptions extends Infer<typeof ServiceProxyOptions> {}
