// What the rules of a Job say: about a failed pod, and about whether the indexes that succeeded are enough.
import { countIndexes, parseIndexes } from "#api/batch/indexes.ts";
import type { JobSpec, PodFailurePolicyRule } from "#api/batch/job-schema.ts";
import type { Pod } from "#api/core/pod.ts";

export interface PolicyMatch {
  readonly action: "FailJob" | "FailIndex" | "Ignore" | "Count";
  /** Which rule it was, for people. */
  readonly message: string;
}
/** The first rule that a failed pod matches; without one the failure counts. */
export function matchFailurePolicy(policy: JobSpec["podFailurePolicy"], pod: Pod): PolicyMatch | undefined {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const found = matchRule(rule, pod);
    if (found) return { action: rule.action, message: `${found} matching ${rule.action} rule at index ${index}` };
  }
  return undefined;
}
function matchRule({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const { namespace, name } = pod.metadata;
  if (onExitCodes) {
    const { containerName, operator, values } = onExitCodes;
    const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
    for (const { name: container, state } of statuses) {
      const code = state?.terminated?.exitCode;
      if (code === undefined || code === 0 || (containerName !== undefined && containerName !== container)) continue;
      if (values.includes(code) === (operator === "In"))
        return `Container ${container} for pod ${namespace}/${name} failed with exit code ${code}`;
    }
  }
  for (const { type, status = "True" } of onPodConditions ?? [])
    if (pod.status.conditions?.some((c) => c.type === type && c.status === status))
      return `Pod ${namespace}/${name} has condition ${type}`;
  return undefined;
}

/** A text when one of the rules is met. */
export function matchSuccessPolicy(spec: JobSpec, succeeded: ReadonlySet<number>): string | undefined {
  for (const [index, rule] of (spec.successPolicy?.rules ?? []).entries()) {
    const list =
      rule.succeededIndexes === undefined ? undefined : parseIndexes(rule.succeededIndexes, spec.completions ?? 0);
    const ranges = list && "ranges" in list ? list.ranges : undefined;
    const inRanges = (n: number): boolean => !ranges || ranges.some(({ from, to }) => from <= n && n <= to);
    const reached = [...succeeded].filter(inRanges).length;
    const wanted = rule.succeededCount ?? (ranges ? countIndexes(ranges) : Infinity);
    if (reached >= wanted) return `Matched rules at index ${index}`;
  }
  return undefined;
}

/** "1,3-5" as a set; what cannot be read counts as nothing. */
export function indexSet(text: string | undefined, completions: number): Set<number> {
  const list = parseIndexes(text ?? "", completions);
  const set = new Set<number>();
  if ("ranges" in list) for (const { from, to } of list.ranges) for (let i = from; i <= to; i++) set.add(i);
  return set;
}
export function indexText(set: ReadonlySet<number>): string {
  const parts: string[] = [];
  const sorted = [...set].toSorted((a, b) => a - b);
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (sorted[j + 1] === sorted[j]! + 1) j++;
    parts.push(i === j ? String(sorted[i]) : `${sorted[i]}${j === i + 1 ? "," : "-"}${sorted[j]}`);
    i = j + 1;
  }
  return parts.join(",");
}
