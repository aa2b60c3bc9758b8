// What may change in a pod once it exists: images, a lower deadline, more tolerations, fewer gates; while it is gated
// also a narrower choice of nodes.
import { type FieldError, forbiddenValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { rangeText } from "#api/names.ts";
import { int32Max, sameValue } from "#api/meta/checks.ts";
import { valueDiff } from "#api/meta/value-diff.ts";
import type { Container } from "#api/core/schema/container.ts";
import type { NodeAffinity, NodeSelectorTerm } from "#api/core/schema/node-selector.ts";
import type { Pod, PodSpec } from "#api/core/schema/pod-spec.ts";
import { trimmedImage } from "./container-validation.ts";
import { mirrorAnnotation } from "./pod-validation.ts";

const appArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";
const changeable = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
].join(",");

export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const found: FieldError[] = [];
  validateAnnotationUpdate(found, "metadata.annotations", pod, old);
  for (const list of ["containers", "initContainers"] as const)
    if (!sameContainers(found, `spec.${list}`, pod.spec[list] ?? [], old.spec[list] ?? [])) return found;
  if (!validateDeadline(found, "spec.activeDeadlineSeconds", pod.spec, old.spec)) return found;
  onlyMoreTolerations(found, "spec.tolerations", pod.spec, old.spec);
  onlyFewerGates(found, "spec.schedulingGates", pod.spec, old.spec);
  if (!sameValue(pod.spec, old.spec)) validateSpecUpdate(found, pod.spec, old.spec);
  return found;
}

/** Annotations by which the system itself marks a pod. */
export function validateAnnotationUpdate(found: FieldError[], field: string, pod: Pod, old: Pod): void {
  const now = pod.metadata.annotations ?? {};
  const before = old.metadata.annotations ?? {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (now[key] === before[key]) continue;
    const verb = key in before ? "remove or update" : "add";
    if (key.startsWith(appArmorPrefix))
      found.push(forbiddenValue(`${field}[${key}]`, `may not ${verb} AppArmor annotations`));
    if (key === mirrorAnnotation)
      found.push(forbiddenValue(`${field}[${key}]`, `may not ${verb} mirror pod annotation`));
  }
}

function sameContainers(
  found: FieldError[],
  field: string,
  now: readonly Container[],
  before: readonly Container[],
): boolean {
  if (now.length !== before.length) {
    found.push(forbiddenValue(field, "pod updates may not add or remove containers"));
    return false;
  }
  for (const [i, { image }] of now.entries()) {
    if (!image) found.push(requiredValue(`${field}[${i}].image`));
    trimmedImage(found, `${field}[${i}].image`, image);
  }
  return true;
}

/** False: nothing more needs to be looked at. */
function validateDeadline(found: FieldError[], field: string, spec: PodSpec, old: PodSpec): boolean {
  const now = spec.activeDeadlineSeconds;
  const before = old.activeDeadlineSeconds;
  if (now === undefined) {
    if (before !== undefined)
      found.push(invalidValue(field, null, "must not update from a positive integer to nil value"));
    return true;
  }
  if (now < 0 || now > int32Max) found.push(invalidValue(field, now, rangeText(0, int32Max)));
  else if (before !== undefined && before < now)
    found.push(invalidValue(field, now, "must be less than or equal to previous value"));
  else return true;
  return false;
}

function onlyMoreTolerations(found: FieldError[], field: string, spec: PodSpec, old: PodSpec): void {
  for (const before of old.tolerations ?? []) {
    const kept = (spec.tolerations ?? []).some((now) => {
      const { tolerationSeconds: _now, ...rest } = now;
      const { tolerationSeconds: _before, ...wanted } = before;
      return sameValue(rest, wanted);
    });
    if (kept) continue;
    found.push(forbiddenValue(field, "existing toleration can not be modified except its tolerationSeconds"));
    return;
  }
}
function onlyFewerGates(found: FieldError[], field: string, spec: PodSpec, old: PodSpec): void {
  const before = new Set((old.schedulingGates ?? []).map((gate) => gate.name));
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries())
    if (!before.has(name))
      found.push(
        forbiddenValue(`${field}[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`),
      );
}

