// The owners of an object's fields: metadata.managedFields read into one set a manager, and written back. A manager is
// known by its name, operation, subresource and, for updates, API version.
import { isObject } from "#api/json.ts";
import type { ManagedFieldsEntry } from "#api/meta/schema.ts";
import { parseTime } from "#api/time.ts";
import { type FieldSet, formatFields, parseFields, union } from "./field-set.ts";

export interface ManagerIdentity {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
}
export interface Owner extends ManagerIdentity {
  readonly set: FieldSet;
  readonly time?: string | undefined;
}
/** By identity. */
export type Owners = ReadonlyMap<string, Owner>;

/** One client that applies has one entry, whatever version it speaks. */
export const identityOf = (m: ManagerIdentity): string =>
  JSON.stringify([m.manager, m.operation, m.operation === "Apply" ? "" : m.apiVersion, m.subresource]);

/** Undefined when an entry is malformed; nobody then owns anything. */
export function readOwners(entries: readonly ManagedFieldsEntry[]): Owners | undefined {
  const owners = new Map<string, Owner>();
  for (const entry of entries) {
    const owner = readOwner(entry);
    if (!owner) return undefined;
    owners.set(identityOf(owner), owner);
  }
  return owners;
}
const parsed = new WeakMap<object, FieldSet>();
/** What a set was read from: an owner that a write leaves alone is not written anew. */
const sources = new WeakMap<FieldSet, Readonly<Record<string, unknown>>>();
function readOwner(entry: ManagedFieldsEntry): Owner | undefined {
  const { manager = "", operation, apiVersion, fieldsType, fieldsV1 = {}, subresource = "", time } = entry;
  if (operation !== "Apply" && operation !== "Update") return undefined;
  if (!apiVersion || fieldsType !== "FieldsV1" || !isObject(fieldsV1)) return undefined;
  const set = parsed.get(fieldsV1) ?? parseFields(fieldsV1);
  if (!set) return undefined;
  if (Object.isFrozen(fieldsV1)) {
    parsed.set(fieldsV1, set);
    sources.set(set, fieldsV1);
  }
  return { manager, operation, apiVersion, subresource, set, time };
}

/** Owners with fields, in upstream's order: operation, time, name. */
export function writeOwners(owners: Owners): ManagedFieldsEntry[] {
  return [...owners.values()]
    .filter((owner) => owner.set.size > 0)
    .toSorted(byOperationAndTime)
    .map(({ manager, operation, apiVersion, time, set, subresource }) => ({
      manager,
      operation,
      apiVersion,
      ...(time ? { time } : {}),
      fieldsType: "FieldsV1",
      fieldsV1: sources.get(set) ?? formatFields(set),
      ...(subresource ? { subresource } : {}),
    }));
}
const secondsOf = (owner: Owner): number => (owner.time ? Math.floor(parseTime(owner.time) / 1000) : 0);
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byOperationAndTime = (a: Owner, b: Owner): number =>
  compareText(a.operation, b.operation) ||
  secondsOf(a) - secondsOf(b) ||
  compareText(a.manager, b.manager) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource);

/** More entries for updates than this are merged, the oldest first. */
export const maxUpdateOwners = 10;
const ancient = "ancient-changes";

/** Merges the oldest updates into one entry an API version. */
export function capUpdates(owners: Owners): Owners {
  const updates = [...owners.values()].filter((o) => o.operation === "Update");
  if (updates.length <= maxUpdateOwners) return owners;
  const capped = new Map(owners);
  const buckets = new Map<string, Owner>();
  let count = updates.length;
  for (const owner of updates.toSorted(
    (a, b) => secondsOf(a) - secondsOf(b) || compareText(identityOf(a), identityOf(b)),
  )) {
    if (count <= maxUpdateOwners) break;
    const first = buckets.get(owner.apiVersion);
    if (!first) {
      buckets.set(owner.apiVersion, owner);
      continue;
    }
    // The first of a version stays itself until there is another one to merge with.
    capped.delete(identityOf(first));
    capped.delete(identityOf(owner));
    const bucket = { ...owner, manager: ancient, subresource: "", set: union(first.set, owner.set) };
    capped.set(identityOf(bucket), bucket);
    buckets.set(owner.apiVersion, bucket);
    count--;
  }
  return capped;
}
