// What every resource of the API can do, asked of one resource after the other: discovery, create, get, list here and
// everywhere, watch, patch, update, status apart from the rest, delete, delete as a collection.
import assert from "node:assert/strict";
import { assertIncludes, includes, isNewer, names, newNamespace, type World } from "./conformance.ts";
import type { Wire } from "./rest.ts";

export interface Resource {
  /** "v1" or "apps/v1". */
  readonly apiVersion: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced?: boolean;
  /** Everything but apiVersion, kind and metadata; of the object with this number. */
  readonly body: object | ((number: number, ns: string) => object);
  /** Where generated names do not do. */
  readonly name?: (number: number) => string;
  /** What a merge patch sets, and what an update sets afterwards; default: only annotations. */
  readonly patch?: object;
  readonly update?: object;
  /** Values of `status` for a patch and for an update of the subresource. */
  readonly status?: { readonly patch: object; readonly update: object };
  /** Controllers write status too: what a request sets there may be gone by the next. */
  readonly isShared?: boolean;
}
const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
export const rootOf = (apiVersion: string): string => (apiVersion.includes("/") ? "/apis/" : "/api/") + apiVersion;

/** Like a merge patch without nulls; lists are replaced. */
export function merged(object: Wire, part: Wire): Wire {
  if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
  const changed = Object.entries(part).map(([name, value]) => [name, merged(object?.[name], value)]);
  return { ...object, ...Object.fromEntries(changed) };
}
export const annotated = (name: string, part: object = {}): object =>
  merged(part, { metadata: { annotations: { [name]: "true" } } });
const hasAnnotation = (name: string) => (object: Wire) => object.metadata.annotations?.[name] === "true";

async function isDiscovered({ rest }: World, resource: Resource): Promise<void> {
  const { apiVersion, plural, kind, namespaced = false, status } = resource;
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  if (group) {
    const { groups } = await rest.get("/apis");
    assertIncludes(
      groups.find((g: Wire) => g.name === group),
      { name: group },
      "/apis",
    );
    const { versions } = await rest.get(`/apis/${group}`);
    assert.ok(
      versions.some((v: Wire) => v.groupVersion === apiVersion && v.version === version),
      `/apis/${group}`,
    );
  }
  const { resources } = await rest.get(rootOf(apiVersion));
  const found = resources.find((r: Wire) => r.name === plural);
  assertIncludes(found, { kind, namespaced }, rootOf(apiVersion));
  assert.deepEqual(
    verbs.filter((verb) => !found.verbs.includes(verb)),
    [],
    `verbs of ${plural}`,
  );
  const subresource = resources.find((r: Wire) => r.name === `${plural}/status`);
  if (status) assert.deepEqual(subresource?.verbs.toSorted(), ["get", "patch", "update"]);
}

/** Three objects; of namespaced kinds one is in another namespace. The first is the one that is changed. */
async function createThree(world: World, resource: Resource, label: string, elsewhere: string): Promise<Wire[]> {
  const { rest } = world;
  const { apiVersion, kind, plural, namespaced = false, body, name } = resource;
  const created: Wire[] = [];
  for (const number of [0, 1, 2]) {
    const ns = namespaced && number === 2 ? elsewhere : world.ns;
    const collection = rootOf(apiVersion) + (namespaced ? `/namespaces/${ns}` : "") + `/${plural}`;
    const others = typeof body === "function" ? body(number, ns) : body;
    const identity = name ? { name: name(number) } : { generateName: "conformance-" };
    const metadata = { ...identity, labels: { conformance: label } };
    const object = await rest.post(collection, { apiVersion, kind, ...others, metadata });
    assertIncludes(object, { apiVersion, kind, metadata: { labels: { conformance: label } } }, "created");
    assert.ok(object.metadata.uid && object.metadata.creationTimestamp);
    created.push(object);
  }
  return created;
}

async function patchesAndUpdates(
  { rest }: World,
  { patch, update }: Resource,
  path: string,
  created: Wire,
): Promise<void> {
  const patched = await rest.patch(path, "merge", annotated("patched", patch));
  assertIncludes(patched, annotated("patched", patch), "patched");
  assert.ok(isNewer(patched, created), "the resourceVersion grows");
  assert.equal(patched.metadata.uid, created.metadata.uid);
  const stale = { ...created, metadata: { ...created.metadata, resourceVersion: "1" } };
  const conflict = await rest.refusal(path, { method: "PUT", body: stale });
  assertIncludes(conflict, { reason: "Conflict", code: 409 }, "an update of something that has changed");
  const updated = await rest.update(path, (object) => merged(object, annotated("updated", update)));
  assertIncludes(updated, annotated("updated", annotated("patched", update)), "updated");
  assert.ok(isNewer(updated, patched));
}

