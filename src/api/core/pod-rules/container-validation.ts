// Rules for the containers of a pod: what all share, and what main, init and ephemeral containers add.
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notFoundValue,
  requiredValue,
} from "#api/field-error.ts";
import { isPortName } from "#api/names.ts";
import { dnsLabel, invalidEach, portNumber, requiredOneOf } from "#api/meta/checks.ts";
import type { Container, ContainerPort } from "#api/core/schema/container.ts";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import { validateRestartRules } from "./container-restart-validation.ts";
import { validateEnv, validateEnvFrom } from "./env-validation.ts";
import { type Volumes, validateVolumeDevices, validateVolumeMounts } from "./mount-validation.ts";
import { type PodFacts, validateLifecycle, validateProbes } from "./probe-validation.ts";
import { validateContainerResources } from "./resources-validation.ts";
import { validateContainerSecurity } from "./security-validation.ts";

/** What of the pod its containers depend on. */
export interface ContainerContext extends PodFacts {
  readonly volumes: Volumes;
  readonly claims: ReadonlySet<string>;
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
}

export const pullPolicies = ["Always", "IfNotPresent", "Never"];

function validateCommon(found: FieldError[], field: string, container: Container, pod: ContainerContext): void {
  if (!container.name) found.push(requiredValue(`${field}.name`));
  else dnsLabel(found, `${field}.name`, container.name);
  if (!container.image) found.push(requiredValue(`${field}.image`));
  requiredOneOf(found, `${field}.terminationMessagePolicy`, container.terminationMessagePolicy, [
    "File",
    "FallbackToLogsOnError",
  ]);
  validatePorts(found, `${field}.ports`, container.ports);
  validateEnv(found, `${field}.env`, container.env);
  validateEnvFrom(found, `${field}.envFrom`, container.envFrom);
  validateVolumeMounts(found, `${field}.volumeMounts`, container, pod.volumes);
  validateVolumeDevices(found, `${field}.volumeDevices`, container, pod.volumes);
  requiredOneOf(found, `${field}.imagePullPolicy`, container.imagePullPolicy, pullPolicies);
  validateContainerResources(found, `${field}.resources`, container.resources, pod.claims);
  validateResizePolicy(found, `${field}.resizePolicy`, container, pod.restartPolicy);
  if (container.securityContext)
    validateContainerSecurity(found, `${field}.securityContext`, container.securityContext, pod.hostUsers);
}

