// Containers of a pod: image, command, environment, ports, probes and hooks.

import {
  type Infer,
  atomicList,
  bool,
  embed,
  int32,
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
import { Lifecycle, Probe } from "#api/core/schema/probe.ts";
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
  "Names a config map whose every key becomes an environment variable.",
  {
    optional: pointer(2, bool, "When true, the container starts even if the config map does not exist."),
  },
  [embed(1, LocalObjectReference)],
);
export interface ConfigMapEnvSource extends Infer<typeof ConfigMapEnvSource> {}

export const ContainerPort = message(
  "io.k8s.api.core.v1.ContainerPort",
  "A port on which the container listens; mostly informational.",
  {
    name: optional(1, string, "Label unique in the pod, so that services and probes can refer to it."),
    hostPort: optional(2, int32, "Port opened on the node for this container; avoid it unless truly needed."),
    containerPort: required(3, int32, "Port number inside the pod, 1 to 65535."),
    protocol: optional(4, oneOf("TCP", "UDP", "SCTP"), "TCP (default), UDP or SCTP.", { default: "TCP" }),
    hostIP: optional(5, string, "Node address on which hostPort is opened; empty means all of them."),
  },
);
export interface ContainerPort extends Infer<typeof ContainerPort> {}

export const SecretEnvSource = message(
  "io.k8s.api.core.v1.SecretEnvSource",
  "Names a secret whose every key becomes an environment variable.",
  {
    optional: pointer(2, bool, "When true, the container starts even if the secret does not exist."),
  },
  [embed(1, LocalObjectReference)],
);
export interface SecretEnvSource extends Infer<typeof SecretEnvSource> {}

export const EnvFromSource = message(
  "io.k8s.api.core.v1.EnvFromSource",
  "Loads a whole config map or secret into the environment.",
  {
    prefix: optional(1, string, "Text put in front of each variable name."),
    configMapRef: pointer(2, ConfigMapEnvSource, "The config map to load."),
    secretRef: pointer(3, SecretEnvSource, "The secret to load."),
  },
);
export interface EnvFromSource extends Infer<typeof EnvFromSource> {}

export const EnvVarSource = message(
  "io.k8s.api.core.v1.EnvVarSource",
  "Where the value of an environment variable is taken from; pick exactly one.",
  {
    fieldRef: pointer(1, ObjectFieldSelector, "A field of the pod itself, such as metadata.name or status.podIP."),
    resourceFieldRef: pointer(2, ResourceFieldSelector, "A CPU, memory or storage figure of a container in this pod."),
    configMapKeyRef: pointer(3, ConfigMapKeySelector, "One key of a config map in this namespace."),
    secretKeyRef: pointer(4, SecretKeySelector, "One key of a secret in this namespace."),
    fileKeyRef: pointer(5, FileKeySelector, "One key of an env-style file found in a volume of the pod."),
  },
);
export interface EnvVarSource extends Infer<typeof EnvVarSource> {}

export const EnvVar = message("io.k8s.api.core.v1.EnvVar", "One environment variable of the container.", {
  name: required(1, string, "Name of the variable, usually in upper case."),
  value: optional(2, string, "Literal text; $(OTHER) inserts an earlier variable and $$ writes a dollar sign."),
  valueFrom: pointer(3, EnvVarSource, "Fetches the value from elsewhere; cannot be combined with a non-empty value."),
});
export interface EnvVar extends Infer<typeof EnvVar> {}

export const ContainerResizePolicy = message(
  "io.k8s.api.core.v1.ContainerResizePolicy",
  "What happens to the container when one of its resources is resized in place.",
  {
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
      "The resource this rule is for: cpu or memory.",
    ),
    restartPolicy: required(
      2,
      known("NotRequired", "RestartContainer"),
      "NotRequired applies the new size live; RestartContainer restarts to apply it.",
    ),
  },
);
export interface ContainerResizePolicy extends Infer<typeof ContainerResizePolicy> {}

export const ContainerRestartRuleOnExitCodes = message(
  "io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes",
  "Matches a container by the code with which it exited.",
  {
    operator: required(1, known("In", "NotIn"), "In matches the listed codes; NotIn matches every other code.", {
      omitEmpty: true,
    }),
    values: optional(2, setList(int32), "Exit codes to compare with, 0 to 255."),
  },
);
export interface ContainerRestartRuleOnExitCodes extends Infer<typeof ContainerRestartRuleOnExitCodes> {}

