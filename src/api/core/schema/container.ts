// Wire types of core/container.

import {
  type Infer,
  atomicList,
  bool,
  embed,
  int32,
  int64,
  intOrString,
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
} from "#api/schema.ts";
import {
  ConfigMapKeySelector,
  FileKeySelector,
  LocalObjectReference,
  ObjectFieldSelector,
  ResourceFieldSelector,
  ResourceRequirements,
  SecretKeySelector,
} from "#api/core/schema/reference.ts";
import { SecurityContext } from "#api/core/schema/security-context.ts";

export const ConfigMapEnvSource = message(
  "io.k8s.api.core.v1.ConfigMapEnvSource",
  "",
  {
    optional: pointer(2, bool, ""),
  },
  [embed(1, LocalObjectReference)],
);
export interface ConfigMapEnvSource extends Infer<typeof ConfigMapEnvSource> {}

export const ContainerPort = message("io.k8s.api.core.v1.ContainerPort", "", {
  name: optional(1, string, ""),
  hostPort: optional(2, int32, ""),
  containerPort: required(3, int32, ""),
  protocol: optional(4, oneOf("TCP", "UDP", "SCTP"), "", { default: "TCP" }),
  hostIP: optional(5, string, ""),
});
export interface ContainerPort extends Infer<typeof ContainerPort> {}

export const SecretEnvSource = message(
  "io.k8s.api.core.v1.SecretEnvSource",
  "",
  {
    optional: pointer(2, bool, ""),
  },
  [embed(1, LocalObjectReference)],
);
export interface SecretEnvSource extends Infer<typeof SecretEnvSource> {}

export const EnvFromSource = message("io.k8s.api.core.v1.EnvFromSource", "", {
  prefix: optional(1, string, ""),
  configMapRef: pointer(2, ConfigMapEnvSource, ""),
  secretRef: pointer(3, SecretEnvSource, ""),
});
export interface EnvFromSource extends Infer<typeof EnvFromSource> {}

export const EnvVarSource = message("io.k8s.api.core.v1.EnvVarSource", "", {
  fieldRef: pointer(1, ObjectFieldSelector, ""),
  resourceFieldRef: pointer(2, ResourceFieldSelector, ""),
  configMapKeyRef: pointer(3, ConfigMapKeySelector, ""),
  secretKeyRef: pointer(4, SecretKeySelector, ""),
  fileKeyRef: pointer(5, FileKeySelector, ""),
});
export interface EnvVarSource extends Infer<typeof EnvVarSource> {}

export const EnvVar = message("io.k8s.api.core.v1.EnvVar", "", {
  name: required(1, string, ""),
  value: optional(2, string, ""),
  valueFrom: pointer(3, EnvVarSource, ""),
});
export interface EnvVar extends Infer<typeof EnvVar> {}

export const ContainerResizePolicy = message("io.k8s.api.core.v1.ContainerResizePolicy", "", {
  resourceName: required(
    1,
    known(
      "cpu",
      "memory",
      "storage",
      "ephemeral-storage",
      "pods",
      "services",
      "replicationcontrollers",
      "resourcequotas",
      "secrets",
      "configmaps",
      "persistentvolumeclaims",
      "services.nodeports",
      "services.loadbalancers",
      "requests.cpu",
      "requests.memory",
      "requests.storage",
      "requests.ephemeral-storage",
      "limits.cpu",
      "limits.memory",
      "limits.ephemeral-storage",
    ),
    "",
  ),
  restartPolicy: required(2, known("NotRequired", "RestartContainer"), ""),
});
export interface ContainerResizePolicy extends Infer<typeof ContainerResizePolicy> {}

export const ContainerRestartRuleOnExitCodes = message("io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes", "", {
  operator: required(1, known("In", "NotIn"), "", { omitEmpty: true }),
  values: optional(2, setList(int32), ""),
});
export interface ContainerRestartRuleOnExitCodes extends Infer<typeof ContainerRestartRuleOnExitCodes> {}

export const ContainerRestartRule = message("io.k8s.api.core.v1.ContainerRestartRule", "", {
  action: required(1, known("Restart", "RestartAllContainers"), "", { omitEmpty: true }),
  exitCodes: pointer(2, ContainerRestartRuleOnExitCodes, ""),
});
export interface ContainerRestartRule extends Infer<typeof ContainerRestartRule> {}

