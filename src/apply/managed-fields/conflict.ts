// The error of an apply that would change fields of others.
import { ApiError } from "#api/errors.ts";
import { type FieldSet, paths } from "./field-set.ts";
import type { Owners } from "./managers.ts";
import { pathText } from "./path-element.ts";

/** Names an owner: "kubectl" with subresource "status" using v1; an applier goes without a version. */
function ownerText(owners: Owners, id: string): string {
  const { manager, subresource, operation, apiVersion } = owners.get(id)!;
  const through = subresource ? ` with subresource ${JSON.stringify(subresource)}` : "";
  return `${JSON.stringify(manager)}${through}${operation === "Update" ? ` using ${apiVersion}` : ""}`;
}

/** Lists every contested field as a cause; `conflicts` by identity of the owner. */
export function conflictError(owners: Owners, conflicts: ReadonlyMap<string, FieldSet>): ApiError {
  const causes = [...conflicts.keys()].toSorted().flatMap((id) =>
    [...paths(conflicts.get(id)!)].map((path) => ({
      owner: ownerText(owners, id),
      field: pathText(path),
    })),
  );
  return new ApiError("Conflict", messageOf(causes), {
    details: {
      causes: causes.map(({ owner, field }) => ({
        reason: "FieldManagerConflict",
        message: `conflict with ${owner}`,
        field,
      })),
    },
  });
}
function messageOf(causes: readonly { owner: string; field: string }[]): string {
  if (causes.length === 1)
    return `Apply failed with 1 conflict: conflict with ${causes[0]!.owner}: ${causes[0]!.field}`;
  const lines = [...Map.groupBy(causes, (cause) => cause.owner)].flatMap(([owner, list]) => [
    `conflicts with ${owner}:`,
    ...list.map(({ field }) => `- ${field}`),
  ]);
  return `Apply failed with ${causes.length} conflicts: ${lines.join("\n")}`;
}
