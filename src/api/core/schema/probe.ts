// Probes, lifecycle hooks and the actions that both can take.

import {
  type Infer,
  atomicList,
  embed,
  int32,
  int64,
  intOrString,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
} from "#api/schema.ts";

/** Signals that a program can be stopped with. */
export const signalName = oneOf(
  "SIGABRT",
  "SIGALRM",
  "SIGBUS",
  "SIGCHLD",
  "SIGCLD",
  "SIGCONT",
  "SIGFPE",
  "SIGHUP",
  "SIGILL",
  "SIGINT",
  "SIGIO",
  "SIGIOT",
  "SIGKILL",
  "SIGPIPE",
  "SIGPOLL",
  "SIGPROF",
  "SIGPWR",
  "SIGQUIT",
  "SIGSEGV",
  "SIGSTKFLT",
  "SIGSTOP",
  "SIGSYS",
  "SIGTERM",
  "SIGTRAP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGUSR1",
  "SIGUSR2",
  "SIGVTALRM",
  "SIGWINCH",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGRTMIN",
  "SIGRTMIN+1",
  "SIGRTMIN+2",
  "SIGRTMIN+3",
  "SIGRTMIN+4",
  "SIGRTMIN+5",
  "SIGRTMIN+6",
  "SIGRTMIN+7",
  "SIGRTMIN+8",
  "SIGRTMIN+9",
  "SIGRTMIN+10",
  "SIGRTMIN+11",
  "SIGRTMIN+12",
  "SIGRTMIN+13",
  "SIGRTMIN+14",
  "SIGRTMIN+15",
  "SIGRTMAX-14",
  "SIGRTMAX-13",
  "SIGRTMAX-12",
  "SIGRTMAX-11",
  "SIGRTMAX-10",
  "SIGRTMAX-9",
  "SIGRTMAX-8",
  "SIGRTMAX-7",
  "SIGRTMAX-6",
  "SIGRTMAX-5",
  "SIGRTMAX-4",
  "SIGRTMAX-3",
  "SIGRTMAX-2",
  "SIGRTMAX-1",
  "SIGRTMAX",
);

export const ExecAction = message("io.k8s.api.core.v1.ExecAction", "Runs a program inside the container.", {
  command: optional(
    1,
    atomicList(string),
    "Program and arguments, run without a shell; exit code 0 counts as success.",
  ),
});
export interface ExecAction extends Infer<typeof ExecAction> {}

export const GRPCAction = message(
  "io.k8s.api.core.v1.GRPCAction",
  "Asks the standard gRPC health service whether it is serving.",
  {
    port: required(1, int32, "Port number of the gRPC server, 1 to 65535."),
    service: pointer(2, string, "Service name put in the health request; empty asks about the whole server.", {
      default: "",
    }),
  },
);
export interface GRPCAction extends Infer<typeof GRPCAction> {}

export const HTTPHeader = message("io.k8s.api.core.v1.HTTPHeader", "One header to add to an HTTP request.", {
  name: required(1, string, "Header name; upper and lower case do not matter."),
  value: required(2, string, "Text sent as the header value."),
});
export interface HTTPHeader extends Infer<typeof HTTPHeader> {}

export const HTTPGetAction = message(
  "io.k8s.api.core.v1.HTTPGetAction",
  "Sends an HTTP GET; any answer from 200 to 399 is a success.",
  {
    path: optional(1, string, "Path to request, / by default.", { default: "/" }),
    port: required(2, intOrString, "Port number, or the name of one of the container's ports."),
    host: optional(3, string, "Address to call, the pod's own IP by default; prefer a Host header."),
    scheme: optional(4, oneOf("HTTP", "HTTPS"), "HTTP (default) or HTTPS; certificates are not checked.", {
      default: "HTTP",
    }),
    httpHeaders: optional(5, atomicList(HTTPHeader), "Extra headers to send; the same name may appear twice."),
  },
);
export interface HTTPGetAction extends Infer<typeof HTTPGetAction> {}

export const TCPSocketAction = message(
  "io.k8s.api.core.v1.TCPSocketAction",
  "Opens a TCP connection; it succeeds if the port accepts.",
  {
    port: required(1, intOrString, "Port number, or the name of one of the container's ports."),
    host: optional(2, string, "Address to connect to, the pod's own IP by default."),
  },
);
export interface TCPSocketAction extends Infer<typeof TCPSocketAction> {}

export const SleepAction = message("io.k8s.api.core.v1.SleepAction", "Simply waits for a while.", {
  seconds: required(1, int64, "How many seconds to wait."),
});
export interface SleepAction extends Infer<typeof SleepAction> {}

export const LifecycleHandler = message("io.k8s.api.core.v1.LifecycleHandler", "What a hook does; pick exactly one.", {
  exec: pointer(1, ExecAction, "Run a program in the container."),
  httpGet: pointer(2, HTTPGetAction, "Make an HTTP request to the container."),
  tcpSocket: pointer(3, TCPSocketAction, "Not supported as a hook; kept only for old manifests."),
  sleep: pointer(4, SleepAction, "Pause the container for some seconds."),
});
export interface LifecycleHandler extends Infer<typeof LifecycleHandler> {}

export const Lifecycle = message(
  "io.k8s.api.core.v1.Lifecycle",
  "Actions run just after a container starts and just before it stops.",
  {
    postStart: pointer(1, LifecycleHandler, "Runs right after creation; if it fails, the container is killed."),
    preStop: pointer(2, LifecycleHandler, "Runs before the stop signal; its time counts against the grace period."),
    stopSignal: pointer(
      3,
      signalName,
      "Signal that asks the container to stop; the image's choice or SIGTERM by default.",
    ),
  },
);
export interface Lifecycle extends Infer<typeof Lifecycle> {}

export const ProbeHandler = message(
  "io.k8s.api.core.v1.ProbeHandler",
  "The way to check a container; pick exactly one.",
  {
    exec: pointer(1, ExecAction, "Check by running a program in the container."),
    httpGet: pointer(2, HTTPGetAction, "Check by making an HTTP request."),
    tcpSocket: pointer(3, TCPSocketAction, "Check by connecting to a TCP port."),
    grpc: pointer(4, GRPCAction, "Check through the gRPC health protocol."),
  },
);
export interface ProbeHandler extends Infer<typeof ProbeHandler> {}

export const Probe = message(
  "io.k8s.api.core.v1.Probe",
  "A health check that the kubelet repeats on a container.",
  {
    initialDelaySeconds: optional(
      2,
      int32,
      "Seconds to wait after the container starts before the first check; 0 by default.",
    ),
    timeoutSeconds: optional(3, int32, "Seconds after which an unanswered check counts as failed; 1 by default.", {
      default: 1,
    }),
    periodSeconds: optional(4, int32, "Seconds from one check to the next; 10 by default.", { default: 10 }),
    successThreshold: optional(5, int32, "Successes in a row needed to recover after a failure; 1 by default.", {
      default: 1,
    }),
    failureThreshold: optional(6, int32, "Failures in a row needed before the kubelet reacts; 3 by default.", {
      default: 3,
    }),
    terminationGracePeriodSeconds: pointer(
      7,
      int64,
      "Seconds to stop cleanly when this check kills the container; overrides the pod's value.",
    ),
  },
  [embed(1, ProbeHandler)],
);
export interface Probe extends Infer<typeof Probe> {}