export const ContainerRestartRule = message(
  "io.k8s.api.core.v1.ContainerRestartRule",
  "Overrides the restart policy when the container exits in a given way.",
  {
    action: required(
      1,
      known("Restart", "RestartAllContainers"),
      "Restart this container, or RestartAllContainers to restart the whole pod in place.",
      { omitEmpty: true },
    ),
    exitCodes: pointer(2, ContainerRestartRuleOnExitCodes, "Exit codes for which the rule applies."),
  },
);
export interface ContainerRestartRule extends Infer<typeof ContainerRestartRule> {}

export const VolumeMount = message(
  "io.k8s.api.core.v1.VolumeMount",
  "Shows a volume of the pod inside the container's file system.",
  {
    name: required(1, string, "Which volume of the pod to show."),
    readOnly: optional(2, bool, "When true, the container cannot write there; false by default."),
    recursiveReadOnly: pointer(
      7,
      known("Disabled", "IfPossible", "Enabled"),
      "Whether mounts below this one become read-only too; needs readOnly.",
    ),
    mountPath: required(3, string, "Directory or file in the container where the volume appears; no colon allowed."),
    subPath: optional(4, string, "Part of the volume to show, relative to its root; the root by default."),
    mountPropagation: pointer(
      5,
      oneOf("None", "HostToContainer", "Bidirectional"),
      "Whether later mounts are shared with the node; None by default.",
    ),
    subPathExpr: optional(
      6,
      string,
      "Same as subPath, with $(VAR) replaced by environment variables of the container.",
    ),
  },
);
export interface VolumeMount extends Infer<typeof VolumeMount> {}

export const VolumeDevice = message(
  "io.k8s.api.core.v1.VolumeDevice",
  "Hands a raw block volume to the container as a device.",
  {
    name: required(1, string, "Which volume of the pod, backed by a claim in Block mode."),
    devicePath: required(2, string, "Device file as seen in the container, for example /dev/xvda."),
  },
);
export interface VolumeDevice extends Infer<typeof VolumeDevice> {}

export const Container = message("io.k8s.api.core.v1.Container", "One program, from an image, running in a pod.", {
  name: required(1, string, "Name of the container, unique in the pod; a DNS label that cannot change."),
  image: optional(2, string, "Image to run, for example nginx:1.27."),
  command: optional(3, atomicList(string), "Program to start in place of the image's entrypoint; not run by a shell."),
  args: optional(4, atomicList(string), "Arguments of the program, in place of the image's default ones."),
  workingDir: optional(5, string, "Directory in which the program starts; the image decides by default."),
  ports: optional(
    6,
    mapList(ContainerPort, "containerPort", "protocol"),
    "Ports the container serves; leaving one out does not close it.",
    { patch: "merge", patchKey: "containerPort" },
  ),
  envFrom: optional(
    19,
    atomicList(EnvFromSource),
    "Config maps and secrets loaded whole as variables; env wins on equal names.",
  ),
  env: optional(7, mapList(EnvVar, "name"), "Environment variables set one by one.", {
    patch: "merge",
    patchKey: "name",
  }),
  resources: struct(8, ResourceRequirements, "CPU, memory and other resources the container asks for and may use."),
  resizePolicy: optional(
    23,
    atomicList(ContainerResizePolicy),
    "Per resource, whether changing its size needs a container restart.",
  ),
  restartPolicy: pointer(
    24,
    known("Always", "Never", "OnFailure"),
    "Overrides the pod's policy; Always on an init container makes it a sidecar.",
  ),
  restartPolicyRules: optional(
    25,
    atomicList(ContainerRestartRule),
    "Exceptions to restartPolicy based on exit code; the first match wins.",
  ),
  volumeMounts: optional(
    9,
    mapList(VolumeMount, "mountPath"),
    "Volumes shown in the container's file system, and where.",
    { patch: "merge", patchKey: "mountPath" },
  ),
  volumeDevices: optional(21, mapList(VolumeDevice, "devicePath"), "Raw block volumes given to the container.", {
    patch: "merge",
    patchKey: "devicePath",
  }),
  livenessProbe: pointer(10, Probe, "Checks that it still works; on failure the container is restarted."),
  readinessProbe: pointer(11, Probe, "Checks that it can serve; on failure services stop sending it traffic."),
  startupProbe: pointer(22, Probe, "Checks that it has started; the other probes wait until this one succeeds."),
  lifecycle: pointer(12, Lifecycle, "Hooks to run after start and before stop."),
  terminationMessagePath: optional(
    13,
    string,
    "File whose contents become the exit message; /dev/termination-log by default.",
    { default: "/dev/termination-log" },
  ),
  terminationMessagePolicy: optional(
    20,
    oneOf("File", "FallbackToLogsOnError"),
    "File (default), or FallbackToLogsOnError to use the last log lines after a crash.",
    { default: "File" },
  ),
  imagePullPolicy: optional(
    14,
    oneOf("Always", "Never", "IfNotPresent"),
    "Always, IfNotPresent or Never; defaults to Always only for the latest tag.",
  ),
  securityContext: pointer(15, SecurityContext, "Security settings of this container; they win over those of the pod."),
  stdin: optional(16, bool, "When true, keeps an input stream open for the program; false by default."),
  stdinOnce: optional(17, bool, "When true, closes the input after the first attached client leaves."),
  tty: optional(18, bool, "When true, gives the program a terminal; needs stdin."),
});
export interface Container extends Infer<typeof Container> {}

