// What of a job may change. Its template may while the job is suspended and no pod of it is active: where its pods
// may go, and what they need.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { immutable, immutableText, sameValue } from "#api/meta/checks.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import type { PodSpec, PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { shownPodSpec, shownPodTemplate } from "#api/core/pod-rules/shown-template.ts";
import { type Job, type JobSpec, PodFailurePolicy, SuccessPolicy } from "./job-schema.ts";

export function validateJobUpdate({ spec }: Job, old: Job): FieldError[] {
  const found: FieldError[] = [];
  validateCompletions(found, "spec.completions", spec, old.spec);
  immutable(found, "spec.selector", spec.selector, old.spec.selector);
  validateTemplate(found, spec.template, old);
  immutable(found, "spec.completionMode", spec.completionMode, old.spec.completionMode);
  if (!sameValue(spec.podFailurePolicy, old.spec.podFailurePolicy))
    found.push(unchanged("spec.podFailurePolicy", shownPolicy(PodFailurePolicy, spec.podFailurePolicy)));
  immutable(found, "spec.backoffLimitPerIndex", spec.backoffLimitPerIndex, old.spec.backoffLimitPerIndex);
  immutable(found, "spec.managedBy", spec.managedBy, old.spec.managedBy);
  if (!sameValue(spec.successPolicy, old.spec.successPolicy))
    found.push(unchanged("spec.successPolicy", shownPolicy(SuccessPolicy, spec.successPolicy)));
  return found;
}
const unchanged = (field: string, shown: unknown): FieldError => invalidValue(field, shown, immutableText);
const shownPolicy = (schema: typeof PodFailurePolicy | typeof SuccessPolicy, value: object | undefined): unknown =>
  value && goStruct(schema, value);

function validateCompletions(found: FieldError[], field: string, spec: JobSpec, old: JobSpec): void {
  const { completions, parallelism = 0 } = spec;
  if (spec.completionMode !== "Indexed") immutable(found, field, completions, old.completions);
  else if (completions !== undefined && completions !== old.completions && completions !== parallelism)
    found.push(invalidValue(field, completions, "can only be modified in tandem with spec.parallelism"));
}

function validateTemplate(found: FieldError[], template: PodTemplateSpec, old: Job): void {
  const { suspend = false } = old.spec;
  const held = (old.status.conditions ?? []).some(({ type, status }) => type === "Suspended" && status === "True");
  const atRest = suspend && held && (old.status.active ?? 0) === 0;
  if (atRest) {
    const before = withResources(withScheduling(old.spec.template, template).spec, template.spec);
    if (!sameValue(template.spec, before)) found.push(unchanged("spec.template.spec", shownPodSpec(template.spec)));
  } else if (!sameValue(template, old.spec.template)) {
    found.push(unchanged("spec.template", shownPodTemplate(template)));
  }
}
/** The old template with all of the new one that says where pods go. */
function withScheduling(old: PodTemplateSpec, now: PodTemplateSpec): PodTemplateSpec {
  const { nodeAffinity: _before, ...others } = old.spec.affinity ?? {};
  const nodeAffinity = now.spec.affinity?.nodeAffinity;
  const affinity = { ...others, ...(nodeAffinity && { nodeAffinity }) };
  const keepsAffinity = now.spec.affinity !== undefined || Object.keys(others).length > 0;
  const { affinity: _affinity, nodeSelector: _selector, tolerations: _t, schedulingGates: _g, ...rest } = old.spec;
  const taken = {
    ...(keepsAffinity && { affinity }),
    ...(now.spec.nodeSelector && { nodeSelector: now.spec.nodeSelector }),
    ...(now.spec.tolerations && { tolerations: now.spec.tolerations }),
    ...(now.spec.schedulingGates && { schedulingGates: now.spec.schedulingGates }),
  };
  return { ...old, spec: { ...rest, ...taken } };
}
/** The old spec with the needs of the new one's containers, where those are the same by name. */
function withResources(old: PodSpec, now: PodSpec): PodSpec {
  const merged = <C extends { readonly name: string; readonly resources?: unknown }>(
    before: readonly C[] | undefined,
    after: readonly C[] | undefined,
  ): readonly C[] | undefined =>
    before?.length === after?.length
      ? before?.map((container, i) =>
          container.name === after?.[i]?.name ? { ...container, resources: after[i].resources } : container,
        )
      : before;
  const containers = merged(old.containers, now.containers) ?? [];
  const initContainers = merged(old.initContainers, now.initContainers);
  return { ...old, containers, ...(initContainers && { initContainers }) };
}
