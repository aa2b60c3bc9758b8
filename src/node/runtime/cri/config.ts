// The node agent's configurations as messages of the container runtime interface. Pure.
import { labels } from "#node/pod/identity.ts";
import type {
  ContainerConfig,
  ContainerResources,
  ContainerSecurity,
  SandboxConfig,
  SeccompSetting,
} from "#node/runtime/runtime.ts";
import type { Draft } from "./message.ts";
import {
  namespaceMode,
  propagationNumber,
  protocolNumber,
  seccompType,
  type containerConfig,
  type methods,
  type podSandboxConfig,
} from "./messages.ts";

/** What a container may not see or write of /proc and /sys, unless its procMount is Unmasked. */
const masked = [
  ...["asound", "acpi", "kcore", "keys", "latency_stats", "timer_list", "timer_stats", "sched_debug", "scsi"].map(
    (name) => `/proc/${name}`,
  ),
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
];
const readOnly = ["bus", "fs", "irq", "sys", "sysrq-trigger"].map((name) => `/proc/${name}`);

/** In the order of the interface's numbers, from 1. */
const signals = (
  "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP " +
  "TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN"
).split(" ");
export function signalNumber(name: string): number {
  const bare = name.replace(/^SIG/, "");
  const real = /^RT(MIN\+|MAX-)(\d+)$/.exec(bare);
  if (real) return real[1] === "MIN+" ? 35 + Number(real[2]) : 65 - Number(real[2]);
  return bare === "RTMAX" ? 65 : signals.indexOf(bare) + 1;
}

const seccomp = (setting: SeccompSetting | undefined) => ({
  profileType: seccompType[setting?.type ?? "Unconfined"],
  localhostRef: setting?.path ?? "",
});
const optional = <T>(value: T | undefined, name: string) => (value === undefined ? {} : { [name]: value });

export function sandboxMessage(config: SandboxConfig): Draft<typeof podSandboxConfig> {
  const { dns, security } = config;
  return {
    metadata: {
      name: config.podName,
      uid: config.podUid,
      namespace: config.namespace,
      attempt: config.attempt,
    },
    hostname: config.hostname,
    logDirectory: config.logDirectory,
    ...(dns ? { dnsConfig: dns } : {}),
    portMappings: config.portMappings.map((p) => ({
      protocol: protocolNumber[p.protocol],
      containerPort: p.containerPort,
      hostPort: p.hostPort,
      hostIp: p.hostIP,
    })),
    labels: { ...config.labels, [labels.podUid]: config.podUid },
    annotations: config.annotations,
    linux: {
      cgroupParent: config.cgroupParent,
      sysctls: config.sysctls,
      securityContext: {
        namespaceOptions: {
          network: config.hostNetwork ? namespaceMode.node : namespaceMode.pod,
          ipc: config.hostIPC ? namespaceMode.node : namespaceMode.pod,
          pid: config.hostPID
            ? namespaceMode.node
            : config.shareProcessNamespace
              ? namespaceMode.pod
              : namespaceMode.container,
        },
        ...optional(security.runAsUser, "runAsUser"),
        ...optional(security.runAsGroup, "runAsGroup"),
        supplementalGroups: security.supplementalGroups,
        privileged: security.privileged,
        seccomp: seccomp(security.seccomp),
      },
    },
  };
}

export function resourcesMessage(resources: ContainerResources) {
  return {
    cpuPeriod: resources.cpuPeriod ?? 0,
    cpuQuota: resources.cpuQuota ?? 0,
    cpuShares: resources.cpuShares ?? 0,
    memoryLimitInBytes: resources.memoryLimitBytes ?? 0,
    oomScoreAdj: resources.oomScoreAdj,
  };
}

function securityMessage(security: ContainerSecurity, sandbox: SandboxConfig) {
  const masks = security.procMount === "Default" && !security.privileged;
  return {
    capabilities: { add: security.addCapabilities, drop: security.dropCapabilities },
    privileged: security.privileged,
    namespaceOptions: {
      network: sandbox.hostNetwork ? namespaceMode.node : namespaceMode.pod,
      ipc: sandbox.hostIPC ? namespaceMode.node : namespaceMode.pod,
      pid: namespaceMode[security.pidMode],
      targetId: security.targetId ?? "",
    },
    ...optional(security.runAsUser, "runAsUser"),
    ...optional(security.runAsGroup, "runAsGroup"),
    runAsUsername: security.runAsUsername ?? "",
    readonlyRootfs: security.readOnlyRootfs,
    supplementalGroups: security.supplementalGroups,
    noNewPrivs: security.noNewPrivileges,
    maskedPaths: masks ? masked : [],
    readonlyPaths: masks ? readOnly : [],
    seccomp: seccomp(security.seccomp),
  };
}

export function containerMessage(config: ContainerConfig, sandbox: SandboxConfig): Draft<typeof containerConfig> {
  return {
    metadata: { name: config.name, attempt: config.attempt },
    image: { image: config.imageRef, userSpecifiedImage: config.image },
    command: config.command,
    args: config.args,
    workingDir: config.workingDir,
    envs: config.env.map(({ name, value }) => ({ key: name, value })),
    mounts: config.mounts.map((m) => ({
      containerPath: m.containerPath,
      hostPath: m.hostPath,
      readonly: m.readOnly,
      propagation: propagationNumber[m.propagation],
    })),
    devices: config.devices.map((d) => ({ ...d, permissions: "mrw" })),
    labels: { ...config.labels, [labels.podUid]: sandbox.podUid },
    annotations: config.annotations,
    logPath: config.logPath,
    stdin: config.stdin,
    stdinOnce: config.stdinOnce,
    tty: config.tty,
    linux: {
      resources: resourcesMessage(config.resources),
      securityContext: securityMessage(config.security, sandbox),
    },
    stopSignal: config.stopSignal === undefined ? 0 : signalNumber(config.stopSignal),
  };
}

export function createContainerRequest(
  sandboxId: string,
  config: ContainerConfig,
  sandbox: SandboxConfig,
): Draft<typeof methods.createContainer.request> {
  return { podSandboxId: sandboxId, config: containerMessage(config, sandbox), sandboxConfig: sandboxMessage(sandbox) };
}
