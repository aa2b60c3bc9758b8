// Parts that many objects have in common are held once: which fields a manager owns, labels, the containers of a
// Deployment's pods. Objects are frozen, so nobody can tell. Most of a parsed pod is such parts.
import { deepFreeze, setKey } from "#api/json.ts";
import type { KubeObject } from "#api/kind.ts";

type Fields = Readonly<Record<string, unknown>>;

/** So many texts are known at least; what is not asked for any more is forgotten after twice as many. */
const generation = 4_096;
/** Shorter ones are not worth it, longer ones are rarely met again. */
const [shortest, longest] = [16, 16 * 1024];
/** Parts by their JSON. */
let young = new Map<string, object>();
let old = new Map<string, object>();

/** The part itself, or its like that was met before; frozen. */
function shared<T extends object>(part: T): T {
  const text = JSON.stringify(part);
  if (text.length < shortest || text.length > longest) return part;
  const known = young.get(text);
  if (known) return known as T;
  // Made of the text, for what has the same text may differ from it: -0, or members that are undefined.
  const one = (old.get(text) as T | undefined) ?? deepFreeze(JSON.parse(text) as T);
  if (young.size >= generation) [old, young] = [young, new Map()];
  young.set(text, one);
  return one;
}
const isPart = (value: unknown): value is object => typeof value === "object" && value !== null;

function withSharedMembers(fields: Fields): Fields {
  const result: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name];
    setKey(result, name, isPart(value) && name !== "managedFields" ? shared(value) : value);
  }
  return result;
}
/** Entries differ by their times, what they say about fields does not. */
function withSharedSets(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.map((entry: unknown) => {
    const fields = isPart(entry) ? (entry as Fields)["fieldsV1"] : undefined;
    return isPart(fields) ? { ...(entry as Fields), fieldsV1: shared(fields) } : entry;
  });
}

/** A copy whose metadata and spec consist of shared parts. */
export function withSharedParts<T extends KubeObject>(object: T): T {
  const metadata = withSharedMembers(object.metadata as Fields) as Record<string, unknown>;
  if (metadata["managedFields"]) metadata["managedFields"] = withSharedSets(metadata["managedFields"]);
  const { spec } = object as { readonly spec?: unknown };
  const hasParts = isPart(spec) && !Array.isArray(spec);
  return { ...object, metadata, ...(hasParts ? { spec: withSharedMembers(spec as Fields) } : {}) };
}
