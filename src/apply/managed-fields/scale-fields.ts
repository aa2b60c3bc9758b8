// Who owns the replica count: the entries of an object as they look on its scale, and back. On the scale there is one field,
// spec.replicas; on the object it may lie elsewhere, and belongs among other fields.
import type { ManagedFieldsEntry } from "#api/meta/schema.ts";
import { difference, isMember, setOf } from "./field-set.ts";
import { type Owner, identityOf, readOwners, writeOwners } from "./managers.ts";
import { fieldElement, type Path } from "./path-element.ts";

export const scaleApiVersion = "autoscaling/v1";
const replicas: Path = ["f:spec", "f:replicas"];

export interface ScaleFields {
  /** Of the object; also the API version under which its scale is asked for. */
  readonly apiVersion: string;
  /** Dotted path of the replicas in the object. */
  readonly specReplicas: string;
}
const pathOf = ({ specReplicas }: ScaleFields): Path => specReplicas.replace(/^\./, "").split(".").map(fieldElement);

/** How managers are told apart between the two, whatever the version of the object. */
const managerOf = (owner: Owner): string => identityOf({ ...owner, apiVersion: "" });
const ownersOf = (entries: readonly ManagedFieldsEntry[] | undefined): Owner[] => [
  ...(readOwners(entries ?? [])?.values() ?? []),
];
const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")));
/** Entries of versions that the object cannot have are dropped. */
const isKnown = (fields: ScaleFields, { apiVersion }: Owner): boolean =>
  groupOf(apiVersion) === groupOf(fields.apiVersion);

/** The entries of the object that own the replicas, as entries of its scale. */
export function entriesOfScale(
  fields: ScaleFields,
  entries: readonly ManagedFieldsEntry[] | undefined,
): ManagedFieldsEntry[] {
  const path = pathOf(fields);
  const owners = ownersOf(entries)
    .filter((owner) => isKnown(fields, owner) && isMember(owner.set, path))
    .map((owner): Owner => ({ ...owner, apiVersion: scaleApiVersion, set: setOf(replicas) }));
  return writeOwners(new Map(owners.map((owner) => [identityOf(owner), owner])));
}

/** The entries of the object once its scale has these. Upstream: a manager that is new to the object has no time. */
export function entriesOfObject(
  fields: ScaleFields,
  entries: readonly ManagedFieldsEntry[] | undefined,
  scaleEntries: readonly ManagedFieldsEntry[],
): ManagedFieldsEntry[] {
  const path = pathOf(fields);
  const scale = new Map(ownersOf(scaleEntries).map((owner) => [managerOf(owner), owner]));
  const owners: Owner[] = [];
  for (const owner of ownersOf(entries)) {
    if (!isKnown(fields, owner)) continue;
    if (!isMember(owner.set, path) || scale.delete(managerOf(owner))) owners.push(owner);
    else owners.push({ ...owner, set: difference(owner.set, setOf(path)) });
  }
  for (const owner of scale.values()) {
    if (!isMember(owner.set, replicas)) continue;
    const { time: _time, ...rest } = owner;
    owners.push({ ...rest, apiVersion: fields.apiVersion, set: setOf(path) });
  }
  return writeOwners(new Map(owners.map((owner) => [identityOf(owner), owner])));
}
