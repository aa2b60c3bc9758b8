// OpenAPI documents: version 3, one per group-version with a content hash in its address so that clients may keep it
// for ever, and version 2, everything in one. Made when first asked for.
import { createHash } from "node:crypto";
import { ApiError } from "#api/errors.ts";
import { apiVersionOf, type AnyKind } from "#api/kind.ts";
import { ListMeta } from "#api/meta/schema.ts";
import type { RemoteVersion } from "#server/aggregate/remote-discovery.ts";
import { pathsOf } from "#server/discovery/openapi-paths.ts";
import { SchemaWriter, type Dialect, type OpenApiSchema } from "#server/discovery/openapi-schema.ts";
import type { Call, Reply } from "#server/pipeline.ts";

export interface OpenApiOptions {
  readonly kinds: () => readonly AnyKind[];
  /** Kinds that are only bodies of subresources (Eviction, Scale, TokenRequest …). */
  readonly bodies: readonly AnyKind[];
  readonly version: () => number;
  /** Versions whose documents other servers have. */
  readonly remote?: () => readonly RemoteVersion[];
  /** Of the API, for example v1.36.0. */
  readonly gitVersion: string;
  /** Turns a version 2 document into its protobuf form. */
  readonly encodeV2?: (document: object) => Uint8Array;
}

function build(
  dialect: Dialect,
  kinds: readonly AnyKind[],
  bodies: readonly AnyKind[],
): { definitions: Record<string, OpenApiSchema>; paths: Record<string, OpenApiSchema> } {
  const definitions: Record<string, OpenApiSchema> = {};
  const writer = new SchemaWriter(dialect, (name, make) => {
    if (name in definitions) return;
    definitions[name] = {}; // stands here while the message is written, so that recursion ends
    definitions[name] = make();
  });
  writer.reference(ListMeta);
  const all = [...kinds, ...bodies];
  const definitionOf = (gvk: { group: string; version: string; kind: string }): string | undefined => {
    const body = all.find((k) => k.kind === gvk.kind && k.group === gvk.group && k.version === gvk.version);
    return body && writer.kind(body).object;
  };
  const reference = (name: string): OpenApiSchema => ({
    $ref: dialect === 3 ? `#/components/schemas/${name}` : `#/definitions/${name}`,
  });
  const paths: Record<string, OpenApiSchema> = {};
  for (const kind of kinds)
    Object.assign(paths, pathsOf(kind, writer.kind(kind), { dialect, reference, definitionOf }));
  return { definitions, paths };
}
const info = (gitVersion: string): object => ({ title: "Kubernetes", version: gitVersion });

/** The version 3 document of one group-version. */
export function openApiV3(kinds: readonly AnyKind[], bodies: readonly AnyKind[], gitVersion: string): object {
  const { definitions, paths } = build(3, kinds, bodies);
  return { openapi: "3.0.0", info: info(gitVersion), paths, components: { schemas: definitions } };
}
/** The version 2 document of everything. */
export function openApiV2(kinds: readonly AnyKind[], bodies: readonly AnyKind[], gitVersion: string): object {
  const { definitions, paths } = build(2, kinds, bodies);
  return { swagger: "2.0", info: info(gitVersion), paths, definitions };
}

const pathOf = (gv: string): string => (gv.includes("/") ? `apis/${gv}` : `api/${gv}`);
const v2Protobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/** Answers /openapi paths; undefined for others. */
export function createOpenApi(options: OpenApiOptions): (call: Call) => Reply | undefined {
  let madeFor = -1;
  let documents = new Map<string, { body: Uint8Array; hash: string }>();
  const document = (key: string, make: () => Uint8Array): { body: Uint8Array; hash: string } => {
    if (madeFor !== options.version()) {
      documents = new Map();
      madeFor = options.version();
    }
    let found = documents.get(key);
    if (!found) {
      const body = make();
      found = { body, hash: createHash("sha512").update(body).digest("hex").toUpperCase() };
      documents.set(key, found);
    }
    return found;
  };
  const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
  const groupVersion = (gv: string): { body: Uint8Array; hash: string } =>
    document(`v3 ${gv}`, () =>
      json(
        openApiV3(
          options.kinds().filter((k) => apiVersionOf(k) === gv),
          options.bodies,
          options.gitVersion,
        ),
      ),
    );
  const index = (): Reply => {
    const paths: Record<string, object> = {};
    for (const gv of new Set(options.kinds().map(apiVersionOf)))
      paths[pathOf(gv)] = { serverRelativeURL: `/openapi/v3/${pathOf(gv)}?hash=${groupVersion(gv).hash}` };
    for (const { openApi, ...of } of options.remote?.() ?? [])
      if (openApi) paths[pathOf(apiVersionOf(of))] = { serverRelativeURL: openApi };
    return { type: "raw", code: 200, contentType: "application/json", body: JSON.stringify({ paths }) };
  };
  const v3 = (call: Call, path: string): Reply => {
    const gv = [...new Set(options.kinds().map(apiVersionOf))].find((x) => pathOf(x) === path);
    if (gv === undefined) throw new ApiError("NotFound", "the server could not find the requested resource");
    const { body, hash } = groupVersion(gv);
    const asked = call.query.get("hash");
    if (asked !== null && asked !== hash)
      return {
        type: "raw",
        code: 301,
        contentType: "text/plain",
        body: "",
        headers: { location: `/openapi/v3/${path}?hash=${hash}` },
      };
    const etag = `"${hash}"`;
    const headers: Record<string, string> = { etag, vary: "Accept" };
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
    const make = (): object => openApiV2(options.kinds(), options.bodies, options.gitVersion);
    const { body, hash } = document(wantsProtobuf ? "v2 protobuf" : "v2", () =>
      wantsProtobuf ? options.encodeV2!(make()) : json(make()),
    );
    const etag = `"${hash}"`;
    const contentType = wantsProtobuf ? v2Protobuf : "application/json";
    const headers = { etag, vary: "Accept" };
    if (call.headers["if-none-match"] === etag) return { type: "raw", code: 304, contentType, body: "", headers };
    return { type: "raw", code: 200, contentType, body, headers };
  };
  return (call) => {
    if (call.method !== "GET" && call.method !== "HEAD") return undefined;
    if (call.path === "/openapi/v2") return v2(call);
    if (call.path === "/openapi/v3" || call.path === "/openapi/v3/") return index();
    if (call.path.startsWith("/openapi/v3/"))
      return v3(call, call.path.slice("/openapi/v3/".length).replace(/\/$/, ""));
    return undefined;
  };
}
