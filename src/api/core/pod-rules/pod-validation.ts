// Rules for a pod as it is written by people and controllers, and for the pod templates of every workload.
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
  tooLong,
} from "#api/field-error.ts";
import { isDnsSubdomain, isDnsSubdomainWithUnderscore } from "#api/names.ts";
import {
  dnsLabel,
  dnsSubdomain,
  inRange,
  int32Max,
  invalidEach,
  labels,
  qualifiedName,
  requiredOneOf,
} from "#api/meta/checks.ts";
import { checkIp } from "#api/meta/ip.ts";
import type { ObjectMeta } from "#api/meta/schema.ts";
import type { Pod, PodDNSConfig, PodResourceClaim, PodSpec, PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { validateAnnotations } from "#api/metadata.ts";
import { validateAffinity, validateTolerations } from "./affinity-validation.ts";
import {
  type ContainerContext,
  trimmedImage,
  validateContainers,
  validateEphemeralContainers,
  validateFileKeyVolumes,
  validateHostNetworkPorts,
  validateInitContainers,
} from "./container-validation.ts";
import { validateContainerResources, validatePodLevelResources } from "./resources-validation.ts";
import { validateHostUsers, validatePodSecurity } from "./security-validation.ts";
import { validateSpread } from "./spread-validation.ts";
import { validateVolumes } from "./volume-validation.ts";
import { validateHostProcess, validateOperatingSystem } from "./windows-validation.ts";

export const mirrorAnnotation = "kubernetes.io/config.mirror";
const deletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

interface SpecContext {
  /** The pod's metadata; none for a template. */
  readonly podMeta?: ObjectMeta;
}

/** A pod spec, of a pod or (without metadata) of a template. */
export function validatePodSpec(found: FieldError[], field: string, spec: PodSpec, context: SpecContext = {}): void {
  const isPod = context.podMeta !== undefined;
  if (spec.terminationGracePeriodSeconds === undefined)
    found.push(requiredValue(`${field}.terminationGracePeriodSeconds`));
  const volumes = validateVolumes(found, `${field}.volumes`, spec.volumes, { podMeta: context.podMeta, isPod });
  const pod: ContainerContext = {
    volumes,
    claims: new Set((spec.resourceClaims ?? []).map((claim) => claim.name).filter(Boolean)),
    restartPolicy: spec.restartPolicy ?? "",
    hostUsers: spec.hostUsers ?? true,
    graceSeconds: spec.terminationGracePeriodSeconds,
    os: spec.os,
  };
  validateClaims(found, `${field}.resourceClaims`, spec.resourceClaims, context.podMeta);
  validateContainers(found, `${field}.containers`, spec, pod);
  validateInitContainers(found, `${field}.initContainers`, spec, pod);
  validateEphemeralContainers(found, `${field}.ephemeralContainers`, spec, pod);
  validatePodLevelResources(found, field, spec, pod.claims);
  validateHostNetworkPorts(found, `${field}.containers`, spec, isPod);
  requiredOneOf(found, `${field}.restartPolicy`, spec.restartPolicy, ["Always", "OnFailure", "Never"]);
  requiredOneOf(found, `${field}.dnsPolicy`, spec.dnsPolicy, [
    "ClusterFirstWithHostNet",
    "ClusterFirst",
    "Default",
    "None",
  ]);
  labels(found, `${field}.nodeSelector`, spec.nodeSelector);
  validatePodSecurity(found, `${field}.securityContext`, spec);
  validateAffinity(found, `${field}.affinity`, spec.affinity);
  validateDns(found, `${field}.dnsConfig`, spec);
  validateGates(found, field, spec);
  validateSpread(found, `${field}.topologySpreadConstraints`, spec.topologySpreadConstraints);
  validateHostProcess(found, field, spec);
  validateHostUsers(found, field, spec);
  validateNames(found, field, spec);
  validateTolerations(found, `${field}.tolerations`, spec.tolerations);
  validateRest(found, field, spec);
  validateOperatingSystem(found, field, spec);
  validateSchedulingGroup(found, `${field}.schedulingGroup`, spec.schedulingGroup);
  validateFileKeyVolumes(found, field, spec);
}

function validateNames(found: FieldError[], field: string, spec: PodSpec): void {
  const { hostnameOverride: override, activeDeadlineSeconds: deadline } = spec;
  if (override !== undefined) {
    const at = `${field}.hostnameOverride`;
    if (spec.setHostnameAsFQDN) found.push(forbiddenValue(at, "may not be specified when setHostnameAsFQDN is true"));
    if (spec.hostNetwork) found.push(forbiddenValue(at, "may not be specified when hostNetwork is true"));
    if (override.length > 64) found.push(tooLong(at, 64));
    dnsSubdomain(found, at, override);
  }
  if (spec.serviceAccountName) dnsSubdomain(found, `${field}.serviceAccountName`, spec.serviceAccountName);
  if (spec.nodeName) dnsSubdomain(found, `${field}.nodeName`, spec.nodeName);
  if (deadline !== undefined) inRange(found, `${field}.activeDeadlineSeconds`, deadline, 1, int32Max);
  if (spec.hostname) dnsLabel(found, `${field}.hostname`, spec.hostname);
  if (spec.subdomain) dnsLabel(found, `${field}.subdomain`, spec.subdomain);
}
function validateRest(found: FieldError[], field: string, spec: PodSpec): void {
  for (const [i, alias] of (spec.hostAliases ?? []).entries()) {
    checkIp(found, `${field}.hostAliases[${i}].ip`, alias.ip);
    for (const [j, name] of (alias.hostnames ?? []).entries())
      dnsSubdomain(found, `${field}.hostAliases[${i}].hostnames[${j}]`, name);
  }
  if (spec.priorityClassName) dnsSubdomain(found, `${field}.priorityClassName`, spec.priorityClassName);
  if (spec.runtimeClassName !== undefined) dnsSubdomain(found, `${field}.runtimeClassName`, spec.runtimeClassName);
  if (spec.preemptionPolicy !== undefined)
    requiredOneOf(found, `${field}.preemptionPolicy`, spec.preemptionPolicy, ["PreemptLowerPriority", "Never"]);
  if (spec.overhead) validateContainerResources(found, `${field}.overhead`, { limits: spec.overhead }, new Set());
}
function validateSchedulingGroup(found: FieldError[], field: string, group: PodSpec["schedulingGroup"]): void {
  if (!group) return;
  const { podGroupName: name } = group;
  const at = `${field}.podGroupName`;
  if (name === undefined) found.push(invalidValue(at, null, "must specify one of: `podGroupName`"));
  else invalidEach(found, at, name, isDnsSubdomain(name));
}
function validateGates(found: FieldError[], field: string, spec: PodSpec): void {
  for (const [i, gate] of (spec.readinessGates ?? []).entries())
    qualifiedName(found, `${field}.readinessGates[${i}].conditionType`, gate.conditionType);
  const seen = new Set<string>();
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries()) {
    const at = `${field}.schedulingGates[${i}]`;
    qualifiedName(found, at, name);
    if (seen.has(name)) found.push(duplicateValue(at, name));
    seen.add(name);
  }
}

