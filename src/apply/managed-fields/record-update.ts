// Keeps managedFields current on ordinary writes: who changes a field owns it from then on, and alone.
import { decodeMessage } from "#api/decode.ts";
import { isObject } from "#api/json.ts";
import type { ManagedFieldsEntry } from "#api/meta/schema.ts";
import type { Message, Resolved } from "#api/schema.ts";
import { compare, isSame } from "./compare.ts";
import { type FieldSet, emptySet, union } from "./field-set.ts";
import { type Owner, type Owners, capUpdates, identityOf, readOwners, writeOwners } from "./managers.ts";
import { disown, reconciled, subtrees, withoutServerFields } from "./ownership.ts";

export interface RecordUpdate {
  readonly schema: Message<unknown>;
  /** What is stored; undefined on create. */
  readonly live: object | undefined;
  /** What will be stored, its metadata.managedFields still as the client sent them. */
  readonly object: object;
  /** Name of the client; empty becomes "unknown". */
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
  /** RFC 3339. */
  readonly time: string;
  /** Dotted paths that this write cannot change, such as "status" on the main resource. */
  readonly resetFields?: readonly string[] | undefined;
}
interface Managed {
  readonly metadata?: { readonly managedFields?: readonly ManagedFieldsEntry[] };
}
const entriesOf = (object: object | undefined): readonly ManagedFieldsEntry[] | undefined => {
  const entries = (object as Managed | undefined)?.metadata?.managedFields;
  return Array.isArray(entries) ? entries : undefined;
};

/** The entries to store; none for an object that is not tracked. Unchanged when nothing but them differs. */
export function recordUpdate(write: RecordUpdate): readonly ManagedFieldsEntry[] {
  const { live, object, subresource = "" } = write;
  const given = subresource ? undefined : entriesOf(object);
  const stored = entriesOf(live) ?? [];
  const isReset = given !== undefined && (given.length === 0 || isEmptyEntry(given));
  const sent = given && !isReset ? readOwners(given) : undefined;
  const owners = isReset ? new Map<string, Owner>() : sent && sent.size > 0 ? sent : (readOwners(stored) ?? new Map());
  // What was never tracked, or no longer shall be, stays so until somebody applies.
  if (owners.size === 0 && live !== undefined) return [];
  return updated(write, owners, owners === sent ? given! : stored);
}
const isEmptyEntry = (entries: readonly ManagedFieldsEntry[]): boolean =>
  entries.length === 1 && isObject(entries[0]) && Object.keys(entries[0]).length === 0;

function updated(
  write: RecordUpdate,
  before: Owners,
  entries: readonly ManagedFieldsEntry[],
): readonly ManagedFieldsEntry[] {
  const owners = ownersAfter(write, before);
  return owners === before ? entries : writeOwners(capUpdates(owners));
}

/** The owners after a write; the same map when nobody gained or lost. */
export function ownersAfter(write: RecordUpdate, before: Owners): Owners {
  const schema = write.schema as Resolved;
  const live = write.live ?? emptyObject(write.schema);
  const change = compare(schema, live, write.object, subtrees(write.resetFields));
  if (isSame(change)) return before;
  const owners = disown(reconciled(schema, before), change, "");
  const gained = withoutServerFields(union(change.modified, change.added));
  if (gained.size > 0) gain(owners, write, gained);
  return owners;
}
function gain(owners: Map<string, Owner>, write: RecordUpdate, gained: FieldSet): void {
  const { apiVersion, subresource = "", time } = write;
  const identity = { manager: write.manager || "unknown", operation: "Update", apiVersion, subresource } as const;
  const id = identityOf(identity);
  const set = union(owners.get(id)?.set ?? emptySet, gained);
  owners.set(id, { ...identity, set, time });
}

const empties = new WeakMap<object, object>();
/** What an object of a type holds before anybody wrote to it. */
export function emptyObject(schema: Message<unknown>): object {
  let empty = empties.get(schema);
  if (!empty) {
    empty = decodeMessage(schema, {}, { unknownFields: "ignore" }).draft as object;
    empties.set(schema, empty);
  }
  return empty;
}