/** The subresource changes nothing but status, and the object itself does not change it. */
async function keepsStatusApart({ rest }: World, resource: Resource, path: string): Promise<void> {
  const { status, kind, apiVersion, update, isShared = false } = resource;
  if (!status) return;
  const before = await rest.get(path);
  const read = await rest.get(`${path}/status`);
  assertIncludes(read, { kind, apiVersion, metadata: { uid: before.metadata.uid } }, "status");
  const patched = await rest.patch(`${path}/status`, "merge", { ...update, status: status.patch });
  assertIncludes(patched.status, status.patch, "patched status");
  if (update) assert.ok(!includes(patched, update), "a patch of status changes only status");
  const updated = await rest.update(path, (object) => merged(object, { status: status.update }), `${path}/status`);
  assertIncludes(updated.status, status.update, "updated status");
  if (isShared) return;
  const ignored = await rest.patch(path, "merge", annotated("ignored", { status: status.patch }));
  assertIncludes(ignored.status, status.update, "status after a patch of the object");
  assertIncludes((await rest.get(`${path}/status`)).status, status.update, "status read again");
}

/** The whole life of three objects of a resource. */
export async function supportsAllOperations(world: World, resource: Resource): Promise<void> {
  const { rest, cluster, ns } = world;
  const { apiVersion, plural, namespaced = false } = resource;
  await isDiscovered(world, resource);
  const label = `${ns}-${plural}`;
  const selector = `?labelSelector=conformance%3D${label}`;
  const everywhere = `${rootOf(apiVersion)}/${plural}`;
  const elsewhere = namespaced ? await newNamespace(rest, cluster) : "";
  const at = (where: string): string =>
    namespaced ? `${rootOf(apiVersion)}/namespaces/${where}/${plural}` : everywhere;
  const collection = at(ns);

  const { metadata } = await rest.get(collection + selector);
  const from = { resourceVersion: metadata.resourceVersion };
  const watch = await rest.watch(collection + selector, from);
  const watchAll = await rest.watch(everywhere + selector, from);
  const created = await createThree(world, resource, label, elsewhere);
  const path = `${collection}/${created[0].metadata.name}`;
  const here = created.filter((o) => !namespaced || o.metadata.namespace === ns);

  assert.equal((await rest.get(path)).metadata.uid, created[0].metadata.uid);
  const sorted = (objects: Wire[]): string[] => names({ items: objects });
  assert.deepEqual(names(await rest.get(collection + selector)), sorted(here));
  assert.deepEqual(names(await rest.get(everywhere + selector)), sorted(created));

  await keepsStatusApart(world, resource, path);
  await patchesAndUpdates(world, resource, path, created[0]);
  const deleted = created[0].metadata.name;
  await rest.delete(path);
  await cluster.until(async () => (await rest.ask(path)).code === 404);
  assertIncludes(await rest.refusal(path), { reason: "NotFound", details: { name: deleted } }, "a deleted object");
  assert.deepEqual(names(await rest.get(everywhere + selector)), sorted(created.slice(1)));

  await rest.delete(collection + selector);
  await cluster.until(async () => (await rest.get(collection + selector)).items.length === 0);
  if (namespaced) assert.equal((await rest.get(everywhere + selector)).items.length, 1);
  if (namespaced) await rest.delete(at(elsewhere) + selector);
  await cluster.until(async () => (await rest.get(everywhere + selector)).items.length === 0);

  for (const object of here) await watch.next("ADDED", (o) => o.metadata.uid === object.metadata.uid);
  await watch.next("MODIFIED", (o) => hasAnnotation("patched")(o) && !hasAnnotation("updated")(o));
  await watch.next("MODIFIED", hasAnnotation("updated"));
  const last = await watch.next("DELETED", (o) => o.metadata.name === deleted);
  assert.ok(hasAnnotation("updated")(last) && isNewer(last, created[0]), "the last state comes with the deletion");
  for (const _ of here.slice(1)) await watch.next("DELETED");
  for (const object of created) await watchAll.next("ADDED", (o) => o.metadata.uid === object.metadata.uid);
  for (const _ of created) await watchAll.next("DELETED");
  for (const w of [watch, watchAll]) {
    const versions = w.events.map((e) => e.object).filter((o, i, all) => i > 0 && !isNewer(o, all[i - 1]));
    assert.deepEqual(versions, [], "resourceVersions of events grow");
    w.stop();
  }
}
