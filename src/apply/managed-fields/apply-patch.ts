// Server-side apply: lays a configuration over the live object, takes away what the same manager applied before and no
// longer does, and settles who owns what. Pure: the caller decodes, defaults, validates and stores the result.
import { decodeMessage } from "#api/decode.ts";
import { ApiError, badRequest } from "#api/errors.ts";
import { isObject } from "#api/json.ts";
import type { ManagedFieldsEntry } from "#api/meta/schema.ts";
import type { Message, Resolved } from "#api/schema.ts";
import { compare, isSame } from "./compare.ts";
import { conflictError } from "./conflict.ts";
import { type FieldSet, difference, emptySet, intersection, union, without } from "./field-set.ts";
import { afterLastApplied, isForcedByLastApplied } from "./last-applied.ts";
import { type Owner, type Owners, identityOf, readOwners, writeOwners } from "./managers.ts";
import { mergeConfig } from "./merge.ts";
import { contested, disown, reconciled, serverMetadata, subtrees, withoutServerFields } from "./ownership.ts";
import { emptyObject, ownersAfter } from "./record-update.ts";
import { removeFields } from "./remove.ts";
import { toFieldSet, withNamedFields } from "./to-set.ts";
import { validateConfig } from "./validate-config.ts";

export interface ApplyPatch {
  readonly schema: Message<unknown>;
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined when the object does not exist yet. */
  readonly live: object | undefined;
  /** The body as it came, unknown fields and all. */
  readonly config: unknown;
  readonly manager: string;
  readonly force: boolean;
  readonly subresource?: string | undefined;
  /** RFC 3339. */
  readonly time: string;
  /** Dotted paths that this write cannot change, such as "status" on the main resource. */
  readonly resetFields?: readonly string[] | undefined;
}
export interface Applied {
  /** A JSON value without managedFields, still to be decoded, defaulted and validated. */
  readonly object: Record<string, unknown>;
  readonly managedFields: readonly ManagedFieldsEntry[];
}

/** Throws ApiError: Conflict when fields of others would change and `force` is not set, else for a bad configuration. */
export function applyPatch(patch: ApplyPatch): Applied {
  const { schema, manager } = patch;
  const config = checkedConfig(patch);
  const live = withoutEntries(patch.live ?? emptyObject(schema));
  const owners = initialOwners(patch);
  const applied = apply(patch, live, config, owners);
  const object = manager === "kubectl" ? afterLastApplied(applied.object, config) : applied.object;
  return { object, managedFields: writeOwners(applied.owners) };
}

type Json = Record<string, unknown>;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
function checkedConfig({ config, apiVersion, kind, schema }: ApplyPatch): Json {
  if (!isObject(config)) {
    if (config === null || config === undefined) throw badRequest("invalid object type: /, Kind=");
    const type = Array.isArray(config) ? "array" : typeof config === "boolean" ? "bool" : typeof config;
    const why = `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
  }
  if (config["apiVersion"] !== apiVersion || config["kind"] !== kind) {
    const [group, given] = [textOf(config["apiVersion"]), textOf(config["kind"])];
    throw badRequest(`invalid object type: ${group.includes("/") ? group : `/${group}`}, Kind=${given}`);
  }
  const metadata = isObject(config["metadata"]) ? config["metadata"] : {};
  if (metadata["managedFields"] !== undefined && metadata["managedFields"] !== null) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const [namespace, name] = [textOf(metadata["namespace"]), textOf(metadata["name"])];
  const type = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
  validateConfig(schema as Resolved, config, `${namespace}/${name}; ${type}, Kind=${kind}`);
  return config;
}
function withoutEntries(object: object): Json {
  const { metadata, ...rest } = object as { metadata?: { managedFields?: unknown } };
  if (!metadata || metadata.managedFields === undefined) return object as Json;
  const { managedFields: _entries, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** The owners before this apply; what an untracked object holds belongs to "before-first-apply". */
function initialOwners(patch: ApplyPatch): Owners {
  const { live } = patch;
  const entries = (live as { metadata?: { managedFields?: ManagedFieldsEntry[] } } | undefined)?.metadata
    ?.managedFields;
  const owners = readOwners(entries ?? []);
  if (!owners) throw new ApiError("InternalError", "failed to decode managed fields: malformed entry");
  if (owners.size > 0 || !live) return owners;
  return ownersAfter(
    { ...patch, live: undefined, object: withoutEntries(live), manager: "before-first-apply" },
    owners,
  );
}

interface Result {
  readonly object: Json;
  readonly owners: Owners;
}
function apply(patch: ApplyPatch, live: Json, config: Json, before: Owners): Result {
  const schema = patch.schema as Resolved;
  const ignored = subtrees(patch.resetFields);
  const { apiVersion, subresource = "", manager } = patch;
  const identity = { manager: manager || "unknown", operation: "Apply", apiVersion, subresource } as const;
  const id = identityOf(identity);
  const owners = reconciled(schema, before);
  const last = owners.get(id);
  const set = without(toFieldSet(schema, config), ignored);
  owners.set(id, { ...identity, set, time: last?.time });

  const object = prune(schema, mergeConfig(schema, live, config) as Json, last?.set ?? emptySet, owners);
  const change = compare(schema, live, object, ignored);
  const conflicts = contested(owners, change, id);
  if (conflicts.size > 0 && !patch.force && !isForcedByLastApplied(schema, patch, live, conflicts)) {
    throw conflictError(owners, conflicts);
  }
  const settled = disown(owners, change, id);
  settle(settled, id, last, patch.time, changesNothing(patch.schema, live, object, ignored));
  return { object, owners: settled };
}
/** Whether the object stays what it is, once spelled as the server spells it and given back what is the server's. */
function changesNothing(schema: Message<unknown>, live: Json, object: Json, ignored: FieldSet): boolean {
  const options = { unknownFields: "ignore", wrongTypes: "keep" } as const;
  const canonical = decodeMessage(schema, object, options).draft;
  return isSame(compare(schema as Resolved, live, canonical, union(ignored, serverMetadata)));
}
/** Gives the applier its set and time: an apply that leaves the object as it is does not count as one. */
function settle(owners: Map<string, Owner>, id: string, last: Owner | undefined, now: string, noop: boolean): void {
  const mine = owners.get(id);
  if (!mine) return;
  const set = withoutServerFields(mine.set);
  owners.set(id, { ...mine, set, time: noop ? last?.time : now });
}

/** Removes what this manager applied last, applies no longer, and no one else owns. */
function prune(schema: Resolved, merged: Json, last: FieldSet, owners: Owners): Json {
  if (last.size === 0) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(schema, set);
  const setOfObject = (object: unknown): FieldSet => named(toFieldSet(schema, object));
  const previous = named(last);
  const all = setOfObject(merged);
  const owned = named([...owners.values()].map((o) => o.set).reduce(union, emptySet));
  // Away with all of the last configuration, back with what anybody owns, back with what was never in it.
  const stripped = setOfObject(removeFields(schema, merged, previous));
  const kept = setOfObject(removeFields(schema, merged, difference(all, union(stripped, owned))));
  return removeFields(schema, merged, intersection(difference(all, kept), previous)) as Json;
}
