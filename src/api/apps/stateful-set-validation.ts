// Rules for StatefulSets. Most of the spec is for good: pods and volumes are named after it.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { validateClaimSpec } from "#api/core/rules/claim-validation.ts";
import { validatePodTemplate } from "#api/core/pod-rules/pod-validation.ts";
import {
  keepsRunning,
  notDecremented,
  selectorMatchesTemplate,
  validateCounts,
  validateSelector,
} from "#api/core/pod-rules/workload-validation.ts";
import type { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { dnsLabel, labels, nonNegative, sameValue } from "#api/meta/checks.ts";
import { validateAnnotations } from "#api/metadata.ts";
import { atMostWhole, intOrPercentValue, validateIntOrPercent } from "#api/meta/int-or-percent.ts";
import type { StatefulSet, StatefulSetSpec } from "./set-schema.ts";

export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  const found: FieldError[] = [];
  validateManagement(found, spec);
  validateStrategy(found, "spec.updateStrategy", spec.updateStrategy);
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  for (const when of ["whenDeleted", "whenScaled"] as const) {
    const policy = retention?.[when] ?? "";
    if (retention && policy !== "Retain" && policy !== "Delete")
      found.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, policy, ["Retain", "Delete"]));
  }
  for (const [i, claim] of (spec.volumeClaimTemplates ?? []).entries())
    validateClaimSpec(found, `spec.volumeClaimTemplates[${i}].spec`, claim.spec);
  nonNegative(found, "spec.replicas", spec.replicas);
  nonNegative(found, "spec.minReadySeconds", spec.minReadySeconds);
  nonNegative(found, "spec.ordinals.start", spec.ordinals?.start);
  if (spec.serviceName) dnsLabel(found, "spec.serviceName", spec.serviceName);
  const { selector, template } = spec;
  if (validateSelector(found, "spec.selector", selector, "statefulset")) {
    selectorMatchesTemplate(found, "spec.template", selector, template);
    const shown = asItWillBe(spec);
    validatePodTemplate(found, "spec.template", shown);
    // Upstream: once more, at a place of their own.
    labels(found, "spec.template.labels", shown.metadata.labels);
    found.push(...validateAnnotations(shown.metadata.annotations, "spec.template.annotations"));
  } else found.push(invalidValue("spec.selector", selector, ""));
  keepsRunning(found, "spec.template", template, "StatefulSet");
  return found;
}
function validateManagement(found: FieldError[], { podManagementPolicy: policy }: StatefulSetSpec): void {
  const field = "spec.podManagementPolicy";
  if (!policy) found.push(requiredValue(field));
  else if (policy !== "OrderedReady" && policy !== "Parallel")
    found.push(invalidValue(field, policy, "must be 'OrderedReady' or 'Parallel'"));
}
function validateStrategy(found: FieldError[], field: string, strategy: StatefulSetSpec["updateStrategy"]): void {
  const { type, rollingUpdate } = strategy;
  const at = `${field}.rollingUpdate`;
  if (!type) return void found.push(requiredValue(field));
  if (type !== "OnDelete" && type !== "RollingUpdate") {
    const shown = { Type: type, RollingUpdate: rollingUpdate ?? null };
    return void found.push(invalidValue(field, shown, "must be 'RollingUpdate' or 'OnDelete'"));
  }
  if (!rollingUpdate) return;
  const { partition = 0, maxUnavailable } = rollingUpdate;
  if (type === "OnDelete") {
    const shown = { Partition: partition, MaxUnavailable: maxUnavailable ?? null };
    return void found.push(invalidValue(at, shown, "only allowed for updateStrategy 'RollingUpdate'"));
  }
  nonNegative(found, `${at}.partition`, partition);
  if (maxUnavailable === undefined) return;
  validateIntOrPercent(found, `${at}.maxUnavailable`, maxUnavailable);
  if (intOrPercentValue(maxUnavailable) === 0)
    found.push(invalidValue(`${at}.maxUnavailable`, maxUnavailable, "cannot be 0"));
  atMostWhole(found, `${at}.maxUnavailable`, maxUnavailable);
}
/** The template as its pods will be: names of their own, and the claims of the set among their volumes. */
function asItWillBe({ template, volumeClaimTemplates: claims = [] }: StatefulSetSpec): PodTemplateSpec {
  const { subdomain: _subdomain, hostname: _hostname, ...spec } = template.spec;
  if (claims.length === 0) return { ...template, spec };
  const names = claims.map((claim) => claim.metadata.name ?? "");
  const volumes = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const others = (spec.volumes ?? []).filter((volume) => !names.includes(volume.name));
  return { ...template, spec: { ...spec, volumes: [...volumes, ...others] } };
}

const changeable = [
  "replicas",
  "template",
  "updateStrategy",
  "minReadySeconds",
  "ordinals",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
] as const;
export function validateStatefulSetUpdate({ spec }: StatefulSet, old: StatefulSet): FieldError[] {
  const fixed = (of: StatefulSetSpec) =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !(changeable as readonly string[]).includes(name)));
  if (sameValue(fixed(spec), fixed(old.spec))) return [];
  return [
    forbiddenValue(
      "spec",
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
}

export function validateStatefulSetStatus({ status }: StatefulSet, old: StatefulSet): FieldError[] {
  const found: FieldError[] = [];
  validateCounts(
    found,
    status,
    [
      "replicas",
      "readyReplicas",
      "currentReplicas",
      "updatedReplicas",
      "availableReplicas",
      "observedGeneration",
      "collisionCount",
    ],
    ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
  );
  const { availableReplicas: available = 0, readyReplicas: ready = 0 } = status;
  if (available > ready)
    found.push(invalidValue("status.availableReplicas", available, "cannot be greater than status.readyReplicas"));
  notDecremented(found, status.collisionCount, old.status.collisionCount);
  return found;
}
