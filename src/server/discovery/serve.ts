// Serves /api and /apis. Documents are made when first asked for and kept until the set of kinds changes.
import { createHash } from "node:crypto";
import { ApiError } from "#api/errors.ts";
import type { AnyKind } from "#api/kind.ts";
import type { RemoteVersion } from "#server/aggregate/remote-discovery.ts";
import {
  aggregated,
  coreVersions,
  groupDocument,
  groupList,
  groupVersions,
  resourceList,
} from "#server/discovery/groups.ts";
import type { Call, Reply } from "#server/pipeline.ts";

export interface DiscoveryOptions {
  readonly kinds: () => readonly AnyKind[];
  /** What other servers answer for. */
  readonly remote?: () => readonly RemoteVersion[];
  /** Moves when `kinds` or `remote` does. */
  readonly version: () => number;
  /** host:port for clients. */
  readonly serverAddress: string;
}
const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function wantsAggregated(accept: string | undefined): boolean {
  for (const item of (accept ?? "").split(",")) {
    const [type, ...parameters] = item.split(";").map((p) => p.trim());
    if (type !== "application/json" && type !== "*/*") continue;
    const has = (p: string): boolean => parameters.includes(p);
    if (has("as=APIGroupDiscoveryList") && has("g=apidiscovery.k8s.io")) {
      if (has("v=v2")) return true;
      continue; // older versions of the document are no longer served: try what the client likes next
    }
    if (parameters.every((p) => !p.startsWith("as="))) return false;
  }
  return false;
}

/** Answers discovery paths; undefined for others. */
export function createDiscovery(options: DiscoveryOptions): (call: Call) => Reply | undefined {
  const { remote = () => [] } = options;
  let madeFor = -1;
  let documents = new Map<string, { body: Uint8Array; etag: string }>();
  const document = (key: string, make: () => object): { body: Uint8Array; etag: string } => {
    if (madeFor !== options.version()) {
      documents = new Map();
      madeFor = options.version();
    }
    let found = documents.get(key);
    if (!found) {
      const body = Buffer.from(`${JSON.stringify(make())}\n`);
      found = { body, etag: `"${createHash("sha512").update(body).digest("hex").toUpperCase()}"` };
      documents.set(key, found);
    }
    return found;
  };
  const plain = (path: string, make: () => object): Reply => ({
    type: "raw",
    code: 200,
    contentType: "application/json",
    body: document(path, make).body,
  });
  const whole = (call: Call, core: boolean): Reply => {
    const { body, etag } = document(`aggregated ${core}`, () => aggregated(options.kinds(), core, remote()));
    const headers = { etag, vary: "Accept" };
    const fresh = call.headers["if-none-match"]?.split(",").some((t) => t.trim() === etag);
    if (fresh) return { type: "raw", code: 304, contentType: aggregatedType, body: "", headers };
    return { type: "raw", code: 200, contentType: aggregatedType, body, headers };
  };
  return (call) => {
    const parts = call.path.split("/").filter(Boolean);
    const [first, group, version] = parts;
    if ((first !== "api" && first !== "apis") || parts.length > 3) return undefined;
    if (first === "api" && parts.length > 2) return undefined;
    if (call.method !== "GET" && call.method !== "HEAD") return undefined;
    if (parts.length === 1 && wantsAggregated(call.headers["accept"])) return whole(call, first === "api");
    if (first === "api" && parts.length === 1) return plain("/api", () => coreVersions(options.serverAddress));
    const groups = groupVersions(options.kinds(), remote());
    if (parts.length === 1) return plain("/apis", () => groupList(groups));
    const [g, v] = first === "api" ? ["", group] : [group!, version];
    const known = groups.find((x) => x.group === g);
    if (!known || (v !== undefined && !known.versions.includes(v)))
      throw new ApiError("NotFound", "the server could not find the requested resource", { details: {} });
    if (v === undefined) return plain(call.path, () => groupDocument(known));
    return plain(`/${parts.join("/")}`, () => resourceList(options.kinds(), g, v));
  };
}
