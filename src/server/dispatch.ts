// From the asked resource and verb to the code that answers: the verbs, subresources of the server itself, and handlers
// that others bring along (exec, log, tokens, reviews).
import { ApiError, badRequest, methodNotSupported, notFound } from "#api/errors.ts";
import { quoted } from "#api/quoted.ts";
import type { AnyKind } from "#api/kind.ts";
import { inSpan } from "#base/tracing/span.ts";
import type { ApiContext, ResourceCall, Verb } from "./api-context.ts";
import { createComponentStatuses } from "./component-statuses.ts";
import { admitConnection } from "./connect/connect-admission.ts";
import { pageNotFound, type Authenticated, type Handler, type Reply } from "./pipeline.ts";
import { createBinding, createPodBinding } from "./subresources/binding.ts";
import { createEviction } from "./subresources/eviction.ts";
import { getScale, patchScale, updateScale } from "./subresources/scale.ts";
import { badPathSegment } from "./stages/route.ts";
import { verbAttributes, verbSpans } from "./stages/trace.ts";
import { create } from "./verbs/create.ts";
import { deleteCollection } from "./verbs/delete-collection.ts";
import { deleteObject } from "./verbs/delete.ts";
import { get } from "./verbs/get.ts";
import { list } from "./verbs/list.ts";
import { patch } from "./verbs/patch.ts";
import { update } from "./verbs/update.ts";
import { watch } from "./verbs/watch.ts";

const verbs: Readonly<Record<string, Verb>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: deleteObject,
  deletecollection: deleteCollection,
};
/** The object itself with one part open to change (parts.ts, prepare.ts). */
const view = { get, update, patch };
const subresources: Readonly<Record<string, Readonly<Record<string, Verb>>>> = {
  status: view,
  ephemeralcontainers: view,
  resize: view,
  approval: view,
  finalize: view,
  scale: { get: getScale, update: updateScale, patch: patchScale },
  binding: { create: createPodBinding },
  eviction: { create: createEviction },
};

const deprecations: Readonly<Record<string, string>> = {
  endpoints: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  componentstatuses: "v1 ComponentStatus is deprecated in v1.19+",
};

/** By "<plural>[.<group>]" for all of a kind, and "<plural>[.<group>]/<subresource>". */
export type ResourceHandlers = Readonly<Record<string, Handler<ResourceCall>>>;
/** The key of a kind, or of one of its subresources, in ResourceHandlers. */
export const handlerKey = (of: { group: string; plural: string }, subresource = ""): string =>
  `${of.plural}${of.group ? `.${of.group}` : ""}${subresource ? `/${subresource}` : ""}`;

/** Answers paths that are not resources; undefined: not mine. */
export type PathHandler = (call: Authenticated) => Reply | undefined | Promise<Reply | undefined>;

const noResource = (): ApiError =>
  new ApiError("NotFound", "the server could not find the requested resource", { details: {} });
const notAllowed = (): ApiError =>
  new ApiError("MethodNotAllowed", "the server does not allow this method on the requested resource", { details: {} });