const withImages = (now: readonly Container[], before: readonly Container[]): Container[] =>
  now.map((container, i) => {
    const { image: _image, ...rest } = container;
    const image = before[i]?.image;
    return image === undefined ? rest : { ...rest, image };
  });

/** Undoes every change that is allowed; what differs then is refused. */
function validateSpecUpdate(found: FieldError[], spec: PodSpec, old: PodSpec): void {
  const { activeDeadlineSeconds, schedulingGates, tolerations } = old;
  const allowed: Record<string, unknown> = {
    ...spec,
    containers: withImages(spec.containers, old.containers),
    ...(spec.initContainers && { initContainers: withImages(spec.initContainers, old.initContainers ?? []) }),
    activeDeadlineSeconds,
    schedulingGates,
    tolerations,
  };
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1)
    allowed["terminationGracePeriodSeconds"] = old.terminationGracePeriodSeconds;
  if (old.schedulingGates?.length) {
    narrowerNodeSelector(found, "spec.nodeSelector", spec, old);
    allowed["nodeSelector"] = old.nodeSelector;
    narrowerNodeAffinity(found, "spec.affinity.nodeAffinity", spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity);
    allowed["affinity"] = withNodeAffinity(spec.affinity, old.affinity);
  }
  if (!sameValue(allowed, old))
    found.push(
      forbiddenValue("spec", `pod updates may not change fields other than ${changeable}\n${valueDiff(old, allowed)}`),
    );
}
function withNodeAffinity(now: PodSpec["affinity"], old: PodSpec["affinity"]): PodSpec["affinity"] {
  const { nodeAffinity: _dropped, ...pods } = now ?? {};
  const affinity = old?.nodeAffinity ? { ...pods, nodeAffinity: old.nodeAffinity } : pods;
  return Object.keys(affinity).length === 0 && !old ? undefined : affinity;
}
function narrowerNodeSelector(found: FieldError[], field: string, spec: PodSpec, old: PodSpec): void {
  const now = spec.nodeSelector ?? {};
  if (Object.entries(old.nodeSelector ?? {}).some(([key, value]) => now[key] !== value))
    found.push(invalidValue(field, now, "only additions to spec.nodeSelector are allowed (no mutations or deletions)"));
}
function narrowerNodeAffinity(
  found: FieldError[],
  field: string,
  now: NodeAffinity | undefined,
  old: NodeAffinity | undefined,
): void {
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  if (!old?.[required]) return;
  const before = old[required].nodeSelectorTerms ?? [];
  const terms = now?.[required]?.nodeSelectorTerms ?? [];
  const at = `${field}.${required}.nodeSelectorTerms`;
  if (before.length > 0 && before.length !== terms.length) {
    found.push(
      invalidValue(
        at,
        terms.length > 0 ? terms : null,
        "no additions/deletions to non-empty NodeSelectorTerms list are allowed",
      ),
    );
    return;
  }
  for (const [i, term] of before.entries())
    if (!onlyAdds(terms[i]!, term))
      found.push(invalidValue(`${at}[${i}]`, terms[i], "only additions are allowed (no mutations or deletions)"));
}
/** An empty term matches no node, so that a test added to it would widen the choice. */
function onlyAdds(now: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const tests = (term: NodeSelectorTerm) => [term.matchExpressions ?? [], term.matchFields ?? []] as const;
  const [oldExpressions, oldFields] = tests(old);
  const [expressions, fields] = tests(now);
  if (oldExpressions.length + oldFields.length === 0) return expressions.length + fields.length === 0;
  return (
    sameValue(expressions.slice(0, oldExpressions.length), oldExpressions) &&
    sameValue(fields.slice(0, oldFields.length), oldFields)
  );
}
