// The proxies to nodes, pods and Services: the path behind "proxy" and everything else of the request goes to the
// target, the answer comes back with its redirects and links rewritten; upgrades are passed through.
import { isReason } from "#api/errors.ts";
import type { Authenticated, Handler, Reply } from "#server/pipeline.ts";
import {
  forward,
  forwardedHeaders,
  forwardUpgrade,
  receivedHeaders,
  wantsUpgrade,
  type ForwardTarget,
} from "./forward.ts";
import type { ConnectOptions } from "./handlers.ts";
import { nodeTarget } from "./node-target.ts";
import { rewritePage } from "./page.ts";
import { proxiedPath, rewriteLocation } from "./rewrite.ts";
import { rewriteLink } from "./rewrite-html.ts";
import {
  hostPort,
  noEndpoints,
  nodeServerOf,
  parseNamedPort,
  podTarget,
  serviceEndpoints,
  type ServiceEndpoint,
} from "./targets.ts";

export function createPodProxy(options: ConnectOptions): Handler<Authenticated> {
  return async (call) => {
    const asked = parseNamedPort(call.info.name, "pod");
    const pod = await options.lookupPod(call.info.namespace, asked.name, call.signal);
    return proxy(call, plainTarget(call, asked.scheme, podTarget(pod, asked.port)), options);
  };
}

export function createServiceProxy(options: ConnectOptions): Handler<Authenticated> {
  return async (call) => {
    const { namespace, name: id } = call.info;
    const asked = parseNamedPort(id, "service");
    const service = await options.lookupService(namespace, asked.name, call.signal);
    const slices = await options.lookupEndpointSlices(namespace, asked.name, call.signal);
    const endpoints = serviceEndpoints(service, slices, asked, id, options.random);
    const chosen = await firstReal(endpoints, namespace, options, call.signal);
    if (!chosen) throw noEndpoints(id);
    return proxy(call, plainTarget(call, asked.scheme, hostPort(chosen.address, chosen.port)), options);
  };
}

/** Only addresses that belong to the pods they name: a slice must not lead anywhere else. */
async function firstReal(
  endpoints: readonly ServiceEndpoint[],
  namespace: string,
  { lookupPod }: ConnectOptions,
  signal: AbortSignal,
): Promise<ServiceEndpoint | undefined> {
  for (const endpoint of endpoints) {
    try {
      const pod = await lookupPod(namespace, endpoint.pod, signal);
      if (pod.status.podIPs?.some(({ ip }) => ip === endpoint.address)) return endpoint;
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
  }
  return undefined;
}

export function createNodeProxy(options: ConnectOptions): Handler<Authenticated> {
  return async (call) => {
    const asked = parseNamedPort(call.info.name, "node");
    const node = await options.lookupNode(asked.name, call.signal);
    const { host, port } = nodeServerOf(node);
    if (asked.port !== "" && asked.port !== String(port))
      return proxy(call, plainTarget(call, asked.scheme, hostPort(host, asked.port)), options);
    const { suffix } = proxiedPath(call.rawPath);
    return proxy(call, nodeTarget(call, node, suffix, call.query, options), options);
  };
}

/** Certificates of pods are not verified: nobody vouches for them. */
function plainTarget(call: Authenticated, scheme: "http" | "https", host: string): ForwardTarget {
  const { prefix, suffix } = proxiedPath(call.rawPath);
  const search = call.query.toString();
  return {
    url: new URL(`${scheme}://${host}${suffix}${search ? `?${search}` : ""}`),
    tls: { rejectUnauthorized: false },
    headers: { ...forwardedHeaders(call), "x-forwarded-uri": `${prefix}${suffix}` },
  };
}

async function proxy(call: Authenticated, target: ForwardTarget, options: ConnectOptions): Promise<Reply> {
  if (wantsUpgrade(call)) return forwardUpgrade(call, target, options.clock);
  const { prefix, suffix } = proxiedPath(call.rawPath);
  if (suffix === "" && (call.method === "GET" || call.method === "HEAD")) return toRoot(call);
  const reply = await forward(call, target, (response) => {
    const headers = receivedHeaders(response);
    const location = response.headers.location;
    if (location !== undefined)
      headers["location"] = rewriteLocation(location, target.url, call.headers["host"], prefix);
    return headers;
  });
  if (reply.type !== "raw" || call.method === "HEAD" || reply.headers?.["location"] !== undefined) return reply;
  return rewritePage(reply, (link) => rewriteLink(link, target.url, call.headers["host"], prefix));
}

/** Links of a page at ".../proxy" would lead beside it, at ".../proxy/" they lead below. */
function toRoot(call: Authenticated): Reply {
  const search = call.query.toString();
  const location = `${call.rawPath}/${search ? `?${search}` : ""}`;
  return { type: "raw", code: 301, contentType: "text/plain", headers: { location }, body: "" };
}
