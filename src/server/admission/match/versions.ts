// One request in the versions that its resource is served in: what webhooks and policies are shown of it, and how what they
// change finds its way back.
import { apiVersionOf, parseApiVersion, type AnyKind, type GroupVersionKind, type KubeObject } from "#api/kind.ts";
import { cloneJson } from "#api/json.ts";
import { getPath, setPath } from "#api/paths.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import type { Registry } from "#server/registry.ts";
import { scaleOf } from "#server/subresources/scale.ts";

export interface Shown {
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
}

const found = new WeakMap<AdmissionRequest, readonly AnyKind[]>();
/** The other served kinds of the same stored object that have the request's subresource too. */
export function equivalents(registry: Registry, request: AdmissionRequest): readonly AnyKind[] {
  let others = found.get(request);
  if (!others) found.set(request, (others = findEquivalents(registry, request)));
  return others;
}
function findEquivalents(registry: Registry, { of, subresource }: AdmissionRequest): readonly AnyKind[] {
  const own = registry.find(of.group, of.version, of.plural);
  const others = registry.all().filter((s) => s !== own && s.cache === own?.cache);
  return others
    .map((s) => s.of)
    .filter((kind) => subresource === "" || kind.subresources.some((s) => s.name === subresource));
}

/** The kind of what the request brings: that of the resource in this version, or the body of a subresource. */
export function shownKind(request: AdmissionRequest, of: AnyKind): GroupVersionKind {
  const { operation, object, subresource } = request;
  const body = subresource ? of.subresources.find((s) => s.name === subresource)?.body : undefined;
  if (operation === "CONNECT" && object?.kind)
    return { ...parseApiVersion(object.apiVersion ?? "v1"), kind: object.kind };
  return body ?? { group: of.group, version: of.version, kind: of.kind };
}
/** Whether the request is about a body of its own kind rather than about the object in one of its versions. */
export const hasOwnBody = (request: AdmissionRequest): boolean =>
  request.operation === "CONNECT" ||
  (request.subresource !== "" &&
    request.of.subresources.some((s) => s.name === request.subresource && s.body !== undefined));

export async function show(request: AdmissionRequest, of: AnyKind): Promise<Shown> {
  const { object, old } = request;
  const view = viewIn(request, of);
  return {
    object: object && (await view(object as KubeObject)),
    old: old && (await view(old)),
  };
}
type View = (object: KubeObject) => KubeObject | Promise<KubeObject>;
function viewIn(request: AdmissionRequest, of: AnyKind): View {
  if (request.subresource === "scale" && of.scale) {
    const paths = request.of.scale ?? of.scale;
    return (object) => scaleOf(paths, object);
  }
  if (hasOwnBody(request)) return named(shownKind(request, of));
  // What is converted is frozen, and a draft must not be.
  return of === request.of ? (object) => object : (object) => convert(request.of, of, cloneJson(object));
}

/** Bodies of subresources need not say what they are. */
const named =
  (of: GroupVersionKind): View =>
  (object) => ({ ...object, kind: of.kind, apiVersion: apiVersionOf(of) });

/** Puts what became of the shown object into the request's draft. */
export async function takeBack(request: AdmissionRequest, of: AnyKind, shown: KubeObject): Promise<void> {
  const draft = request.object as unknown as Record<string, unknown>;
  const scale = request.subresource === "scale" ? request.of.scale : undefined;
  if (scale) {
    const replicas = Number(getPath(shown, ".spec.replicas") ?? 0);
    replace(draft, setPath(draft, scale.specReplicas, replicas));
  } else if (of === request.of || hasOwnBody(request)) replace(draft, shown);
  else replace(draft, cloneJson(await convert(of, request.of, shown)) as object);
}
function replace(draft: Record<string, unknown>, object: object): void {
  const fields = { ...object };
  for (const key of Object.keys(draft)) delete draft[key];
  Object.assign(draft, fields);
  draft["metadata"] ??= {};
}

/** An object of one version in another version of the same resource. */
export async function convert(from: AnyKind, to: AnyKind, object: KubeObject): Promise<KubeObject> {
  const { conversion } = to.storedAs ?? {};
  if (conversion) {
    const [converted] = await conversion.convert([object], apiVersionOf(to));
    return to.storedAs!.fromStored(converted!) as KubeObject;
  }
  const stored = from.storedAs ? from.storedAs.toStored(object) : object;
  return to.storedAs ? (to.storedAs.fromStored(stored) as KubeObject) : stored;
}
