// Makes requests: for every served kind and subresource, every method, in every media type; mostly nearly right, so that
// they get deep into the server, and sometimes wrong from the start.
import { cloneJson, isObject } from "#api/json.ts";
import { apiVersionOf, type AnyKind, type Subresource } from "#api/kind.ts";
import { emitYaml } from "#api/yaml.ts";
import type { Registry } from "#server/registry.ts";
import { encoded, garbled, hostileBodies, type Encoded } from "./bytes.ts";
import type { Chance } from "./chance.ts";
import { mutated, tame, valueOf, wild } from "./from-schema.ts";
import { patchOf, patchTypes } from "./patches.ts";
import type { FuzzRequest } from "./request.ts";
import { hostileNumbers, hostileTexts, junk, names, namespaces } from "./scalars.ts";
import { seedObject, subresourceBodies } from "./seed-objects.ts";

type Json = Record<string, unknown>;
type Operation = "create" | "get" | "list" | "watch" | "update" | "patch" | "delete" | "deletecollection";

const operations: readonly (readonly [number, Operation])[] = [
  [26, "create"],
  [5, "get"],
  [6, "list"],
  [3, "watch"],
  [22, "update"],
  [30, "patch"],
  [6, "delete"],
  [1, "deletecollection"],
];
const methods: Readonly<Record<Operation, string>> = {
  create: "POST",
  get: "GET",
  list: "GET",
  watch: "GET",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

const accepts = [
  "application/json",
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
  "application/vnd.kubernetes.protobuf,application/json;q=0.5",
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
  "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
  "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
  "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
  "application/vnd.kubernetes.protobuf;stream=watch",
  "*/*;q=0.1, text/html",
];
const oddAccepts = ["application/cbor", "constructor", "__proto__;q=9", "application/json;q=", ";;;,,,="];
const odd = (chance: Chance): string => chance.pick(hostileTexts);
/** What a header can hold at all. */
const headerSafe = (text: string): string =>
  text
    .replace(/[^\t\x20-\x7e]/g, "")
    .trim()
    .slice(0, 2_000);

export class Requests {
  readonly #chance: Chance;
  readonly #registry: Registry;

  constructor(chance: Chance, registry: Registry) {
    this.#chance = chance;
    this.#registry = registry;
  }
  async next(): Promise<FuzzRequest> {
    const chance = this.#chance;
    if (chance.oneIn(40)) return this.#stray();
    const kind = chance.pick(this.#registry.kinds());
    const subresources = kind.subresources;
    if (subresources.length > 0 && chance.oneIn(4))
      return this.#perturb(await this.#ofSubresource(kind, chance.pick(subresources)));
    return this.#perturb(await this.#ofKind(kind, chance.weighted(operations)));
  }
  /** One good create of the kind's seed, where it has one. */
  async seed(kind: AnyKind, name = names[0] as string): Promise<FuzzRequest | undefined> {
    const object = seedObject(kind, name);
    if (!object) return undefined;
    const body = Buffer.from(JSON.stringify(object));
    return { method: "POST", url: this.#path(kind, "default"), headers: { "content-type": "application/json" }, body };
  }

  #path(kind: AnyKind, namespace: string, ...rest: readonly string[]): string {
    const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
    const place = kind.scope === "Namespaced" && namespace ? `/namespaces/${namespace}` : "";
    return [`${root}${place}/${kind.plural}`, ...rest.map(encodeURIComponentSafe)].join("/");
  }
  #name(kind: AnyKind): string {
    const chance = this.#chance;
    if (chance.oneIn(60)) return odd(chance);
    const fixed = (seedObject(kind, "a") as { metadata?: { name: string } } | undefined)?.metadata?.name;
    return fixed && fixed !== "a" && !chance.oneIn(3) ? fixed : chance.pick(names);
  }
  #namespace(): string {
    const chance = this.#chance;
    return chance.oneIn(80)
      ? encodeURIComponentSafe(odd(chance))
      : chance.weighted([
          [8, namespaces[0]],
          [3, namespaces[1]],
          [1, chance.pick(namespaces)],
        ]);
  }
  #current(kind: AnyKind, namespace: string, name: string): Json | undefined {
    const served = this.#registry.find(kind.group, kind.version, kind.plural);
    const stored = served?.cache.get(served.key(namespace, name));
    return stored && (cloneJson(served!.show(stored)) as unknown as Json);
  }
  /** What stands there, or a new one: by hand, or from the schema alone. */
  #base(kind: AnyKind, namespace: string, name: string, fresh: boolean): Json {
    const chance = this.#chance;
    const current = fresh ? undefined : this.#current(kind, namespace, name);
    if (current) return current;
    const seed = chance.oneIn(6) ? undefined : seedObject(kind, name);
    if (seed) return seed;
    const made = valueOf(chance, kind.schema, kind.kind, chance.oneIn(2) ? tame : wild);
    const object = isObject(made) ? made : {};
    return {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      ...object,
      metadata: { ...(object["metadata"] as Json), name },
    };
  }
  #changed(kind: AnyKind, base: Json): unknown {
    const chance = this.#chance;
    return chance.oneIn(8) ? base : mutated(chance, kind.schema, base, chance.oneIn(2) ? wild : tame);
  }

  async #ofKind(kind: AnyKind, operation: Operation): Promise<FuzzRequest> {
    const chance = this.#chance;
    const namespace = this.#namespace();
    const name = this.#name(kind);
    const method = methods[operation];
    const isOfMany =
      operation === "create" || operation === "list" || operation === "watch" || operation === "deletecollection";
    const all = operation !== "create" && chance.oneIn(3) ? "" : namespace;
    const path = isOfMany ? this.#path(kind, all) : this.#path(kind, namespace, name);
    const url = `${path}${this.#query(operation)}`;
    const headers = this.#headers();
    if (operation === "create" || operation === "update") {
      const value = this.#changed(kind, this.#base(kind, namespace, name, operation === "create"));
      return withBody({ method, url, headers }, await encoded(chance, kind, value));
    }
    if (operation === "patch")
      return this.#patch({ method, url, headers }, kind, this.#base(kind, namespace, name, false));
    if ((operation === "delete" || operation === "deletecollection") && chance.oneIn(2))
      return withBody(
        { method, url, headers },
        { type: "application/json", body: Buffer.from(JSON.stringify(this.#deleteOptions())) },
      );
    return { method, url, headers };
  }

  async #ofSubresource(kind: AnyKind, subresource: Subresource): Promise<FuzzRequest> {
    const chance = this.#chance;
    const namespace = this.#namespace();
    const name = this.#name(kind);
    const verb = chance.oneIn(10) ? "delete" : chance.pick(subresource.verbs);
    const method = methods[verb as Operation] ?? "GET";
    const more = chance.oneIn(8) ? ["a", odd(chance)] : [];
    const url = `${this.#path(kind, namespace, name, subresource.name, ...more)}${this.#query(verb)}`;
    const headers = this.#headers();
    const own = subresourceBodies[subresource.name];
    const base = own ? { ...cloneJson(own), metadata: { name } } : this.#base(kind, namespace, name, false);
    if (verb === "patch") return this.#patch({ method, url, headers }, kind, base as Json);
    if (verb === "get") return { method, url, headers };
    const value = own ? (chance.oneIn(3) ? base : shaken(chance, base)) : this.#changed(kind, base as Json);
    return withBody({ method, url, headers }, await encoded(chance, kind, value));
  }

  async #patch(request: Omit<FuzzRequest, "body">, kind: AnyKind, base: Json): Promise<FuzzRequest> {
    const chance = this.#chance;
    const type = chance.pick(patchTypes);
    const patch = patchOf(chance, type, kind, base);
    const isYaml = type === "application/apply-patch+yaml" && chance.oneIn(3);
    const text = isYaml ? await emitYaml(patch) : (JSON.stringify(patch) ?? "");
    const mark = request.url.includes("?") ? "&" : "?";
    const manager =
      type === "application/apply-patch+yaml" && !chance.oneIn(15)
        ? `${mark}fieldManager=${chance.pick(["m", "n"])}${chance.oneIn(2) ? "&force=true" : ""}`
        : "";
    return withBody({ ...request, url: request.url + manager }, { type, body: Buffer.from(text) });
  }

  #deleteOptions(): unknown {
    const chance = this.#chance;
    if (chance.oneIn(6)) return junk(chance);
    const some = <T>(value: T): T | unknown => (chance.oneIn(5) ? junk(chance) : value);
    const all: Json = {
      kind: some("DeleteOptions"),
      apiVersion: some("v1"),
      gracePeriodSeconds: some(chance.pick([0, 1, -1, 30])),
      preconditions: some({ uid: some("x"), resourceVersion: some("1") }),
      orphanDependents: some(true),
      propagationPolicy: some(chance.pick(["Foreground", "Background", "Orphan"])),
      dryRun: some(["All"]),
    };
    return Object.fromEntries(Object.entries(all).filter(() => chance.oneIn(3)));
  }

  #query(operation: string): string {
    const chance = this.#chance;
    const query = new URLSearchParams();
    const set = (oneIn: number, name: string, ...values: readonly string[]): void => {
      if (chance.oneIn(oneIn)) query.append(name, chance.oneIn(8) ? odd(chance) : chance.pick(values));
    };
    const number = String(chance.pick(hostileNumbers));
    const isRead =
      operation === "list" || operation === "watch" || operation === "deletecollection" || operation === "get";
    if (isRead) {
      set(5, "labelSelector", "app=a", "a in (b,c),!d", "app!=a", "a in (", "x,,y", "a notin ()", "()", "=", "!");
      set(
        5,
        "fieldSelector",
        "metadata.name=a",
        "spec.nodeName=",
        "status.phase!=Running",
        "constructor=a",
        "__proto__=",
        "a\\,b=c",
        "metadata.name",
      );
      set(5, "limit", "1", "2", "-1", number, "0x1", " 1");
      set(6, "continue", this.#continueToken());
      set(5, "resourceVersion", "0", "1", "", number, "99999999", "-1", "1e3");
      set(8, "resourceVersionMatch", "Exact", "NotOlderThan", "constructor");
      set(12, "timeoutSeconds", "1", "-1", number);
      set(12, "sendInitialEvents", "true", "false", "");
      set(12, "allowWatchBookmarks", "true", "1", "");
      set(10, "includeObject", "None", "Metadata", "Object", "X");
      if (operation === "watch") query.set("watch", chance.oneIn(20) ? odd(chance) : "1");
    } else {
      set(8, "dryRun", "All", "None", "All,All", "");
      set(6, "fieldValidation", "Strict", "Warn", "Ignore", "X", "");
      set(8, "fieldManager", "m", "n", "x".repeat(129), "a\0b");
      set(15, "force", "true", "x");
      set(15, "gracePeriodSeconds", "0", "1", number, "x");
      set(15, "propagationPolicy", "Foreground", "X", "");
      set(20, "orphanDependents", "true", "");
    }
    set(20, "pretty", "true", "0", "");
    set(40, chance.pick(hostileTexts), "a");
    const text = query.toString();
    return text ? `?${chance.oneIn(40) ? text.replace("%", "%%") : text}` : "";
  }
  #continueToken(): string {
    const chance = this.#chance;
    const token = {
      v: "meta.k8s.io/v1",
      rv: chance.pick([1, -1, 5, 1e300, "x"]),
      start: chance.pick(["default/a\0", "a\0", "", "/", "../x", "\0"]),
    };
    const text = JSON.stringify(chance.oneIn(4) ? junk(chance) : token) ?? "";
    return Buffer.from(text).toString(chance.oneIn(10) ? "base64" : "base64url");
  }

  #headers(): Record<string, string> {
    const chance = this.#chance;
    const headers: Record<string, string> = {};
    if (chance.oneIn(3))
      headers["accept"] = chance.oneIn(15) ? chance.pick([odd(chance), ...oddAccepts]) : chance.pick(accepts);
    if (chance.oneIn(12))
      headers["user-agent"] = chance.pick(["curl/8", "kubectl/v1.36.0 (linux/amd64)", "/", odd(chance)]);
    if (chance.oneIn(25))
      headers["impersonate-user"] = chance.pick([
        "u",
        "system:serviceaccount:default:default",
        "system:serviceaccount::",
        odd(chance),
      ]);
    if (chance.oneIn(40)) headers["impersonate-group"] = chance.pick(["g", "g,,h", odd(chance)]);
    if (chance.oneIn(50)) headers["impersonate-uid"] = odd(chance);
    if (chance.oneIn(50))
      headers[`impersonate-extra-${chance.pick(["a", "%zz", "__proto__", "%41", "%e0%a4%a"])}`] = odd(chance);
    if (chance.oneIn(40)) headers["audit-id"] = odd(chance);
    if (chance.oneIn(30)) headers["accept-encoding"] = chance.pick(["gzip", "gzip;q=0", "br, gzip;q=0.5", odd(chance)]);
    if (chance.oneIn(60))
      headers["authorization"] = chance.pick(["Bearer x", "Bearer a.b.c", "Basic eDp5", "Bearer", odd(chance)]);
    if (chance.oneIn(80)) headers["connection"] = "upgrade";
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerSafe(value)]));
  }

  /** Now and then something is simply broken. */
  #perturb(request: FuzzRequest): FuzzRequest {
    const chance = this.#chance;
    let { method, url, headers, body } = request;
    if (body && chance.oneIn(12)) body = garbled(chance, body);
    if (body && chance.oneIn(40)) {
      const [type, bytes] = chance.pick(hostileBodies);
      headers = { ...headers, ...(method === "PATCH" ? {} : { "content-type": type }) };
      body = bytes;
    }
    if (chance.oneIn(60))
      headers = {
        ...headers,
        "content-type": headerSafe(
          chance.pick([
            ...patchTypes,
            "application/json; charset=x",
            "application/cbor",
            "constructor",
            "__proto__",
            odd(chance),
          ]),
        ),
      };
    if (chance.oneIn(60))
      method = chance.pick(["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD", "OPTIONS", "TRACE", "FOO"]);
    if (chance.oneIn(60)) url = this.#brokenUrl(url);
    return { method, url, headers, ...(body ? { body } : {}) };
  }
  #brokenUrl(url: string): string {
    const chance = this.#chance;
    const at = 1 + chance.below(url.length - 1);
    const piece = chance.pick([
      "/",
      "//",
      "%2f",
      "%",
      "%zz",
      "%00",
      "?",
      "#",
      "/..",
      "/watch",
      "/namespaces",
      "%c0%af",
      "constructor",
      ":",
      ";",
    ]);
    return chance.oneIn(3) ? url.slice(0, at) : `${url.slice(0, at)}${piece}${url.slice(at)}`;
  }
  /** Paths that are no resources of any kind. */
  #stray(): FuzzRequest {
    const chance = this.#chance;
    const paths = [
      "/",
      "/api",
      "/apis",
      "/api/v1",
      "/apis/apps",
      "/apis/apps/v1",
      "/apis/constructor/v1/a",
      "/api/v1/constructor",
      "/api/v1/namespaces/a/__proto__",
      "/apis/__proto__/v1/x/y",
      "/version",
      "/healthz",
      "/readyz?verbose",
      "/livez/ping",
      "/livez/constructor",
      "/readyz?exclude=__proto__",
      "/openapi/v2",
      "/openapi/v3",
      "/openapi/v3/api/v1",
      "/openapi/v3/apis/apps/v1?hash=X",
      "/openapi/v3/__proto__",
      "/metrics",
      "/openid/v1/jwks",
      "/.well-known/openid-configuration",
      "/api/v1/watch/pods",
      "/api/v1/watch/namespaces/default/pods/a",
      "/api/v1/watch",
      "/api//v1///pods",
      "/apis/apps/v1/watch/watch/watch",
      "*",
      "//",
      "/%",
      "/%00",
      "/api/v1/pods/a/b/c/d/e",
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      "/api/v1/namespaces/%2e%2e/pods",
      "/logs/",
      "/debug/pprof/",
    ];
    const method = chance.oneIn(4) ? chance.pick(["POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH"]) : "GET";
    return this.#perturb({ method, url: chance.pick(paths), headers: this.#headers() });
  }
}

const withBody = (request: Omit<FuzzRequest, "body">, { type, body }: Encoded): FuzzRequest => ({
  ...request,
  headers: { ...request.headers, "content-type": type },
  body,
});
/** A lone surrogate has no escaped form. */
function encodeURIComponentSafe(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
/** An object without a schema at hand, with one value replaced. */
function shaken(chance: Chance, value: object): unknown {
  const copy = cloneJson(value) as Json;
  const key = chance.pick(Object.keys(copy));
  const inner = copy[key];
  copy[key] =
    isObject(inner) && !chance.oneIn(3)
      ? shaken(chance, Object.keys(inner).length > 0 ? inner : { a: 1 })
      : junk(chance);
  return copy;
}
