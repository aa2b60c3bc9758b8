// A request to the server of a node, with the API server's own certificate.
import type { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason, notFound } from "#api/errors.ts";
import type { Call } from "#server/pipeline.ts";
import { forwardedHeaders, type ForwardTarget } from "./forward.ts";
import type { ConnectOptions } from "./handlers.ts";
import { hostPort, nodeServerOf } from "./targets.ts";

/** `path` is encoded. */
export function nodeTarget(
  call: Call,
  node: Node,
  path: string,
  query: URLSearchParams,
  options: Pick<ConnectOptions, "nodeTls">,
): ForwardTarget {
  const { host, port } = nodeServerOf(node);
  const search = query.toString();
  const url = new URL(`https://${hostPort(host, port)}${path}${search ? `?${search}` : ""}`);
  return { url, tls: options.nodeTls(), headers: { ...forwardedHeaders(call), host: url.host } };
}

/** Upstream: a node that is missing is spoken of as what was asked about, a pod. */
export async function nodeOfPod(options: ConnectOptions, name: string, signal: AbortSignal): Promise<Node> {
  try {
    return await options.lookupNode(name, signal);
  } catch (error) {
    throw isReason(error, "NotFound") ? notFound(Pod, name) : error;
  }
}
