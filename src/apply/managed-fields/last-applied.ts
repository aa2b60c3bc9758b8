// The passage from client-side to server-side apply. kubectl used to keep its configuration in an annotation; where a
// conflicting field still holds what that annotation says, the field was kubectl's own and may be taken over.
import { isObject, setKey } from "#api/json.ts";
import type { Resolved } from "#api/schema.ts";
import { compare } from "./compare.ts";
import { type FieldSet, difference, emptySet, isMember, paths } from "./field-set.ts";
import { toFieldSet } from "./to-set.ts";

export const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";
/** Total of all annotations; beyond it the annotation is left as it is. */
const maxAnnotationBytes = 256 * 1024;

type Json = Record<string, unknown>;
const annotationsOf = (object: Json): Json => {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  return isObject(metadata["annotations"]) ? metadata["annotations"] : {};
};

/** Whether all conflicts of kubectl are with fields that its own annotation vouches for. */
export function isForcedByLastApplied(
  schema: Resolved,
  patch: { readonly manager: string; readonly apiVersion: string },
  live: Json,
  conflicts: ReadonlyMap<string, FieldSet>,
): boolean {
  if (patch.manager !== "kubectl") return false;
  const last = parse(annotationsOf(live)[lastAppliedAnnotation]);
  if (!last || last["apiVersion"] !== patch.apiVersion) return false;
  const { added, modified, removed } = compare(schema, last, live, emptySet);
  const unchanged = [added, modified, removed].reduce(difference, toFieldSet(schema, last));
  return [...conflicts.values()].every((set) => [...paths(set)].every((path) => isMember(unchanged, path)));
}
function parse(text: unknown): Json | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // Somebody else's annotation.
  }
}

/** As Go writes maps. */
function byKey(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(byKey);
  if (!isObject(value)) return value;
  const sorted: Json = {};
  for (const key of Object.keys(value).toSorted()) setKey(sorted, key, byKey(value[key]));
  return sorted;
}

/** Keeps the annotation true for clients that still look at it. */
export function afterLastApplied(object: Json, config: Json): Json {
  const annotations = annotationsOf(object);
  if (!annotations[lastAppliedAnnotation]) return object;
  const metadata = isObject(config["metadata"]) ? config["metadata"] : {};
  const { [lastAppliedAnnotation]: _old, ...others } = annotationsOf(config);
  const kept = metadata["annotations"] === undefined ? metadata : { ...metadata, annotations: others };
  const text = `${JSON.stringify(byKey({ ...config, metadata: kept }))}\n`;
  const next = { ...annotations, [lastAppliedAnnotation]: text };
  if (JSON.stringify(next).length > maxAnnotationBytes) return object;
  return { ...object, metadata: { ...(object["metadata"] as Json), annotations: next } };
}
