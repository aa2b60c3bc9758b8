// What a list or a watch selects: namespace, label selector and field selector, as one test on served objects.
import { badRequest } from "#api/errors.ts";
import { apiVersionOf, type AnyKind, type KubeObject } from "#api/kind.ts";
import {
  exactFieldValue,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type FieldRequirement,
} from "#api/selectors.ts";
import type { Matches } from "./cache/history.ts";
import type { Selection } from "./cache/watcher.ts";
import { indexedFields } from "./cache/watcher-set.ts";
import type { Served } from "./registry.ts";

type FieldOf = (object: KubeObject) => string;
const common: Readonly<Record<string, FieldOf>> = {
  "metadata.name": (object) => object.metadata.name ?? "",
  "metadata.namespace": (object) => object.metadata.namespace ?? "",
};

function fieldOf(kind: AnyKind, field: string): FieldOf {
  for (const fields of [common, kind.selectableFields as Readonly<Record<string, FieldOf>>])
    if (Object.hasOwn(fields, field)) return fields[field]!;
  throw badRequest(unknownField(kind, field));
}

/** Upstream: kinds with fields of their own say it in their own words. */
function unknownField(kind: AnyKind, field: string): string {
  if (kind.kind === "Job") return `field label ${JSON.stringify(field)} not supported for Job`;
  if (kind.kind === "ResourceSlice")
    return `field label not supported for ${apiVersionOf(kind)}, Kind=ResourceSlice: ${field}`;
  if (kind.custom || Object.keys(kind.selectableFields).length > 0) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function fieldTest(kind: AnyKind, requirements: readonly FieldRequirement[]): Matches | undefined {
  if (requirements.length === 0) return undefined;
  const fields = new Map(requirements.map((r) => [r.field, fieldOf(kind, r.field)]));
  return (object) => matchesFields(requirements, (field) => fields.get(field)!(object));
}

/** `name`: where the path or the field selector names one object. */
export function selectionOf(
  served: Served,
  namespace: string,
  options: { readonly labelSelector: string; readonly fieldSelector: string },
  name = "",
): Selection {
  const labels = parseLabelSelector(options.labelSelector);
  const given = parseFieldSelector(options.fieldSelector);
  if (name !== "" && given.length > 0 && exactFieldValue(given, "metadata.name") !== name)
    throw badRequest("fieldSelector metadata.name doesn't match requested name");
  const named: FieldRequirement = { field: "metadata.name", operator: "=", value: name };
  const fields = name !== "" && given.length === 0 ? [named] : given;
  const byFields = fieldTest(served.of, fields);
  const byLabels: Matches | undefined =
    labels.length > 0 ? (object) => matchesLabels(labels, object.metadata.labels) : undefined;
  const matches = byFields && byLabels ? (o: KubeObject) => byFields(o) && byLabels(o) : (byFields ?? byLabels);
  const exact: Record<string, string> = {};
  // The index looks at stored objects; a version that is converted may show other values.
  if (!served.of.storedAs)
    for (const field of Object.keys(indexedFields)) {
      const value = exactFieldValue(fields, field);
      if (value !== undefined) exact[field] = value;
    }
  return {
    version: served,
    namespace: served.of.scope === "Cluster" ? "" : namespace,
    ...(matches ? { matches } : {}),
    ...(Object.keys(exact).length > 0 ? { exact } : {}),
  };
}
