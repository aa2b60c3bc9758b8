// OpenAPI documents: version 3, one per group-version with a content hash in its address so that clients may keep it
// for ever, and version 2, everything in one. Made when first asked for.
import { createHash } from "node:crypto";
import { apiVersionOf, type AnyKind } from "#api/kind.ts";
import { fixedPaths, versionPath } from "#server/discovery/openapi-fixed-paths.ts";
import type { PathOperations } from "#server/discovery/openapi-operations.ts";
import { OpenApiDraft } from "#server/discovery/openapi-draft.ts";
import type { Call, Reply } from "#server/pipeline.ts";

export interface OpenApiOptions {
  readonly kinds: () => readonly AnyKind[];
  /** Kinds that are only bodies of subresources (Eviction, Scale, TokenRequest …). */
  readonly bodies: readonly AnyKind[];
  readonly version: () => number;
  /** Of the API, for example 1.36. */
  readonly apiVersion: string;
  /** Turns a version 2 document into its protobuf form. */
  readonly encodeV2?: (document: object) => Uint8Array;
}

const security = {
  BearerToken: { type: "apiKey", name: "authorization", in: "header", description: "Bearer Token authentication" },
};
const info = (version: string): object => ({ title: "Kubernetes", version });

/** The version 3 document of one group-version. */
export function openApiV3(kinds: readonly AnyKind[], bodies: readonly AnyKind[], version: string): object {
  const draft = new OpenApiDraft(3);
  draft.addKinds(kinds, bodies);
  const [first] = kinds;
  const own = first && { group: first.group, version: first.version };
  if (own && !first.custom) draft.addPaths(versionPath(own));
  draft.mark([{ group: "", version: "v1" }, ...(own && own.group !== "" ? [own] : [])]);
  return document3(draft, version);
}
const document3 = ({ paths, definitions }: OpenApiDraft, version: string): object => ({
  openapi: "3.0.0",
  info: info(version),
  paths,
  components: {
    ...(Object.keys(definitions).length > 0 ? { schemas: definitions } : {}),
    securitySchemes: security,
  },
});
/** The version 3 document of a path that belongs to no kind. */
function fixedV3(paths: Readonly<Record<string, PathOperations>>, version: string): object {
  const draft = new OpenApiDraft(3);
  draft.addPaths(paths);
  draft.mark([]);
  return document3(draft, version);
}
const builtInGroups = (kinds: readonly AnyKind[]): string[] =>
  [...new Set(kinds.filter((k) => !k.custom).map((k) => k.group))].toSorted();

/** The version 2 document of everything. */
export function openApiV2(kinds: readonly AnyKind[], bodies: readonly AnyKind[], version: string): object {
  const draft = new OpenApiDraft(2);
  draft.addKinds(kinds, bodies);
  for (const kind of kinds) if (!kind.custom) draft.addPaths(versionPath(kind));
  for (const paths of Object.values(fixedPaths(builtInGroups(kinds)))) draft.addPaths(paths);
  draft.mark([]);
  return {
    swagger: "2.0",
    info: info(version),
    paths: draft.paths,
    definitions: draft.definitions,
    parameters: draft.pathWriter.parameters,
    securityDefinitions: security,
    security: [{ BearerToken: [] }],
  };
}

interface Document {
  readonly body: Uint8Array;
  readonly hash: string;
  /** In milliseconds. */
  readonly madeAt: number;
}
/** What every document is sent with; `madeAt` in milliseconds. */
const documentHeaders = (madeAt: number): Record<string, string> => ({
  "accept-ranges": "bytes",
  "last-modified": new Date(madeAt).toUTCString(),
});
/** Whether a client takes JSON, or one of `others`. */
function accepts(call: Call, others: readonly string[] = []): boolean {
  const accepted = (call.headers["accept"] ?? "").split(",").map((clause) => clause.split(";")[0]!.trim());
  return accepted.some((type) => ["", "*/*", "application/*", "application/json", ...others].includes(type));
}
const notAcceptable: Reply = { type: "raw", code: 406, contentType: "", body: "" };
const pathOf = (gv: string): string => (gv.includes("/") ? `apis/${gv}` : `api/${gv}`);
const v2Protobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/** With the spelling of before. */
const v2Protobufs = [v2Protobuf, v2Protobuf.replace("v2.v1", "v2@v1")];
// Only JSON is made of version 3; clients that name the other form take it as well.
const v3Protobuf = v2Protobufs.map((type) => type.replace("v2", "v3"));

