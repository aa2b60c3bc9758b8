// The subresources that lead out of the API server: exec, attach, port-forward and log of pods, and the proxies to
// nodes, pods and Services. Streams are not translated: their bytes pass between the client and the node's server.
import { ApiError, badRequest } from "#api/errors.ts";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { Service } from "#api/core/service.ts";
import type { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Authenticated, Handler } from "#server/pipeline.ts";
import { createLogHandler } from "./log.ts";
import { createNodeProxy, createPodProxy, createServiceProxy } from "./proxy.ts";
import { forwardUpgrade, wantsUpgrade } from "./forward.ts";
import { nodeOfPod, nodeTarget } from "./node-target.ts";
import { containerOf, portForwardQuery, streamQuery } from "./options.ts";

export interface ConnectOptions {
  /** The four throw NotFound. */
  readonly lookupPod: (namespace: string, name: string, signal: AbortSignal) => Promise<Pod>;
  readonly lookupNode: (name: string, signal: AbortSignal) => Promise<Node>;
  readonly lookupService: (namespace: string, name: string, signal: AbortSignal) => Promise<Service>;
  /** Slices of a Service; none is an answer. */
  readonly lookupEndpointSlices: (
    namespace: string,
    service: string,
    signal: AbortSignal,
  ) => Promise<readonly EndpointSlice[]>;
  /** PEM: the client certificate for node servers, and the authority of theirs. Read at each call, so it may change. */
  readonly nodeTls: () => { readonly cert: string; readonly key: string; readonly ca: string };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** By the names of the subresources; for the server's dispatch. */
export function createConnectHandlers(options: ConnectOptions): Readonly<Record<string, Handler<Authenticated>>> {
  return {
    "pods/exec": createCommandHandler(options, "exec"),
    "pods/attach": createCommandHandler(options, "attach"),
    "pods/portforward": createPortForwardHandler(options),
    "pods/log": createLogHandler(options),
    "pods/proxy": createPodProxy(options),
    "services/proxy": createServiceProxy(options),
    "nodes/proxy": createNodeProxy(options),
  };
}

/** The node that a pod runs on; before it has one, there is nothing to connect to. */
async function nodeOf(options: ConnectOptions, pod: Pod, signal: AbortSignal): Promise<Node> {
  const name = pod.spec.nodeName;
  if (!name) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  return nodeOfPod(options, name, signal);
}

const segment = encodeURIComponent;
const upgradeRequired = (): ApiError => badRequest("Upgrade request required");

function createCommandHandler(options: ConnectOptions, type: "exec" | "attach"): Handler<Authenticated> {
  return async (call) => {
    const { namespace, name } = call.info;
    const pod = await options.lookupPod(namespace, name, call.signal);
    const container = containerOf(pod, call.query.get("container") ?? "");
    const node = await nodeOf(options, pod, call.signal);
    if (!wantsUpgrade(call)) throw upgradeRequired();
    const path = `/${type}/${segment(namespace)}/${segment(name)}/${segment(container)}`;
    return forwardUpgrade(call, nodeTarget(call, node, path, streamQuery(call.query), options), options.clock);
  };
}

function createPortForwardHandler(options: ConnectOptions): Handler<Authenticated> {
  return async (call) => {
    const { namespace, name } = call.info;
    const query = portForwardQuery(call.query);
    const pod = await options.lookupPod(namespace, name, call.signal);
    const node = await nodeOf(options, pod, call.signal);
    if (!wantsUpgrade(call)) throw upgradeRequired();
    const path = `/portForward/${segment(namespace)}/${segment(name)}`;
    return forwardUpgrade(call, nodeTarget(call, node, path, query, options), options.clock);
  };
}
