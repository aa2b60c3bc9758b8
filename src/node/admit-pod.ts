// Whether a node takes a pod that was assigned to it: the scheduler's checks once more, because pods may be assigned
// by others, and what only the node knows. Texts are upstream's.
import { podRequest } from "#node/pod/resources.ts";
import { containersOf, isTerminal, uidOf, type Pod } from "#node/pod/types.ts";
import type { PodEnd } from "#node/plan/types.ts";
import { integerValue, milliValue } from "#api/quantity.ts";

export interface AdmissionFacts {
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
  /** Pods of the node, this one perhaps among them. */
  readonly others: readonly Pod[];
  /** Names or prefixes ending in "*". */
  readonly allowedUnsafeSysctls: readonly string[];
}
/** Kernel settings that are bounded by a pod's own namespaces. */
const safeSysctls = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);
const rejected = (reason: string, message: string): PodEnd => ({
  reason,
  message: `Pod was rejected: ${message}`,
  graceSeconds: 0,
});

/** Undefined: it may run. */
export function admitPod(pod: Pod, facts: AdmissionFacts): PodEnd | undefined {
  const os = pod.spec.os?.name;
  if (os !== undefined && os !== "linux")
    return rejected("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
  const sysctl = forbiddenSysctl(pod, facts.allowedUnsafeSysctls);
  if (sysctl !== undefined)
    return rejected("SysctlForbidden", `forbidden sysctl: ${JSON.stringify(sysctl)} not allowlisted`);
  const others = facts.others.filter((other) => uidOf(other) !== uidOf(pod) && !isTerminal(other.status?.phase));
  return (
    lackOfResources(pod, others, facts.allocatable) ??
    (wrongNode(pod, facts.nodeLabels)
      ? rejected("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")
      : undefined) ??
    (portsTaken(pod, others)
      ? rejected("NodePorts", "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")
      : undefined)
  );
}
function forbiddenSysctl(pod: Pod, allowed: readonly string[]): string | undefined {
  const isAllowed = (name: string): boolean =>
    safeSysctls.has(name) ||
    allowed.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  return pod.spec.securityContext?.sysctls?.find((s) => !isAllowed(s.name.replaceAll("/", ".")))?.name;
}
function lackOfResources(
  pod: Pod,
  others: readonly Pod[],
  allocatable: Readonly<Record<string, string>>,
): PodEnd | undefined {
  const lack = (name: string, requested: number, used: number, capacity: number): PodEnd | undefined =>
    requested > 0 && used + requested > capacity
      ? rejected(
          `OutOf${name}`,
          `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
        )
      : undefined;
  const pods = allocatable["pods"];
  const tooMany = pods === undefined ? undefined : lack("pods", 1, others.length, integerValue(pods));
  if (tooMany) return tooMany;
  for (const [name, amount] of Object.entries(allocatable)) {
    if (name === "pods") continue;
    const requested = podRequest(pod.spec, name);
    if (requested === 0) continue;
    const used = others.reduce((sum, other) => sum + podRequest(other.spec, name), 0);
    const found = lack(name, requested, used, name === "cpu" ? milliValue(amount) : integerValue(amount));
    if (found) return found;
  }
  return undefined;
}
const wrongNode = (pod: Pod, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(pod.spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value);

interface HostPort {
  readonly port: number;
  readonly protocol: string;
  readonly ip: string;
}
const hostPorts = (pod: Pod): HostPort[] =>
  containersOf(pod.spec).flatMap(({ container }) =>
    (container.ports ?? []).flatMap((p) =>
      p.hostPort ? [{ port: p.hostPort, protocol: p.protocol ?? "TCP", ip: p.hostIP || "0.0.0.0" }] : [],
    ),
  );
const anyAddress = new Set(["0.0.0.0", "::"]);
const clash = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || anyAddress.has(a.ip) || anyAddress.has(b.ip));
function portsTaken(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = hostPorts(pod);
  return wanted.length > 0 && others.flatMap(hostPorts).some((taken) => wanted.some((port) => clash(port, taken)));
}
