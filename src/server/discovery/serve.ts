// Serves /api and /apis. Documents are made when first asked for and kept until the set of kinds changes.
import { createHash } from "node:crypto";
import { ApiError } from "#api/errors.ts";
import type { AnyKind } from "#api/kind.ts";
import { emitYaml } from "#api/yaml.ts";
import type { RemoteVersion } from "#server/aggregate/remote-discovery.ts";
import {
  aggregated,
  coreVersions,
  groupDocument,
  groupList,
  groupVersions,
  resourceList,
} from "#server/discovery/groups.ts";
import { aggregatedType, discoveryForm, mediaTypes, type Media } from "#server/discovery/media.ts";
import { isPretty } from "#server/negotiate.ts";
import { pageNotFound, type Call, type Reply } from "#server/pipeline.ts";

export interface DiscoveryOptions {
  readonly kinds: () => readonly AnyKind[];
  /** Whether storage versions are told (the gate StorageVersionHash); default: they are. */
  readonly hasStorageHashes?: boolean;
  /** What other servers answer for. */
  readonly remote?: () => readonly RemoteVersion[];
  /** Moves when `kinds` or `remote` does. */
  readonly version: () => number;
  /** host:port for clients. */
  readonly serverAddress: string;
  /** Writes a document in protobuf; absent: those who ask get JSON. */
  readonly encodeProtobuf?: (document: object) => Uint8Array;
}
interface Document {
  readonly body: Uint8Array;
  readonly etag: string;
}

/** Answers discovery paths; undefined for others. */
export function createDiscovery(options: DiscoveryOptions): (call: Call) => Promise<Reply | undefined> {
  const { remote = () => [], encodeProtobuf } = options;
  let madeFor = -1;
  let documents = new Map<string, Promise<Document>>();
  const write = async (document: object, media: Media, isPrettied: boolean): Promise<Uint8Array> => {
    if (media === "yaml") return Buffer.from(await emitYaml(document));
    if (media === "protobuf" && encodeProtobuf) return encodeProtobuf(document);
    return Buffer.from(isPrettied ? JSON.stringify(document, null, 2) : `${JSON.stringify(document)}\n`);
  };
  const document = (key: string, make: () => Promise<Uint8Array>): Promise<Document> => {
    if (madeFor !== options.version()) {
      documents = new Map();
      madeFor = options.version();
    }
    let found = documents.get(key);
    if (!found) {
      const made = make().then((body) => {
        const hash = createHash("sha512").update(body).digest("hex").toUpperCase();
        return { body, etag: `"${hash}"` };
      });
      documents.set(key, (found = made));
    }
    return found;
  };
  const plain = async (call: Call, path: string, media: Media, make: () => object): Promise<Reply> => {
    const isPrettied = isPretty(call);
    const { body } = await document(`${path} ${media} ${isPrettied}`, () => write(make(), media, isPrettied));
    return { type: "raw", code: 200, contentType: mediaTypes[media], body };
  };
  const whole = async (call: Call, core: boolean, media: Media): Promise<Reply> => {
    const make = (): object => aggregated(options.kinds(), core, remote());
    const { body, etag } = await document(`aggregated ${core} ${media}`, () => write(make(), media, false));
    const headers = { etag, vary: "Accept", "cache-control": "public" };
    const contentType = aggregatedType(media);
    const fresh = call.headers["if-none-match"]?.split(",").some((t) => t.trim() === etag);
    if (fresh) return { type: "raw", code: 304, contentType, body: "", headers };
    return { type: "raw", code: 200, contentType, body, headers };
  };
  return async (call) => {
    const parts = call.path.split("/").filter(Boolean);
    const [first, group, version] = parts;
    if ((first !== "api" && first !== "apis") || parts.length > 3) return undefined;
    if (first === "api" && parts.length > 2) return undefined;
    const groups = groupVersions(options.kinds(), remote());
    const [g, v] = first === "api" ? ["", group] : [group, version];
    const known = groups.find((x) => x.group === g);
    if (g !== undefined && !known) return pageNotFound;
    if (v !== undefined && !known?.versions.includes(v))
      throw new ApiError("NotFound", "the server could not find the requested resource", { details: {} });
    if (call.method !== "GET" && call.method !== "HEAD")
      throw new ApiError("MethodNotAllowed", "the server does not allow this method on the requested resource", {
        details: {},
      });
    const { media, isAggregated } = discoveryForm(call.headers["accept"], parts.length === 1);
    if (isAggregated) return whole(call, first === "api", media);
    const path = `/${parts.join("/")}`;
    if (v !== undefined)
      return plain(call, path, media, () =>
        resourceList(options.kinds(), { group: g!, version: v }, options.hasStorageHashes),
      );
    if (first === "api") return plain(call, path, media, () => coreVersions(options.serverAddress));
    return plain(call, path, media, () => (known ? groupDocument(known) : groupList(groups)));
  };
}