/** Answers /openapi paths; undefined for others. */
export function createOpenApi(options: OpenApiOptions): (call: Call) => Reply | undefined {
  let madeFor = -1;
  let documents = new Map<string, Document>();
  let now = 0;
  const document = (key: string, make: () => Uint8Array): Document => {
    if (madeFor !== options.version()) {
      documents = new Map();
      madeFor = options.version();
    }
    let found = documents.get(key);
    if (!found) {
      const body = make();
      found = { body, hash: createHash("sha512").update(body).digest("hex").toUpperCase(), madeAt: now };
      documents.set(key, found);
    }
    return found;
  };
  const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
  const groupVersion = (gv: string): Document =>
    document(`v3 ${gv}`, () =>
      json(
        openApiV3(
          options.kinds().filter((k) => apiVersionOf(k) === gv),
          options.bodies,
          options.apiVersion,
        ),
      ),
    );
  const fixed = (): Record<string, Record<string, PathOperations>> => fixedPaths(builtInGroups(options.kinds()));
  /** The document of a path below /openapi/v3. */
  const documentAt = (path: string): Document | undefined => {
    const gv = [...new Set(options.kinds().map(apiVersionOf))].find((x) => pathOf(x) === path);
    if (gv !== undefined) return groupVersion(gv);
    const paths = fixed();
    if (!Object.hasOwn(paths, path)) return undefined;
    return document(`v3 fixed ${path}`, () => json(fixedV3(paths[path]!, options.apiVersion)));
  };
  const index = ({ receivedAt }: Call): Reply => {
    const paths: Record<string, object> = {};
    const own = [...new Set(options.kinds().map((kind) => pathOf(apiVersionOf(kind)))), ...Object.keys(fixed())];
    for (const path of own.toSorted())
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${documentAt(path)!.hash}` };
    const headers = documentHeaders(receivedAt);
    const contentType = "text/plain; charset=utf-8"; // Upstream: what Go finds out about text without a type.
    return { type: "raw", code: 200, contentType, body: JSON.stringify({ paths }), headers };
  };
  const v3 = (call: Call, path: string): Reply => {
    const found = documentAt(path);
    if (!found) return { type: "raw", code: 404, contentType: "", body: "" };
    if (!accepts(call, v3Protobuf)) return notAcceptable;
    const { body, hash, madeAt } = found;
    const asked = call.query.get("hash");
    if (asked !== null && asked !== hash)
      return {
        type: "raw",
        code: 301,
        contentType: "application/json",
        body: "",
        headers: { location: `/openapi/v3/${path}?hash=${hash}`, etag: `"${hash}"`, vary: "Accept" },
      };
    const etag = `"${hash}"`;
    const headers: Record<string, string> = { etag, vary: "Accept", ...documentHeaders(madeAt) };
    if (asked !== null) {
      headers["cache-control"] = "public, immutable";
      headers["expires"] = new Date(call.receivedAt + 365 * 24 * 3_600_000).toUTCString();
    }
    if (call.headers["if-none-match"] === etag)
      return { type: "raw", code: 304, contentType: "application/json", body: "", headers };
    return { type: "raw", code: 200, contentType: "application/json", body, headers };
  };
  const v2 = (call: Call): Reply => {
    const accept = call.headers["accept"] ?? "";
    const wantsProtobuf = accept.includes("spec.v2") && options.encodeV2 !== undefined;
    const make = (): object => openApiV2(options.kinds(), options.bodies, options.apiVersion);
    if (!accepts(call, v2Protobufs)) return notAcceptable;
    const { body, hash, madeAt } = document(wantsProtobuf ? "v2 protobuf" : "v2", () =>
      wantsProtobuf ? options.encodeV2!(make()) : json(make()),
    );
    const etag = `"${hash}"`;
    const contentType = wantsProtobuf ? v2Protobuf : "application/json";
    const headers = { etag, vary: "Accept", ...documentHeaders(madeAt) };
    if (call.headers["if-none-match"] === etag) return { type: "raw", code: 304, contentType, body: "", headers };
    return { type: "raw", code: 200, contentType, body, headers };
  };
  return (call) => {
    if (call.method !== "GET" && call.method !== "HEAD") return undefined;
    now = call.receivedAt;
    if (call.path === "/openapi/v2") return v2(call);
    if (call.path === "/openapi/v3" || call.path === "/openapi/v3/") return index(call);
    if (call.path.startsWith("/openapi/v3/"))
      return v3(call, call.path.slice("/openapi/v3/".length).replace(/\/$/, ""));
    return undefined;
  };
}
