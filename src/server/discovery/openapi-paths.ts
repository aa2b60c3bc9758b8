// The paths of a kind in OpenAPI documents: one operation per verb of the resource, its subresources and the old watch
// paths. Identifiers are those that client generators know.
import { apiVersionOf, type AnyKind, type GroupVersionKind, type Subresource } from "#api/kind.ts";
import type { Operation, Parameter, PathOperations } from "#server/discovery/openapi-operations.ts";
import {
  connectParameters,
  logParameters,
  nameParameter,
  namespaceParameter,
  parametersOf,
  pathParameter,
} from "#server/discovery/openapi-parameters.ts";

const meta = "io.k8s.apimachinery.pkg.apis.meta.v1";
export const statusName = `${meta}.Status`;
export const deleteOptionsName = `${meta}.DeleteOptions`;
export const patchName = `${meta}.Patch`;
export const watchEventName = `${meta}.WatchEvent`;

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
/** "rbac.authorization.k8s.io" is rbacAuthorization, the core group is core. */
export function groupWord(group: string): string {
  const [first = "", ...rest] = (group || "core").replace(/\.k8s\.io$/, "").split(".");
  return first + rest.map(capital).join("");
}
const methodOf: Readonly<Record<string, string>> = {
  get: "get",
  list: "get",
  watch: "get",
  create: "post",
  update: "put",
  patch: "patch",
  delete: "delete",
  deletecollection: "delete",
};
const wordOf: Readonly<Record<string, string>> = { get: "read", update: "replace", deletecollection: "delete" };
const codesOf: Readonly<Record<string, Operation["codes"]>> = {
  create: [200, 201, 202],
  update: [200, 201],
  patch: [200, 201],
  delete: [200, 202],
};
const bodyTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const streamTypes = ["application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];
const customTypes = ["application/json", "application/yaml"];
const patchTypes = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
];

/** What the operations of one path have in common. */
interface Target {
  readonly kind: AnyKind;
  /** Definition that the operations take and give. */
  readonly object: string;
  readonly list: string;
  /** What the operations are about. */
  readonly of: GroupVersionKind;
  /** Of the path. */
  readonly parameters: readonly Parameter[];
  /** Ends the identifier of the operation. */
  readonly tail: string;
  /** "status" or the like. */
  readonly part?: string;
}

function idOf(verb: string, kind: AnyKind, tail: string): string {
  const scope = kind.scope === "Namespaced" && !tail.endsWith("ForAllNamespaces") ? "Namespaced" : "";
  const collection = verb === "deletecollection" ? "Collection" : "";
  return `${wordOf[verb] ?? verb}${capital(groupWord(kind.group))}${capital(kind.version)}${collection}${scope}${tail}`;
}
function describe(verb: string, { kind: { kind, custom }, part }: Target): string {
  const one = part ? `${part} of the specified ${kind}` : `the specified ${kind}`;
  const texts: Readonly<Record<string, string>> = {
    get: `read ${one}`,
    update: `replace ${one}`,
    patch: `partially update ${one}`,
    create: part ? `create ${part} of a ${kind}` : `create a ${kind}`,
    delete: `delete a ${kind}`,
    deletecollection: `delete collection of ${kind}`,
    list: custom ? `list objects of kind ${kind}` : `list or watch objects of kind ${kind}`,
    watch: `watch changes of ${kind}; the list operation with the watch parameter does the same.`,
  };
  return texts[verb]!;
}
const deleteAnswer = ({ kind, object }: Target): string => (kind.returnsDeleted ? object : statusName);

function operation(verb: string, target: Target): Operation {
  const { kind, object, list, of } = target;
  const isStream = !kind.custom && (verb === "list" || verb === "watch");
  const types = kind.custom ? customTypes : bodyTypes;
  const sent = kind.custom ? customTypes : ["*/*"];
  const bodies: Readonly<Record<string, Operation["body"]>> = {
    create: { schema: object, required: true },
    update: { schema: object, required: true },
    patch: { schema: patchName, required: true },
    delete: { schema: deleteOptionsName, required: false },
    deletecollection: { schema: deleteOptionsName, required: false },
  };
  const answers: Readonly<Record<string, string>> = {
    list,
    watch: watchEventName,
    delete: deleteAnswer(target),
    deletecollection: statusName,
  };
  const patches = kind.custom ? patchTypes.filter((type) => !type.includes("strategic")) : patchTypes;
  const actions: Readonly<Record<string, string>> = {
    create: "post",
    update: "put",
    watch: target.tail.includes("List") ? "watchlist" : "watch",
  };
  const body = bodies[verb];
  return {
    id: idOf(verb, kind, target.tail),
    tag: `${groupWord(kind.group)}_${kind.version}`,
    description: describe(verb, target),
    consumes: verb === "patch" ? patches : sent,
    produces: isStream ? [...types, ...streamTypes] : types,
    parameters: [...target.parameters, ...parametersOf[verb]!],
    ...(body ? { body } : {}),
    answer: answers[verb] ?? object,
    codes: codesOf[verb] ?? [200],
    action: actions[verb] ?? verb,
    gvk: { group: of.group, version: of.version, kind: of.kind },
  };
}
const operations = (verbs: readonly string[], target: Target): PathOperations =>
  Object.fromEntries(verbs.map((verb) => [methodOf[verb]!, operation(verb, target)]));

