// What the pods of a namespace would be told by a level that it begins to enforce: they go on, so it is a warning.
import type { Pod } from "#api/core/pod.ts";
import { violations } from "./evaluate.ts";
import { levelText, type LevelVersion } from "./policy.ts";

const mostPods = 3_000;

/** One pod of each owner first: the others are most likely the same. */
function byOwner(pods: Iterable<Pod>): Pod[] {
  const owners = new Set<string>();
  const first: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.find((o) => o.controller)?.uid;
    if (owner !== undefined && owners.has(owner)) others.push(pod);
    else first.push(pod);
    if (owner !== undefined) owners.add(owner);
  }
  return [...first, ...others];
}

const othersText = (count: number): string =>
  count === 1 ? "" : count === 2 ? " (and 1 other pod)" : ` (and ${count - 1} other pods)`;

export function warningsOfExisting(namespace: string, level: LevelVersion, existing: Iterable<Pod>): string[] {
  const all = byOwner(existing);
  const found = new Map<string, string[]>();
  for (const pod of all.slice(0, mostPods)) {
    const reasons = violations(level, pod.metadata, pod.spec)
      .map((v) => v.reason)
      .join(", ");
    if (reasons) found.set(reasons, [...(found.get(reasons) ?? []), pod.metadata.name!]);
  }
  const lines = Array.from(
    found,
    ([reasons, names]) => `${names.toSorted()[0]!}${othersText(names.length)}: ${reasons}`,
  );
  return [
    ...(all.length > mostPods
      ? [`new PodSecurity enforce level only checked against the first ${mostPods} of ${all.length} existing pods`]
      : []),
    ...(lines.length > 0
      ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${levelText(level)}"`]
      : []),
    ...lines.toSorted(),
  ];
}