export function dispatch(
  context: ApiContext,
  options: { readonly handlers: ResourceHandlers; readonly paths: readonly PathHandler[] },
): Handler<Authenticated> {
  const own: ResourceHandlers = {
    bindings: createBinding(context),
    componentstatuses: createComponentStatuses(context),
    ...options.handlers,
  };
  const verbOf = (kind: AnyKind, subresource: string, verb: string): Handler<ResourceCall> | undefined => {
    const brought = own[handlerKey(kind, subresource)];
    if (brought) return brought;
    const known = subresource ? subresources[subresource]?.[verb] : verbs[verb];
    return known?.(context);
  };
  // Upstream: what there is of custom resources is asked for one by one, and nothing else stands behind their groups.
  const hasGroup = (group: string): boolean =>
    group === "" || context.registry.kinds().some((k) => k.group === group && !k.custom);
  const resource: Handler<Authenticated> = async (call) => {
    const { info } = call;
    const served = context.registry.find(info.group, info.version, info.resource);
    if (!served && !hasGroup(info.group)) return pageNotFound;
    if (served?.of.custom && !isPlaceOf(served.of, call)) return pageNotFound;
    if (!served || !isPlaceOf(served.of, call)) throw noResource();
    if (isAcrossNamespaces(served.of, call)) {
      if (served.of.custom) return pageNotFound;
      throw notAllowed();
    }
    const kind = served.of;
    const declared = info.subresource ? kind.subresources.find((s) => s.name === info.subresource)?.verbs : kind.verbs;
    if (!declared && kind.custom) throw notFound(kind, info.name);
    if (!declared || (info.rest !== "" && info.subresource !== "proxy")) throw noResource();
    if (info.subresource && info.verb === "watch") throw noResource();
    // What is only asked, as reviews are, has no objects with paths of their own.
    if (info.name !== "" && info.subresource === "" && !kind.verbs.some((verb) => ofObjects.has(verb)))
      throw noResource();
    if (kind.custom && info.verb === "update" && info.name === "") throw badRequest("name must be provided");
    if (!isMethodOf(call, kind)) throw notAllowed();
    const handler =
      declared.includes(info.verb) || isForProxied(call) ? verbOf(kind, info.subresource, info.verb) : undefined;
    if (!handler) throw kind.custom ? methodNotSupported(kind, info.verb) : notAllowed();
    const deprecation = kind.deprecation ?? deprecations[handlerKey(kind)];
    if (deprecation) call.warnings.push(deprecation);
    if (deprecation && call.audit) call.audit.annotations["k8s.io/deprecated"] = "true";
    const wrong = info.verb === "list" || info.verb === "watch" ? undefined : badPathSegment(info.name);
    if (wrong) throw badRequest(`Name parameter invalid: ${quoted(info.name)}: ${wrong}`);
    const asked = { ...call, served };
    if (info.subresource) await admitConnection(context, asked);
    const span = verbSpans[info.verb];
    return span
      ? inSpan(
          span,
          () => verbAttributes(call),
          () => handler(asked),
        )
      : handler(asked);
  };
  const path: Handler<Authenticated> = async (call) => {
    for (const handler of options.paths) {
      const reply = await handler(call);
      if (reply) return reply;
    }
    if (call.path.startsWith("/api/") || call.path.startsWith("/apis/")) throw noResource();
    return pageNotFound;
  };
  return (call) => (call.info.isResource ? resource(call) : path(call));
}

/** Objects are created in a collection and changed under their name; the old path of watches is read only. */
function isMethodOf({ method, info }: Authenticated, { custom }: AnyKind): boolean {
  if (method === "HEAD" && info.subresource !== "proxy" && !custom) return false;
  if (info.verb === "watch") return method === "GET";
  if (info.subresource !== "") return true;
  if (info.verb === "create") return info.name === "";
  return (info.verb !== "update" && info.verb !== "patch") || info.name !== "";
}

const ofObjects: ReadonlySet<string> = new Set(["get", "list", "update", "patch", "delete"]);
/** What the server has no verb for may mean something to whom it is passed on to. */
const isForProxied = ({ method, info }: Authenticated): boolean => method === "OPTIONS" && info.subresource === "proxy";

/** Single objects of namespaced kinds live in a namespace; cluster kinds never do; creating needs no name. */
function isPlaceOf(kind: AnyKind, { info }: Authenticated): boolean {
  const inNamespace = info.namespace !== "" && info.resource !== "namespaces";
  if (kind.scope === "Cluster") return !inNamespace;
  const isRead = info.verb === "list" || info.verb === "watch";
  return inNamespace || (kind.verbs.includes("list") && (isRead || info.name === ""));
}
/** Objects of all namespaces can be read together and no more. */
const isAcrossNamespaces = (kind: AnyKind, { info }: Authenticated): boolean =>
  kind.scope === "Namespaced" && info.namespace === "" && info.verb !== "list" && info.verb !== "watch";