function validateDns(found: FieldError[], field: string, { dnsPolicy, dnsConfig: config }: PodSpec): void {
  if (dnsPolicy === "None") {
    if (!config) return void found.push(requiredValue(field, "must provide `dnsConfig` when `dnsPolicy` is None"));
    if (!config.nameservers?.length)
      return void found.push(
        requiredValue(`${field}.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None"),
      );
  }
  if (config) validateDnsConfig(found, field, config);
}
function validateDnsConfig(found: FieldError[], field: string, config: PodDNSConfig): void {
  const { nameservers = [], searches = [], options = [] } = config;
  if (nameservers.length > 3)
    found.push(invalidValue(`${field}.nameservers`, nameservers, "must not have more than 3 nameservers"));
  for (const [i, server] of nameservers.entries()) checkIp(found, `${field}.nameservers[${i}]`, server);
  if (searches.length > 32)
    found.push(invalidValue(`${field}.searches`, searches, "must not have more than 32 search paths"));
  if (searches.join(" ").length > 2048)
    found.push(
      invalidValue(
        `${field}.searches`,
        searches,
        "must not have more than 2048 characters (including spaces) in the search list",
      ),
    );
  for (const [i, search] of searches.entries()) {
    const name = search.replace(/\.$/, "");
    if (search !== ".") invalidEach(found, `${field}.searches[${i}]`, name, isDnsSubdomainWithUnderscore(name));
  }
  for (const [i, option] of options.entries())
    if (!option.name) found.push(requiredValue(`${field}.options[${i}]`, "must not be empty"));
}

function validateClaims(
  found: FieldError[],
  field: string,
  claims: readonly PodResourceClaim[] = [],
  podMeta: ObjectMeta | undefined,
): void {
  const names = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    const at = `${field}[${i}]`;
    if (podMeta?.annotations?.[mirrorAnnotation] !== undefined) {
      found.push(forbiddenValue("", "static pods do not support resource claims"));
      continue;
    }
    if (!claim.name) found.push(requiredValue(`${at}.name`));
    else if (names.has(claim.name)) found.push(duplicateValue(`${at}.name`, claim.name));
    else dnsLabel(found, `${at}.name`, claim.name);
    names.add(claim.name);
    validateClaimTarget(found, at, claim);
  }
}
function validateClaimTarget(found: FieldError[], at: string, claim: PodResourceClaim): void {
  const { resourceClaimName: name, resourceClaimTemplateName: template } = claim;
  // Upstream shows the value as its own Go struct.
  const shown = { Name: claim.name, ResourceClaimName: name ?? null, ResourceClaimTemplateName: template ?? null };
  if (name !== undefined && template !== undefined)
    found.push(
      invalidValue(at, shown, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"),
    );
  if (name === undefined && template === undefined)
    found.push(invalidValue(at, shown, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"));
  if (name !== undefined) dnsSubdomain(found, `${at}.resourceClaimName`, name);
  if (template !== undefined) dnsSubdomain(found, `${at}.resourceClaimTemplateName`, template);
}

/** A pod, on create and on update; what holds only on create is validatePodCreate. */
export function validatePod(pod: Pod): FieldError[] {
  const found: FieldError[] = [];
  validatePodAnnotations(found, "metadata.annotations", pod.metadata.annotations, pod.spec);
  validatePodSpec(found, "spec", pod.spec, { podMeta: pod.metadata });
  if (!pod.spec.serviceAccountName)
    for (const [i, volume] of (pod.spec.volumes ?? []).entries())
      for (const [j, source] of (volume.projected?.sources ?? []).entries())
        if (source.serviceAccountToken)
          found.push(
            forbiddenValue(
              `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
              "must not be specified when serviceAccountName is not set",
            ),
          );
  for (const list of ["containers", "initContainers"] as const)
    for (const [i, container] of (pod.spec[list] ?? []).entries())
      trimmedImage(found, `spec.${list}[${i}].image`, container.image);
  return found;
}
export function validatePodCreate({ spec }: Pod): FieldError[] {
  const found: FieldError[] = [];
  if (spec.ephemeralContainers?.length)
    found.push(forbiddenValue("spec.ephemeralContainers", "cannot be set on create"));
  if (spec.nodeName && spec.schedulingGates?.length)
    found.push(forbiddenValue("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  return found;
}
function validatePodAnnotations(
  found: FieldError[],
  field: string,
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec,
): void {
  const mirror = annotations?.[mirrorAnnotation];
  if (mirror !== undefined && !spec.nodeName)
    found.push(
      invalidValue(`${field}[${mirrorAnnotation}]`, mirror, "must set spec.nodeName if mirror pod annotation is set"),
    );
  const cost = annotations?.[deletionCostAnnotation];
  if (cost === undefined) return;
  const number = Number(cost);
  const good = /^(0|[1-9][0-9]*|-[0-9]+)$/.test(cost) && number >= -int32Max - 1 && number <= int32Max;
  if (!good) found.push(invalidValue(`${field}[${deletionCostAnnotation}]`, cost, "must be a 32bit integer"));
}

/** The template from which a workload makes its pods. */
export function validatePodTemplate(found: FieldError[], field: string, template: PodTemplateSpec): void {
  labels(found, `${field}.labels`, template.metadata.labels);
  found.push(...validateAnnotations(template.metadata.annotations, `${field}.annotations`));
  validatePodAnnotations(found, `${field}.annotations`, template.metadata.annotations, template.spec);
  validatePodSpec(found, `${field}.spec`, template.spec);
  if (template.spec.ephemeralContainers?.length)
    found.push(forbiddenValue(`${field}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template"));
}