export const VolumeMount = message("io.k8s.api.core.v1.VolumeMount", "", {
  name: required(1, string, ""),
  readOnly: optional(2, bool, ""),
  recursiveReadOnly: pointer(7, known("Disabled", "IfPossible", "Enabled"), ""),
  mountPath: required(3, string, ""),
  subPath: optional(4, string, ""),
  mountPropagation: pointer(5, oneOf("None", "HostToContainer", "Bidirectional"), ""),
  subPathExpr: optional(6, string, ""),
});
export interface VolumeMount extends Infer<typeof VolumeMount> {}

export const VolumeDevice = message("io.k8s.api.core.v1.VolumeDevice", "", {
  name: required(1, string, ""),
  devicePath: required(2, string, ""),
});
export interface VolumeDevice extends Infer<typeof VolumeDevice> {}

export const ExecAction = message("io.k8s.api.core.v1.ExecAction", "", {
  command: optional(1, atomicList(string), ""),
});
export interface ExecAction extends Infer<typeof ExecAction> {}

export const HTTPHeader = message("io.k8s.api.core.v1.HTTPHeader", "", {
  name: required(1, string, ""),
  value: required(2, string, ""),
});
export interface HTTPHeader extends Infer<typeof HTTPHeader> {}

export const HTTPGetAction = message("io.k8s.api.core.v1.HTTPGetAction", "", {
  path: optional(1, string, ""),
  port: required(2, intOrString, ""),
  host: optional(3, string, ""),
  scheme: optional(4, oneOf("HTTP", "HTTPS"), ""),
  httpHeaders: optional(5, atomicList(HTTPHeader), ""),
});
export interface HTTPGetAction extends Infer<typeof HTTPGetAction> {}

export const TCPSocketAction = message("io.k8s.api.core.v1.TCPSocketAction", "", {
  port: required(1, intOrString, ""),
  host: optional(2, string, ""),
});
export interface TCPSocketAction extends Infer<typeof TCPSocketAction> {}

export const GRPCAction = message("io.k8s.api.core.v1.GRPCAction", "", {
  port: required(1, int32, ""),
  service: pointer(2, string, "", { default: "" }),
});
export interface GRPCAction extends Infer<typeof GRPCAction> {}

export const ProbeHandler = message("io.k8s.api.core.v1.ProbeHandler", "", {
  exec: pointer(1, ExecAction, ""),
  httpGet: pointer(2, HTTPGetAction, ""),
  tcpSocket: pointer(3, TCPSocketAction, ""),
  grpc: pointer(4, GRPCAction, ""),
});
export interface ProbeHandler extends Infer<typeof ProbeHandler> {}

export const Probe = message(
  "io.k8s.api.core.v1.Probe",
  "",
  {
    initialDelaySeconds: optional(2, int32, ""),
    timeoutSeconds: optional(3, int32, ""),
    periodSeconds: optional(4, int32, ""),
    successThreshold: optional(5, int32, ""),
    failureThreshold: optional(6, int32, ""),
    terminationGracePeriodSeconds: pointer(7, int64, ""),
  },
  [embed(1, ProbeHandler)],
);
export interface Probe extends Infer<typeof Probe> {}

export const SleepAction = message("io.k8s.api.core.v1.SleepAction", "", {
  seconds: required(1, int64, ""),
});
export interface SleepAction extends Infer<typeof SleepAction> {}

export const LifecycleHandler = message("io.k8s.api.core.v1.LifecycleHandler", "", {
  exec: pointer(1, ExecAction, ""),
  httpGet: pointer(2, HTTPGetAction, ""),
  tcpSocket: pointer(3, TCPSocketAction, ""),
  sleep: pointer(4, SleepAction, ""),
});
export interface LifecycleHandler extends Infer<typeof LifecycleHandler> {}

export const Lifecycle = message("io.k8s.api.core.v1.Lifecycle", "", {
  postStart: pointer(1, LifecycleHandler, ""),
  preStop: pointer(2, LifecycleHandler, ""),
  stopSignal: pointer(
    3,
    oneOf(
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
    ),
    "",
  ),
});
export interface Lifecycle extends Infer<typeof Lifecycle> {}

