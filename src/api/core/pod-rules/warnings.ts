// Texts for the Warning headers of pods and pod templates: what is accepted but will hardly do what was meant.
import { member } from "#api/json.ts";
import { isDnsLabel } from "#api/names.ts";
import { parseQuantity } from "#api/quantity.ts";
import { ipWarnings } from "#api/meta/ip.ts";
import type { ObjectMeta } from "#api/meta/schema.ts";
import type { Container, ContainerPort } from "#api/core/schema/container.ts";
import { overlapWarnings } from "./overlap-warnings.ts";
import type { Pod, PodSpec, PodTemplateSpec } from "#api/core/schema/pod-spec.ts";

/** On create; an update of a pod warns of nothing. */
export function podWarnings(pod: Pod, old?: Pod): string[] {
  if (old) return [];
  const name = isDnsLabel(pod.metadata.name ?? "");
  const hostname = `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${name.join(" ")}]`;
  return [...(name.length > 0 ? [hostname] : []), ...specWarnings("", pod.spec, pod.metadata)];
}
/** `field` is that of the template. */
export const podTemplateWarnings = (field: string, template: PodTemplateSpec): string[] =>
  specWarnings(`${field}.`, template.spec, template.metadata);

function specWarnings(prefix: string, spec: PodSpec, meta: ObjectMeta): string[] {
  const field = `${prefix}spec`;
  return [
    ...nodeLabelWarnings(field, spec),
    ...spreadWarnings(field, spec),
    ...annotationWarnings(`${prefix}metadata.annotations`, meta),
    ...volumeWarnings(field, spec),
    ...overlapWarnings(spec),
    ...duplicateWarnings(
      `${field}.hostAliases`,
      "ip",
      spec.hostAliases?.map(({ ip }) => ip),
    ),
    ...duplicateWarnings(
      `${field}.imagePullSecrets`,
      "name",
      spec.imagePullSecrets?.map(({ name = "" }) => name),
    ),
    ...emptySecretWarnings(field, spec),
    ...fractionWarnings(`${field}.overhead`, spec.overhead),
    ...visitContainers(spec, field).flatMap(([at, container]) => containerWarnings(at, container)),
    ...portWarnings(field, spec),
    ...portNameWarnings(field, spec),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...podAffinityWarnings(field, spec),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((ip, i) => ipWarnings(`${field}.dnsConfig.nameservers[${i}]`, ip)),
    ...(spec.hostAliases ?? []).flatMap(({ ip }, i) => ipWarnings(`${field}.hostAliases[${i}].ip`, ip)),
  ];
}

const visitContainers = (spec: PodSpec, field: string): [at: string, container: Container][] =>
  (["initContainers", "containers", "ephemeralContainers"] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, i): [string, Container] => [`${field}.${list}[${i}]`, container]),
  );