export const EphemeralContainerCommon = message(
  "io.k8s.api.core.v1.EphemeralContainerCommon",
  "The fields a debugging container shares with ordinary ones.",
  {
    name: required(1, string, "Name of the container, different from all others in the pod."),
    image: optional(2, string, "Image to run, usually one full of debugging tools."),
    command: optional(
      3,
      atomicList(string),
      "Program to start in place of the image's entrypoint; not run by a shell.",
    ),
    args: optional(4, atomicList(string), "Arguments of the program, in place of the image's default ones."),
    workingDir: optional(5, string, "Directory in which the program starts; the image decides by default."),
    ports: optional(6, mapList(ContainerPort, "containerPort", "protocol"), "Not allowed in a debugging container.", {
      patch: "merge",
      patchKey: "containerPort",
    }),
    envFrom: optional(
      19,
      atomicList(EnvFromSource),
      "Config maps and secrets loaded whole as variables; env wins on equal names.",
    ),
    env: optional(7, mapList(EnvVar, "name"), "Environment variables set one by one.", {
      patch: "merge",
      patchKey: "name",
    }),
    resources: struct(8, ResourceRequirements, "Not allowed; a debugging container uses spare resources of the pod."),
    resizePolicy: optional(23, atomicList(ContainerResizePolicy), "Not allowed in a debugging container."),
    restartPolicy: pointer(
      24,
      known("Always", "Never", "OnFailure"),
      "Not allowed; a debugging container is never restarted.",
    ),
    restartPolicyRules: optional(
      25,
      atomicList(ContainerRestartRule),
      "Not allowed; a debugging container is never restarted.",
    ),
    volumeMounts: optional(
      9,
      mapList(VolumeMount, "mountPath"),
      "Volumes shown in the container; sub-paths are not allowed here.",
      { patch: "merge", patchKey: "mountPath" },
    ),
    volumeDevices: optional(21, mapList(VolumeDevice, "devicePath"), "Raw block volumes given to the container.", {
      patch: "merge",
      patchKey: "devicePath",
    }),
    livenessProbe: pointer(10, Probe, "Not allowed in a debugging container."),
    readinessProbe: pointer(11, Probe, "Not allowed in a debugging container."),
    startupProbe: pointer(22, Probe, "Not allowed in a debugging container."),
    lifecycle: pointer(12, Lifecycle, "Not allowed in a debugging container."),
    terminationMessagePath: optional(
      13,
      string,
      "File whose contents become the exit message; /dev/termination-log by default.",
      { default: "/dev/termination-log" },
    ),
    terminationMessagePolicy: optional(
      20,
      oneOf("File", "FallbackToLogsOnError"),
      "File (default), or FallbackToLogsOnError to use the last log lines after a crash.",
      { default: "File" },
    ),
    imagePullPolicy: optional(
      14,
      oneOf("Always", "Never", "IfNotPresent"),
      "Always, IfNotPresent or Never; defaults to Always only for the latest tag.",
    ),
    securityContext: pointer(
      15,
      SecurityContext,
      "Security settings of this container; they win over those of the pod.",
    ),
    stdin: optional(16, bool, "When true, keeps an input stream open, as an interactive shell requires."),
    stdinOnce: optional(17, bool, "When true, closes the input after the first attached client leaves."),
    tty: optional(18, bool, "When true, gives the program a terminal; needs stdin."),
  },
);
export interface EphemeralContainerCommon extends Infer<typeof EphemeralContainerCommon> {}

export const EphemeralContainer = message(
  "io.k8s.api.core.v1.EphemeralContainer",
  "A temporary container added to a running pod to debug it; it cannot be removed.",
  {
    targetContainerName: optional(
      2,
      string,
      "Container whose processes it should see; empty means none in particular.",
    ),
  },
  [embed(1, EphemeralContainerCommon)],
);
export interface EphemeralContainer extends Infer<typeof EphemeralContainer> {}