export const Container = message("io.k8s.api.core.v1.Container", "", {
  name: required(1, string, ""),
  image: optional(2, string, ""),
  command: optional(3, atomicList(string), ""),
  args: optional(4, atomicList(string), ""),
  workingDir: optional(5, string, ""),
  ports: optional(6, mapList(ContainerPort, "containerPort", "protocol"), "", {
    patch: "merge",
    patchKey: "containerPort",
  }),
  envFrom: optional(19, atomicList(EnvFromSource), ""),
  env: optional(7, mapList(EnvVar, "name"), "", { patch: "merge", patchKey: "name" }),
  resources: struct(8, ResourceRequirements, ""),
  resizePolicy: optional(23, atomicList(ContainerResizePolicy), ""),
  restartPolicy: pointer(24, known("Always", "Never", "OnFailure"), ""),
  restartPolicyRules: optional(25, atomicList(ContainerRestartRule), ""),
  volumeMounts: optional(9, mapList(VolumeMount, "mountPath"), "", { patch: "merge", patchKey: "mountPath" }),
  volumeDevices: optional(21, mapList(VolumeDevice, "devicePath"), "", { patch: "merge", patchKey: "devicePath" }),
  livenessProbe: pointer(10, Probe, ""),
  readinessProbe: pointer(11, Probe, ""),
  startupProbe: pointer(22, Probe, ""),
  lifecycle: pointer(12, Lifecycle, ""),
  terminationMessagePath: optional(13, string, ""),
  terminationMessagePolicy: optional(20, oneOf("File", "FallbackToLogsOnError"), ""),
  imagePullPolicy: optional(14, oneOf("Always", "Never", "IfNotPresent"), ""),
  securityContext: pointer(15, SecurityContext, ""),
  stdin: optional(16, bool, ""),
  stdinOnce: optional(17, bool, ""),
  tty: optional(18, bool, ""),
});
export interface Container extends Infer<typeof Container> {}

export const EphemeralContainerCommon = message("io.k8s.api.core.v1.EphemeralContainerCommon", "", {
  name: required(1, string, ""),
  image: optional(2, string, ""),
  command: optional(3, atomicList(string), ""),
  args: optional(4, atomicList(string), ""),
  workingDir: optional(5, string, ""),
  ports: optional(6, mapList(ContainerPort, "containerPort", "protocol"), "", {
    patch: "merge",
    patchKey: "containerPort",
  }),
  envFrom: optional(19, atomicList(EnvFromSource), ""),
  env: optional(7, mapList(EnvVar, "name"), "", { patch: "merge", patchKey: "name" }),
  resources: struct(8, ResourceRequirements, ""),
  resizePolicy: optional(23, atomicList(ContainerResizePolicy), ""),
  restartPolicy: pointer(24, known("Always", "Never", "OnFailure"), ""),
  restartPolicyRules: optional(25, atomicList(ContainerRestartRule), ""),
  volumeMounts: optional(9, mapList(VolumeMount, "mountPath"), "", { patch: "merge", patchKey: "mountPath" }),
  volumeDevices: optional(21, mapList(VolumeDevice, "devicePath"), "", { patch: "merge", patchKey: "devicePath" }),
  livenessProbe: pointer(10, Probe, ""),
  readinessProbe: pointer(11, Probe, ""),
  startupProbe: pointer(22, Probe, ""),
  lifecycle: pointer(12, Lifecycle, ""),
  terminationMessagePath: optional(13, string, ""),
  terminationMessagePolicy: optional(20, oneOf("File", "FallbackToLogsOnError"), ""),
  imagePullPolicy: optional(14, oneOf("Always", "Never", "IfNotPresent"), ""),
  securityContext: pointer(15, SecurityContext, ""),
  stdin: optional(16, bool, ""),
  stdinOnce: optional(17, bool, ""),
  tty: optional(18, bool, ""),
});
export interface EphemeralContainerCommon extends Infer<typeof EphemeralContainerCommon> {}

export const EphemeralContainer = message(
  "io.k8s.api.core.v1.EphemeralContainer",
  "",
  {
    targetContainerName: optional(2, string, ""),
  },
  [embed(1, EphemeralContainerCommon)],
);
export interface EphemeralContainer extends Infer<typeof EphemeralContainer> {}
