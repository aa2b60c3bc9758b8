// What a namespace reports while it is being deleted; people and tests read these texts when a deletion hangs.
import type { NamespaceCondition } from "#api/core/schema/config.ts";
import { formatTime } from "#api/time.ts";

export interface Remains {
  /** "pods." or "deployments.apps" → objects left. */
  readonly objects: ReadonlyMap<string, number>;
  /** Finalizer → objects that wait for it. */
  readonly finalizers: ReadonlyMap<string, number>;
}
export interface DeletionFindings {
  readonly discoveryFailures: readonly string[];
  readonly deletionFailures: readonly string[];
  readonly remains: Remains;
}
type Facts = readonly [type: string, holds: boolean, reason: string, message: string];

const listed = (counts: ReadonlyMap<string, number>, joiner: string): string =>
  [...counts]
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${name} ${joiner} ${n} resource instances`)
    .toSorted()
    .join(", ");

export function deletionConditions(
  current: readonly NamespaceCondition[],
  { discoveryFailures, deletionFailures, remains }: DeletionFindings,
  now: number,
): NamespaceCondition[] {
  const undiscovered = `Discovery failed for some groups, ${discoveryFailures.length} failing: unable to retrieve the complete list of server APIs: ${discoveryFailures.join(", ")}`;
  const undeleted = `Failed to delete all resource types, ${deletionFailures.length} remaining: ${deletionFailures.join(", ")}`;
  const objects = listed(remains.objects, "has");
  const finalizers = listed(remains.finalizers, "in");
  const facts: Facts[] = [
    discoveryFailures.length > 0
      ? ["NamespaceDeletionDiscoveryFailure", true, "DiscoveryFailed", undiscovered]
      : ["NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"],
    [
      "NamespaceDeletionGroupVersionParsingFailure",
      false,
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ],
    deletionFailures.length > 0
      ? ["NamespaceDeletionContentFailure", true, "ContentDeletionFailed", undeleted]
      : [
          "NamespaceDeletionContentFailure",
          false,
          "ContentDeleted",
          "All content successfully deleted, may be waiting on finalization",
        ],
    objects
      ? ["NamespaceContentRemaining", true, "SomeResourcesRemain", `Some resources are remaining: ${objects}`]
      : ["NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"],
    finalizers
      ? [
          "NamespaceFinalizersRemaining",
          true,
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${finalizers}`,
        ]
      : ["NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished"],
  ];
  const own = new Set(facts.map(([type]) => type));
  return [
    ...current.filter((c) => !own.has(c.type)),
    ...facts.map(([type, holds, reason, message]): NamespaceCondition => {
      const status = holds ? "True" : "False";
      const known = current.find((c) => c.type === type);
      const lastTransitionTime =
        known?.status === status && known.lastTransitionTime ? known.lastTransitionTime : formatTime(now);
      return { type, status, reason, message, lastTransitionTime };
    }),
  ];
}