/** Exec, port-forward and the like: whatever the method, a connection is made. */
function connections(sub: Subresource, target: Target, isWhole: boolean): PathOperations {
  const { kind, of } = target;
  const isProxy = sub.name === "proxy";
  const methods = [...sub.verbs.map((verb) => methodOf[verb]!), ...(isProxy ? ["options", "head"] : [])];
  const one = (method: string): Operation => ({
    id: idOf(
      `connect`,
      { ...kind, version: `${kind.version}${capital(method)}` },
      `${target.tail}${isWhole ? "WithPath" : ""}`,
    ),
    tag: `${groupWord(kind.group)}_${kind.version}`,
    description: `connect ${method.toUpperCase()} requests to ${sub.name} of ${kind.kind}`,
    consumes: ["*/*"],
    produces: ["*/*"],
    parameters: [...target.parameters, ...(isWhole ? [pathParameter] : []), ...(connectParameters[of.kind] ?? [])],
    codes: [200],
    action: "connect",
    gvk: { group: of.group, version: of.version, kind: of.kind },
  });
  return Object.fromEntries(methods.map((method) => [method, one(method)]));
}
function log(target: Target): PathOperations {
  const { answer: _, ...read } = operation("get", target);
  return {
    get: {
      ...read,
      description: `read log of the specified ${target.kind.kind}`,
      produces: ["text/plain", ...bodyTypes],
      parameters: [...target.parameters, ...logParameters],
    },
  };
}

export interface KindNames {
  readonly object: string;
  readonly list: string;
}
/** All paths of a kind; `definitionOf` names that of another kind, for subresource bodies. */
export function pathsOf(
  kind: AnyKind,
  names: KindNames,
  definitionOf: (gvk: GroupVersionKind) => string | undefined,
): Record<string, PathOperations> {
  const base = kind.group ? `/apis/${apiVersionOf(kind)}` : `/api/${kind.version}`;
  const isNamespaced = kind.scope === "Namespaced";
  const below = isNamespaced ? `/namespaces/{namespace}/${kind.plural}` : `/${kind.plural}`;
  const where = isNamespaced ? [namespaceParameter] : [];
  const named = [...where, nameParameter(kind.kind)];
  const target = (parameters: readonly Parameter[], tail: string = kind.kind): Target => {
    const { group, version } = kind;
    return { kind, ...names, of: { group, version, kind: kind.kind }, parameters, tail };
  };
  const has = (...verbs: readonly string[]): string[] => verbs.filter((verb) => kind.verbs.includes(verb));
  const out: Record<string, PathOperations> = {};
  const put = (path: string, found: PathOperations): void => {
    if (Object.keys(found).length > 0) out[path] = found;
  };
  put(`${base}${below}`, operations(has("list", "create", "deletecollection"), target(where)));
  put(`${base}${below}/{name}`, operations(has("get", "update", "delete", "patch"), target(named)));
  if (isNamespaced) put(`${base}/${kind.plural}`, operations(has("list"), target([], `${kind.kind}ForAllNamespaces`)));
  if (!kind.custom) {
    const watching = has("watch");
    put(`${base}/watch${below}`, operations(watching, target(where, `${kind.kind}List`)));
    put(`${base}/watch${below}/{name}`, operations(watching, target(named)));
    const everywhere = target([], `${kind.kind}ListForAllNamespaces`);
    if (isNamespaced) put(`${base}/watch/${kind.plural}`, operations(watching, everywhere));
  }
  for (const sub of kind.subresources) {
    const of = sub.body ?? { group: kind.group, version: kind.version, kind: kind.kind };
    const tail = `${kind.kind}${capital(sub.name)}`;
    const object = (sub.body && definitionOf(sub.body)) ?? names.object;
    const about = { ...target([...where, nameParameter(of.kind)], tail), of, object, part: sub.name };
    const path = `${base}${below}/{name}/${sub.name}`;
    if (sub.name === "log") put(path, log(about));
    else if (of.kind in connectParameters) {
      put(path, connections(sub, about, false));
      if (sub.name === "proxy") put(`${path}/{path}`, connections(sub, about, true));
    } else
      put(
        path,
        operations(
          sub.verbs.filter((verb) => verb in methodOf),
          about,
        ),
      );
  }
  return out;
}