const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": `deprecated since v1.14; use "kubernetes.io/arch" instead`,
  "beta.kubernetes.io/os": `deprecated since v1.14; use "kubernetes.io/os" instead`,
  "failure-domain.beta.kubernetes.io/region": `deprecated since v1.17; use "topology.kubernetes.io/region" instead`,
  "failure-domain.beta.kubernetes.io/zone": `deprecated since v1.17; use "topology.kubernetes.io/zone" instead`,
  "beta.kubernetes.io/instance-type": `deprecated since v1.17; use "node.kubernetes.io/instance-type" instead`,
  "app.kubernetes.io/created-by": "deprecated since v1.9",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
  "node-role.kubernetes.io/master": `use "node-role.kubernetes.io/control-plane" instead`,
};
/** Why a label of nodes should no longer be used; undefined: it may. */
export const deprecatedNodeLabel = (key: string): string | undefined => member(deprecatedNodeLabels, key);
function nodeLabelWarnings(field: string, spec: PodSpec): string[] {
  const found = Object.keys(spec.nodeSelector ?? {})
    .filter(deprecatedNodeLabel)
    .map((key) => `${field}.nodeSelector[${key}]: ${deprecatedNodeLabel(key)!}`);
  const node = spec.affinity?.nodeAffinity;
  const at = `${field}.affinity.nodeAffinity`;
  const required = node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const preferred = node?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const terms = [
    ...required.map(
      (term, i) => [`${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`, term] as const,
    ),
    ...preferred.map(
      ({ preference }, i) =>
        [`${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`, preference] as const,
    ),
  ];
  for (const [path, term] of terms)
    for (const [i, { key }] of (term.matchExpressions ?? []).entries())
      if (deprecatedNodeLabel(key))
        found.push(`${path}.matchExpressions[${i}].key: ${key} is ${deprecatedNodeLabel(key)}`);
  return found;
}
function spreadWarnings(field: string, spec: PodSpec): string[] {
  return (spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, i) => {
    const at = `${field}.topologySpreadConstraints[${i}]`;
    const deprecated = deprecatedNodeLabel(topologyKey);
    return [
      ...(deprecated ? [`${at}.topologyKey: ${topologyKey} is ${deprecated}`] : []),
      ...(labelSelector ? [] : [`${at}.labelSelector: a null labelSelector results in matching no pod`]),
    ];
  });
}
function podAffinityWarnings(field: string, spec: PodSpec): string[] {
  const found: string[] = [];
  const warn = (at: string): void =>
    void found.push(`${at}.labelSelector: a null labelSelector results in matching no pod`);
  for (const name of ["podAffinity", "podAntiAffinity"] as const) {
    const at = `${field}.affinity.${name}`;
    const terms = spec.affinity?.[name];
    for (const [i, term] of (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries())
      if (!term.labelSelector) warn(`${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`);
    for (const [i, term] of (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries())
      if (!term.podAffinityTerm.labelSelector)
        warn(`${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`);
  }
  return found;
}

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  "scheduler.alpha.kubernetes.io/critical-pod": `non-functional in v1.16+; use the "priorityClassName" field instead`,
  "security.alpha.kubernetes.io/sysctls": `non-functional in v1.11+; use the "sysctls" field instead`,
  "security.alpha.kubernetes.io/unsafe-sysctls": `non-functional in v1.11+; use the "sysctls" field instead`,
};
const annotationWarnings = (field: string, meta: ObjectMeta): string[] =>
  Object.entries(deprecatedAnnotations)
    .filter(([key]) => meta.annotations?.[key] !== undefined)
    .map(([key, text]) => `${field}[${key}]: ${text}`);

const deprecatedVolumes: readonly (readonly [string, string])[] = [
  ["photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"],
  ["scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["flocker", "deprecated in v1.22, non-functional in v1.25+"],
  ["storageos", "deprecated in v1.22, non-functional in v1.25+"],
  ["quobyte", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["rbd", "deprecated in v1.28, non-functional in v1.31+"],
];
function volumeWarnings(field: string, spec: PodSpec): string[] {
  return (spec.volumes ?? []).flatMap((volume, i) =>
    deprecatedVolumes
      .filter(([source]) => volume[source as keyof typeof volume] !== undefined)
      .map(([source, text]) => {
        const shown = source === "storageos" ? "storageOS" : source;
        return `${field}.volumes[${i}].${shown}: ${text}`;
      }),
  );
}

function duplicateWarnings(field: string, key: string, values: readonly string[] = []): string[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => {
    if (seen.has(value)) return [`${field}[${i}].${key}: duplicate ${key} ${JSON.stringify(value)}`];
    seen.add(value);
    return [];
  });
}
const emptySecretWarnings = (field: string, spec: PodSpec): string[] =>
  (spec.imagePullSecrets ?? []).flatMap(({ name }, i) =>
    name ? [] : [`${field}.imagePullSecrets[${i}].name: invalid empty name ""`],
  );

function fractionWarnings(field: string, amounts: Readonly<Record<string, string>> | undefined): string[] {
  return ["memory", "ephemeral-storage"].flatMap((name) => {
    const amount = amounts?.[name];
    if (amount === undefined || parseQuantity(amount).nano % 1_000_000_000n === 0n) return [];
    return [`${field}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`];
  });
}
function containerWarnings(at: string, { resources, env = [] }: Container): string[] {
  const limits = `${at}.resources.limits`;
  const requests = `${at}.resources.requests`;
  const pick = (amounts: Readonly<Record<string, string>> | undefined, name: string) =>
    amounts?.[name] === undefined ? undefined : { [name]: amounts[name] };
  const found = ["memory", "ephemeral-storage"].flatMap((name) => [
    ...fractionWarnings(limits, pick(resources.limits, name)),
    ...fractionWarnings(requests, pick(resources.requests, name)),
  ]);
  const names = new Set<string>();
  for (const [i, { name, value = "", valueFrom }] of env.entries()) {
    const refers = value.includes(`$(${name})`) && value !== `$(${name})`;
    if (names.has(name) && (valueFrom || !refers))
      found.push(
        `${at}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
      );
    names.add(name);
  }
  return found;
}

interface PortAt {
  readonly at: string;
  readonly port: ContainerPort;
}
const portsOf = (field: string, spec: PodSpec): PortAt[] =>
  visitContainers(spec, field).flatMap(([at, { ports = [] }]) =>
    ports.map((port, i) => ({ at: `${at}.ports[${i}]`, port })),
  );
const enoughWarnings = 200;
function portWarnings(field: string, spec: PodSpec): string[] {
  const found: string[] = [];
  const byPort = new Map<string, PortAt[]>();
  for (const { at, port } of portsOf(field, spec)) {
    // Each pair of many equal ports is worth a warning; more than these do not fit into an answer's headers.
    if (found.length > enoughWarnings) break;
    const { hostIP = "", hostPort = 0 } = port;
    if (hostIP && !hostPort) found.push(`${at}: hostIP set without hostPort: ${portText(port)}`);
    const key = `${port.containerPort} ${port.protocol}`;
    const seen = byPort.get(key) ?? [];
    for (const other of seen) {
      const { hostIP: otherIP = "", hostPort: otherPort = 0 } = other.port;
      if (hostIP === otherIP && hostPort === otherPort) found.push(`${at}: duplicate port definition with ${other.at}`);
      else if (!hostPort || !otherPort) found.push(`${at}: overlapping port definition with ${other.at}`);
      else if (hostPort === otherPort && (hostIP === "") !== (otherIP === ""))
        found.push(`${at}: dangerously ambiguous port definition with ${other.at}`);
    }
    byPort.set(key, seen);
    seen.push({ at, port });
  }
  return found;
}
/** Upstream prints its own struct. */
const portText = (port: ContainerPort): string =>
  `{Name:${port.name ?? ""} HostPort:${port.hostPort ?? 0} ContainerPort:${port.containerPort} Protocol:${port.protocol ?? ""} HostIP:${port.hostIP ?? ""}}`;
function portNameWarnings(field: string, spec: PodSpec): string[] {
  const seen = new Map<string, string>();
  return portsOf(field, spec).flatMap(({ at, port: { name } }) => {
    if (!name) return [];
    const other = seen.get(name);
    if (other === undefined) {
      seen.set(name, at);
      return [];
    }
    return [
      `${at}: duplicate port name ${JSON.stringify(name)} with ${other}, services and probes that select ports by name will use ${other}`,
    ];
  });
}