function validatePorts(found: FieldError[], field: string, ports: readonly ContainerPort[] = []): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = `${field}[${i}]`;
    if (port.name) {
      const messages = isPortName(port.name);
      invalidEach(found, `${at}.name`, port.name, messages);
      if (names.has(port.name)) found.push(duplicateValue(`${at}.name`, port.name));
      else if (messages.length === 0) names.add(port.name);
    }
    if (!port.containerPort) found.push(requiredValue(`${at}.containerPort`));
    else portNumber(found, `${at}.containerPort`, port.containerPort);
    if (port.hostPort) portNumber(found, `${at}.hostPort`, port.hostPort);
    requiredOneOf(found, `${at}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]);
  }
}
/** Upstream: findings other than duplicates stand under the list, without its index. */
function validateResizePolicy(found: FieldError[], field: string, container: Container, podRestarts: string): void {
  const policies = container.resizePolicy ?? [];
  for (const [i, policy] of policies.entries()) {
    const isRepeated = policies.slice(0, i).some((other) => other.resourceName === policy.resourceName);
    if (isRepeated) found.push(duplicateValue(`${field}[${i}]`, policy.resourceName));
    requiredOneOf(found, field, policy.resourceName, ["cpu", "memory"]);
    requiredOneOf(found, field, policy.restartPolicy, ["NotRequired", "RestartContainer"]);
    if (podRestarts === "Never" && policy.restartPolicy !== "NotRequired")
      found.push(
        invalidValue(field, policy.restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"),
      );
  }
}
/** The same port of the node cannot be given twice. */
function uniqueHostPorts(found: FieldError[], field: string, containers: readonly Container[]): void {
  const seen = new Set<string>();
  for (const [i, container] of containers.entries())
    for (const [j, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue;
      const key = `${port.protocol}/${port.hostIP ?? ""}/${port.hostPort}`;
      if (seen.has(key)) found.push(duplicateValue(`${field}[${i}].ports[${j}].hostPort`, key));
      seen.add(key);
    }
}

export function validateContainers(found: FieldError[], field: string, spec: PodSpec, pod: ContainerContext): void {
  if (spec.containers.length === 0) {
    found.push(requiredValue(field));
    return;
  }
  const names = new Set<string>();
  for (const [i, container] of spec.containers.entries()) {
    const at = `${field}[${i}]`;
    validateCommon(found, at, container, pod);
    if (names.has(container.name)) found.push(duplicateValue(`${at}.name`, container.name));
    names.add(container.name);
    if (container.lifecycle) validateLifecycle(found, `${at}.lifecycle`, container.lifecycle, pod);
    validateProbes(found, at, container);
    validateRestartRules(found, at, container);
  }
  uniqueHostPorts(found, field, spec.containers);
}

export function validateInitContainers(found: FieldError[], field: string, spec: PodSpec, pod: ContainerContext): void {
  const names = new Set(spec.containers.map((container) => container.name));
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const at = `${field}[${i}]`;
    validateCommon(found, at, container, pod);
    if (container.restartPolicy === undefined) {
      if (container.restartPolicyRules?.length)
        found.push(requiredValue(`${at}.restartPolicy`, "must specify restartPolicy when restart rules are used"));
    } else validateRestartRules(found, at, container);
    if (names.has(container.name)) found.push(duplicateValue(`${at}.name`, container.name));
    else if (container.name) names.add(container.name);
    uniqueHostPorts(found, field, [container]);
    if (container.restartPolicy === "Always") {
      if (container.lifecycle) validateLifecycle(found, `${at}.lifecycle`, container.lifecycle, pod);
      validateProbes(found, at, container);
    } else refuseLongLived(found, at, container);
  }
}
/** An init container that ends has no use for what watches over one that goes on. */
function refuseLongLived(found: FieldError[], at: string, container: Container): void {
  for (const name of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const)
    if (container[name])
      found.push(forbiddenValue(`${at}.${name}`, "may not be set for init containers without restartPolicy=Always"));
  for (const [j, policy] of (container.resizePolicy ?? []).entries())
    if (policy.restartPolicy === "RestartContainer")
      found.push(
        invalidValue(
          `${at}.resizePolicy[${j}].restartPolicy`,
          policy.restartPolicy,
          "must not be set to 'RestartContainer' for non-sidecar initContainers",
        ),
      );
}

const refusedForEphemeral = [
  "ports",
  "resources",
  "resizePolicy",
  "restartPolicy",
  "restartPolicyRules",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
] as const;
export function validateEphemeralContainers(
  found: FieldError[],
  field: string,
  spec: PodSpec,
  pod: ContainerContext,
): void {
  const others = new Set([...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.name));
  const names = new Set(others);
  for (const [i, container] of (spec.ephemeralContainers ?? []).entries()) {
    const at = `${field}[${i}]`;
    validateCommon(found, at, container, pod);
    trimmedImage(found, `${at}.image`, container.image);
    if (names.has(container.name)) found.push(duplicateValue(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) found.push(notFoundValue(`${at}.targetContainerName`, target));
    for (const name of refusedForEphemeral)
      if (isGiven(container[name])) found.push(forbiddenValue(`${at}.${name}`, noEphemeral));
    for (const [j, mount] of (container.volumeMounts ?? []).entries())
      for (const name of ["subPath", "subPathExpr"] as const)
        if (mount[name]) found.push(forbiddenValue(`${at}.volumeMounts[${j}].${name}`, noEphemeral));
  }
}
const noEphemeral = "cannot be set for an Ephemeral Container";
const isGiven = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.keys(value).length > 0 : value !== undefined;

/** An image name as a person types it may carry a blank, which no registry finds. */
export function trimmedImage(found: FieldError[], field: string, image: string | undefined): void {
  if (image && image.trim() !== image)
    found.push(invalidValue(field, image, "must not have leading or trailing whitespace"));
}

/** Under the node's own network a port of the container is that of the node. */
export function validateHostNetworkPorts(found: FieldError[], field: string, spec: PodSpec, isPod: boolean): void {
  if (!spec.hostNetwork) return;
  for (const [i, container] of spec.containers.entries())
    for (const [j, port] of (container.ports ?? []).entries()) {
      const hostPort = port.hostPort ?? 0;
      if ((isPod || hostPort !== 0) && hostPort !== port.containerPort)
        found.push(
          invalidValue(
            `${field}[${i}].ports[${j}].hostPort`,
            hostPort,
            "must match `containerPort` when `hostNetwork` is true",
          ),
        );
    }
}

/** Variables from a file need a volume that the containers can write. */
export function validateFileKeyVolumes(found: FieldError[], field: string, spec: PodSpec): void {
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  for (const list of ["initContainers", "containers", "ephemeralContainers"] as const)
    for (const [i, container] of (spec[list] ?? []).entries())
      for (const [j, variable] of (container.env ?? []).entries()) {
        const ref = variable.valueFrom?.fileKeyRef;
        if (!ref) continue;
        const at = `${field}.${list}[${i}].env[${j}].valueFrom.fileKeyRef.volumeName`;
        const volume = volumes.get(ref.volumeName);
        if (!volume) found.push(notFoundValue(at, ref.volumeName));
        else if (!volume.emptyDir)
          found.push(invalidValue(at, ref.volumeName, "referenced volume must be of type emptyDir"));
      }
}
