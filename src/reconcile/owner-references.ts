// Who owns what. An object has at most one controller, named by an owner reference with controller: true. A controller
// adopts orphans that its selector matches and releases what it matches no longer.
import { isReason } from "#api/errors.ts";
import { apiVersionOf, keyOf, parseApiVersion, type AnyKind, type Kind, type KubeObject } from "#api/kind.ts";
import type { OwnerReference } from "#api/meta/schema.ts";
import type { Client } from "#client/client.ts";
import type { Informer } from "#client/informer.ts";

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((r) => r.controller === true);

/** The reference that makes `owner` the controller of an object; deleting the owner in the foreground waits for it. */
export const controllerReference = (kind: AnyKind, owner: KubeObject): OwnerReference => ({
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  name: owner.metadata.name!,
  uid: owner.metadata.uid!,
  controller: true,
  blockOwnerDeletion: true,
});
/** Whether a reference names an object of this kind, in whatever version. */
export const refersTo = (reference: OwnerReference, kind: AnyKind): boolean =>
  reference.kind === kind.kind && parseApiVersion(reference.apiVersion).group === kind.group;

/** Looks objects up by the uid of their controller; an orphan is found under `namespace/`. */
export const byController = <T extends KubeObject>(informer: Informer<T>): ((uid: string) => readonly T[]) =>
  informer.index("controller", (object) => [controllerOf(object)?.uid ?? `${object.metadata.namespace ?? ""}/`]);
/** What a controller may own: what is its own already, and orphans of its namespace. */
export const candidates = <T extends KubeObject>(informer: Informer<T>, owner: KubeObject): readonly T[] => {
  const find = byController(informer);
  return [...find(owner.metadata.uid!), ...find(`${owner.metadata.namespace ?? ""}/`)];
};

/** Keys of the controller's objects that a change of a possibly owned object concerns. */
export function* ownersOf<O extends KubeObject, T extends KubeObject>(
  object: T,
  owners: Informer<O>,
  matches: (owner: O, object: T) => boolean,
): Iterable<string> {
  const reference = controllerOf(object);
  if (reference) {
    if (!refersTo(reference, owners.kind)) return;
    const key = object.metadata.namespace ? `${object.metadata.namespace}/${reference.name}` : reference.name;
    if (owners.get(key)?.metadata.uid === reference.uid) yield key;
    return;
  }
  if (object.metadata.deletionTimestamp) return;
  for (const owner of owners.list(object.metadata.namespace)) if (matches(owner, object)) yield keyOf(owner);
}

export interface Claims<T> {
  readonly owned: readonly T[];
  readonly adopt: readonly T[];
  readonly release: readonly T[];
}
/** Sorts objects into what the owner has, what it should take and what it should let go. */
export function planClaims<T extends KubeObject>(
  owner: KubeObject,
  objects: readonly T[],
  matches: (object: T) => boolean,
): Claims<T> {
  const owned: T[] = [];
  const adopt: T[] = [];
  const release: T[] = [];
  const ownerIsGoing = owner.metadata.deletionTimestamp !== undefined;
  for (const object of objects) {
    const reference = controllerOf(object);
    if (reference) {
      if (reference.uid !== owner.metadata.uid) continue;
      if (matches(object)) owned.push(object);
      else if (!ownerIsGoing) release.push(object);
    } else if (!ownerIsGoing && !object.metadata.deletionTimestamp && matches(object)) adopt.push(object);
  }
  return { owned, adopt, release };
}

export interface ClaimOptions<O extends KubeObject, T extends KubeObject> {
  readonly client: Client;
  readonly ownerKind: Kind<O>;
  readonly owner: O;
  readonly kind: Kind<T>;
  readonly objects: readonly T[];
  readonly matches: (object: T) => boolean;
  readonly signal: AbortSignal;
}
/** Carries the plan out and returns what the owner then has. An object that vanished meanwhile is left out. */
export async function claim<O extends KubeObject, T extends KubeObject>(options: ClaimOptions<O, T>): Promise<T[]> {
  const { owned, adopt, release } = planClaims(options.owner, options.objects, options.matches);
  const result = [...owned];
  await Promise.all(release.map((object) => releaseOne(options, object)));
  if (adopt.length > 0 && (await mayAdopt(options)))
    for (const adopted of await Promise.all(adopt.map((object) => adoptOne(options, object))))
      if (adopted) result.push(adopted);
  return result;
}
type OwnerFields = "client" | "ownerKind" | "owner" | "signal";
/** Asks the server, not the cache: an owner that was deleted and made anew must not adopt under its old uid. */
async function mayAdopt<O extends KubeObject>(o: Pick<ClaimOptions<O, KubeObject>, OwnerFields>): Promise<boolean> {
  const { name = "", namespace = "", uid } = o.owner.metadata;
  const fresh = await o.client.get(o.ownerKind, { namespace, name }, { signal: o.signal });
  return fresh.metadata.uid === uid && !fresh.metadata.deletionTimestamp;
}
const keyFor = (object: KubeObject) => ({ namespace: object.metadata.namespace ?? "", name: object.metadata.name! });

async function adoptOne<O extends KubeObject, T extends KubeObject>(o: ClaimOptions<O, T>, object: T) {
  const ownerReferences = [controllerReference(o.ownerKind, o.owner)];
  const patch = { metadata: { uid: object.metadata.uid, ownerReferences } };
  try {
    return await o.client.patch(o.kind, keyFor(object), { type: "strategic", patch }, { signal: o.signal });
  } catch (error) {
    if (isReason(error, "NotFound")) return undefined;
    throw error;
  }
}
async function releaseOne<O extends KubeObject, T extends KubeObject>(o: ClaimOptions<O, T>, object: T) {
  const ownerReferences = [{ $patch: "delete", uid: o.owner.metadata.uid }];
  const patch = { metadata: { uid: object.metadata.uid, ownerReferences } };
  try {
    await o.client.patch(o.kind, keyFor(object), { type: "strategic", patch }, { signal: o.signal });
  } catch (error) {
    if (!isReason(error, "NotFound", "Conflict", "Invalid")) throw error; // gone, or another object by now
  }
}
