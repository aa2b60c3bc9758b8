// From a pod to the sandbox that its containers share. Pure.
import { resolverConfigOf, type DnsFacts } from "./dns.ts";
import { podNameOf } from "./hosts-file.ts";
import { sandboxSecurity } from "./security.ts";
import { podLabels } from "#node/pod/identity.ts";
import { containersOf, type Pod } from "#node/pod/types.ts";
import type { PortMapping, SandboxConfig } from "#node/runtime/runtime.ts";

export interface SandboxFacts {
  readonly attempt: number;
  readonly logDirectory: string;
  readonly cgroupParent: string;
  readonly dns: DnsFacts;
  /** Of the pod's RuntimeClass; "" is the default. */
  readonly runtimeHandler: string;
}
/** Throws ConfigError. */
export function sandboxConfig(pod: Pod, facts: SandboxFacts): SandboxConfig {
  const { spec, metadata } = pod;
  const hostNetwork = spec.hostNetwork ?? false;
  const { servers, searches, options } = resolverConfigOf(pod, facts.dns);
  return {
    podUid: metadata.uid ?? "",
    podName: metadata.name ?? "",
    namespace: metadata.namespace ?? "",
    attempt: facts.attempt,
    hostname: hostNetwork ? "" : podNameOf(pod, facts.dns.clusterDomain).hostname,
    hostNetwork,
    hostPID: spec.hostPID ?? false,
    hostIPC: spec.hostIPC ?? false,
    shareProcessNamespace: spec.shareProcessNamespace ?? false,
    labels: podLabels(pod),
    annotations: metadata.annotations ?? {},
    logDirectory: facts.logDirectory,
    dns: { servers, searches, options },
    portMappings: hostNetwork ? [] : portMappings(pod),
    cgroupParent: facts.cgroupParent,
    sysctls: Object.fromEntries(
      (spec.securityContext?.sysctls ?? []).map((s) => [s.name.replaceAll("/", "."), s.value]),
    ),
    runtimeHandler: facts.runtimeHandler,
    security: sandboxSecurity(pod),
  };
}
const portMappings = (pod: Pod): PortMapping[] =>
  containersOf(pod.spec).flatMap(({ container }) =>
    (container.ports ?? []).flatMap((port) =>
      port.hostPort
        ? [
            {
              protocol: port.protocol ?? "TCP",
              containerPort: port.containerPort,
              hostPort: port.hostPort,
              hostIP: port.hostIP ?? "",
            },
          ]
        : [],
    ),
  );
