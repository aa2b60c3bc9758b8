// Answers /openapi for this server and those behind APIServices together. What this server has of its own is asked for
// as a client would, so that nothing is made twice while there are no others.
import { createHash } from "node:crypto";
import { apiVersionOf } from "#api/kind.ts";
import type { Call, Reply } from "#server/pipeline.ts";
import { mergeV2, toV3 } from "./merge-openapi.ts";
import type { RemoteVersion } from "./remote-discovery.ts";
import type { JsonObject } from "./remote-openapi.ts";

type Own = (call: Call) => Reply | undefined;
interface Options {
  readonly remote: () => readonly RemoteVersion[];
  /** Moves when `remote` does. */
  readonly version: () => number;
  /** Turns a version 2 document into its protobuf form. */
  readonly encodeV2: (document: object) => Uint8Array;
}
interface Document {
  readonly body: Uint8Array;
  readonly hash: string;
}
const protobufType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
const documentOf = (body: Uint8Array): Document => ({
  body,
  hash: createHash("sha512").update(body).digest("hex").toUpperCase(),
});

/** `own` with what others have; without others it is `own`. */
export function aggregateOpenApi(own: Own, { remote, version, encodeV2 }: Options): Own {
  let made: { readonly of: string; readonly documents: Map<string, Document> } = { of: "", documents: new Map() };
  /** Made once for each state of this server and of the others. */
  const kept = (of: string, key: string, make: () => Uint8Array): Document => {
    if (made.of !== of) made = { of, documents: new Map() };
    let document = made.documents.get(key);
    if (!document) made.documents.set(key, (document = documentOf(make())));
    return document;
  };
  const ownJson = (call: Call): { value: JsonObject; etag: string } | undefined => {
    const { accept: _, "if-none-match": __, ...headers } = call.headers;
    const reply = own({ ...call, headers: { ...headers, accept: "application/json" } });
    if (reply?.type !== "raw" || reply.code !== 200) return undefined;
    const { body } = reply;
    if (typeof body !== "string" && !(body instanceof Uint8Array)) return undefined;
    return {
      value: JSON.parse(Buffer.from(body).toString()) as JsonObject,
      etag: String(reply.headers?.["etag"] ?? ""),
    };
  };
  const v2 = (call: Call): Reply | undefined => {
    const parts = remote().flatMap(({ openApi }) => (openApi?.v2 ? [openApi.v2] : []));
    if (parts.length === 0) return own(call);
    const mine = ownJson(call);
    if (!mine) return own(call);
    const wantsProtobuf = (call.headers["accept"] ?? "").includes("spec.v2");
    const document = kept(`${mine.etag} ${version()}`, wantsProtobuf ? "v2 protobuf" : "v2", () => {
      const merged = mergeV2(mine.value, parts);
      return wantsProtobuf ? encodeV2(merged) : Buffer.from(JSON.stringify(merged));
    });
    return answer(call, document, wantsProtobuf ? protobufType : "application/json");
  };
  /** Version 3 out of version 2, for servers that have no version 3. */
  const converted = (path: string): Document | undefined => {
    const one = remote().find((r) => `apis/${apiVersionOf(r)}` === path);
    const { v2: part, v3 } = one?.openApi ?? {};
    if (!part || v3 || Object.keys(part.paths).length === 0) return undefined;
    const info = { title: one!.group, version: one!.version };
    return kept(`converted ${version()}`, path, () => Buffer.from(JSON.stringify(toV3(part, info))));
  };
  const index = (call: Call): Reply | undefined => {
    const mine = remote().length > 0 ? ownJson(call) : undefined;
    if (!mine) return own(call);
    const paths: Record<string, unknown> = {};
    for (const one of remote()) {
      const path = `apis/${apiVersionOf(one)}`;
      const hash = converted(path)?.hash;
      if (hash !== undefined) paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
      for (const [other, url] of Object.entries(one.openApi?.v3 ?? {})) paths[other] = { serverRelativeURL: url };
    }
    const all = { ...paths, ...(mine.value["paths"] as JsonObject) };
    return { type: "raw", code: 200, contentType: "application/json", body: JSON.stringify({ paths: all }) };
  };
  return (call) => {
    if (!call.path.startsWith("/openapi/") || (call.method !== "GET" && call.method !== "HEAD")) return own(call);
    if (call.path === "/openapi/v2") return v2(call);
    if (/^\/openapi\/v3\/?$/.test(call.path)) return index(call);
    const document = converted(call.path.slice("/openapi/v3/".length));
    return document ? answer(call, document, "application/json") : own(call);
  };
}

function answer(call: Call, { body, hash }: Document, contentType: string): Reply {
  const etag = `"${hash}"`;
  const headers = { etag, vary: "Accept" };
  if (call.headers["if-none-match"] === etag) return { type: "raw", code: 304, contentType, body: "", headers };
  return { type: "raw", code: 200, contentType, body, headers };
}
