// Baseline: what a pod may not have of its node: namespaces, paths, ports, probes of other hosts, Windows' host process.
import {
  containersOf,
  containersText,
  distinct,
  namesOf,
  quoted,
  setters,
  type CheckPod,
  type Container,
} from "./check.ts";

export const hostNamespaces: CheckPod = (spec) => {
  const used = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec[field]);
  return used.length > 0
    ? { reason: "host namespaces", detail: used.map((field) => `${field}=true`).join(", ") }
    : undefined;
};

export const hostPathVolumes: CheckPod = (spec) => {
  const names = (spec.volumes ?? []).filter((v) => v.hostPath).map((v) => v.name);
  if (names.length === 0) return undefined;
  return { reason: "hostPath volumes", detail: `${names.length === 1 ? "volume" : "volumes"} ${quoted(names)}` };
};

const hostPortsOf = (container: Container): number[] =>
  (container.ports ?? []).flatMap((port) => (port.hostPort ? [port.hostPort] : []));
export const hostPorts: CheckPod = (spec) => {
  const names = namesOf(spec, (c) => hostPortsOf(c).length > 0);
  if (names.length === 0) return undefined;
  const ports = distinct(containersOf(spec).flatMap(hostPortsOf).map(String));
  const uses = names.length === 1 ? "uses" : "use";
  return {
    reason: "hostPort",
    detail: `${containersText(names)} ${uses} ${ports.length === 1 ? "hostPort" : "hostPorts"} ${ports.join(", ")}`,
  };
};

interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}
function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return (handlers as readonly (Handler | undefined)[])
    .flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host])
    .filter((host): host is string => Boolean(host));
}
export const hostProbesAndHostLifecycle: CheckPod = (spec) => {
  const names = distinct(namesOf(spec, (c) => hostsOf(c).length > 0));
  if (names.length === 0) return undefined;
  const hosts = distinct(containersOf(spec).flatMap(hostsOf));
  const what = hosts.length === 1 ? "probe or lifecycle host" : "probe or lifecycle hosts";
  return {
    reason: "probe or lifecycle host",
    detail: `${containersText(names)} ${names.length === 1 ? "uses" : "use"} ${what} ${quoted(hosts)}`,
  };
};

export const windowsHostProcess: CheckPod = (spec) => {
  const names = namesOf(spec, (c) => c.securityContext?.windowsOptions?.hostProcess === true);
  const isPod = spec.securityContext?.windowsOptions?.hostProcess === true;
  if (!isPod && names.length === 0) return undefined;
  const detail = `${setters(isPod, names)} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: "hostProcess", detail };
};
