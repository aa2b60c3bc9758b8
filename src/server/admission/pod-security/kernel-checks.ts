// Baseline: what confines a container in the kernel may be given up neither by the pod nor by its containers.
import {
  containersOf,
  containersText,
  distinct,
  namesOf,
  quoted,
  setters,
  type CheckPod,
  type Container,
  type PodSpec,
} from "./check.ts";

export const privileged: CheckPod = (spec) => {
  const names = namesOf(spec, (c) => c.securityContext?.privileged === true);
  if (names.length === 0) return undefined;
  return { reason: "privileged", detail: `${containersText(names)} must not set securityContext.privileged=true` };
};

const procMountOf = (c: Container): string => c.securityContext?.procMount ?? "Default";
export const procMount: CheckPod = (spec) => {
  const names = namesOf(spec, (c) => procMountOf(c) !== "Default");
  if (names.length === 0) return undefined;
  const values = distinct(
    containersOf(spec)
      .map(procMountOf)
      .filter((value) => value !== "Default"),
  );
  return {
    reason: "procMount",
    detail: `${containersText(names)} must not set securityContext.procMount to ${quoted(values)}`,
  };
};

const usualCapabilities = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
]);
const unusualOf = (c: Container): string[] =>
  (c.securityContext?.capabilities?.add ?? []).filter((name) => !usualCapabilities.has(name));
export const capabilitiesBaseline: CheckPod = (spec) => {
  const names = namesOf(spec, (c) => unusualOf(c).length > 0);
  if (names.length === 0) return undefined;
  const added = distinct(containersOf(spec).flatMap(unusualOf));
  return {
    reason: "non-default capabilities",
    detail: `${containersText(names)} must not include ${quoted(added)} in securityContext.capabilities.add`,
  };
};

const appArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";
const isAppArmorAllowed = (type: string | undefined): boolean =>
  type === undefined || type === "RuntimeDefault" || type === "Localhost";
const isAppArmorAnnotationAllowed = (value: string): boolean =>
  value === "" || value === "runtime/default" || value.startsWith("localhost/");
export const appArmorProfile: CheckPod = (spec, annotations) => {
  const typeOf = (of: Pick<Container, "securityContext"> | Pick<PodSpec, "securityContext">): string | undefined =>
    of.securityContext?.appArmorProfile?.type;
  const isPod = !isAppArmorAllowed(typeOf(spec));
  const names = namesOf(spec, (c) => !isAppArmorAllowed(typeOf(c)));
  const types = [typeOf(spec), ...containersOf(spec).map(typeOf)].filter(
    (type) => !isAppArmorAllowed(type),
  ) as string[];
  const forbidden = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(appArmorPrefix) && !isAppArmorAnnotationAllowed(value))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .toSorted();
  const values = [...distinct(types), ...forbidden];
  if (values.length === 0) return undefined;
  const who = [
    ...(isPod || names.length > 0 ? [setters(isPod, names)] : []),
    ...(forbidden.length > 0 ? [forbidden.length === 1 ? "annotation" : "annotations"] : []),
  ].join(" and ");
  return {
    reason: values.length === 1 ? "forbidden AppArmor profile" : "forbidden AppArmor profiles",
    detail: `${who} must not set AppArmor profile type to ${quoted(values)}`,
  };
};

type Labels = NonNullable<NonNullable<PodSpec["securityContext"]>["seLinuxOptions"]>;
const olderTypes = ["", "container_t", "container_init_t", "container_kvm_t"];
export const seLinuxOptions = (isSince131: boolean): CheckPod => {
  const types = new Set(isSince131 ? [...olderTypes, "container_engine_t"] : olderTypes);
  const isBad = (o: Labels | undefined): boolean =>
    o !== undefined && (!types.has(o.type ?? "") || Boolean(o.user) || Boolean(o.role));
  return (spec) => {
    const isPod = isBad(spec.securityContext?.seLinuxOptions);
    const names = namesOf(spec, (c) => isBad(c.securityContext?.seLinuxOptions));
    if (!isPod && names.length === 0) return undefined;
    const all = [spec, ...containersOf(spec)].flatMap((of) => of.securityContext?.seLinuxOptions ?? []);
    const badTypes = distinct(all.map((o) => o.type ?? "").filter((type) => !types.has(type)));
    const faults = [
      ...(badTypes.length > 0 ? [`${badTypes.length === 1 ? "type" : "types"} ${quoted(badTypes)}`] : []),
      ...(all.some((o) => o.user) ? ["user may not be set"] : []),
      ...(all.some((o) => o.role) ? ["role may not be set"] : []),
    ];
    return {
      reason: "seLinuxOptions",
      detail: `${setters(isPod, names)} set forbidden securityContext.seLinuxOptions: ${faults.join("; ")}`,
    };
  };
};

const safeSysctls: readonly { readonly since: number; readonly names: readonly string[] }[] = [
  {
    since: 0,
    names: [
      "kernel.shm_rmid_forced",
      "net.ipv4.ip_local_port_range",
      "net.ipv4.tcp_syncookies",
      "net.ipv4.ping_group_range",
      "net.ipv4.ip_unprivileged_port_start",
    ],
  },
  { since: 27, names: ["net.ipv4.ip_local_reserved_ports"] },
  {
    since: 29,
    names: [
      "net.ipv4.tcp_keepalive_time",
      "net.ipv4.tcp_fin_timeout",
      "net.ipv4.tcp_keepalive_intvl",
      "net.ipv4.tcp_keepalive_probes",
    ],
  },
  { since: 32, names: ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"] },
];
export const sysctlVersions: readonly number[] = safeSysctls.map(({ since }) => since);
export const sysctls = (minor: number): CheckPod => {
  const safe = new Set(safeSysctls.filter(({ since }) => since <= minor).flatMap(({ names }) => names));
  return (spec) => {
    const unsafe = (spec.securityContext?.sysctls ?? []).map((s) => s.name).filter((name) => !safe.has(name));
    return unsafe.length > 0 ? { reason: "forbidden sysctls", detail: unsafe.join(", ") } : undefined;
  };
};
