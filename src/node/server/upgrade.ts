// Answers of the node's server to requests that upgrade their connection: exec, attach, port-forward, and logs over a
// WebSocket.
import { createWebSocketStream } from "ws";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { runningContainer } from "./containers.ts";
import { servePortForward } from "#streams/port-forward.ts";
import type { UpgradeCall } from "#streams/negotiate.ts";
import { upgradeKind } from "#streams/negotiate.ts";
import { serveRemoteCommand } from "#streams/serve-remote-command.ts";
import { acceptWebSocket } from "#streams/websocket/accept.ts";
import { plainProtocols } from "#streams/websocket/channel-protocol.ts";
import { containerLog, type Answer, type NodeRequest } from "./answer.ts";
import type { LocatedPod } from "./pod-lookup.ts";
import { serveProcess } from "./process-stream.ts";
import { forwardedPorts, streamFlags } from "./query.ts";
import type { Route } from "./routes.ts";
import type { NodeContext } from "./server.ts";

/** A refusal that is still to be sent, or undefined when the connection has been served to its end. */
export async function upgradeAnswer(
  context: NodeContext,
  request: NodeRequest,
  call: UpgradeCall,
): Promise<Answer | undefined> {
  const { route, query } = request;
  switch (route.type) {
    case "exec":
    case "attach":
      return serveCommand(context, route, query, call);
    case "portForward":
      return serveForward(context, route, query, call);
    case "containerLogs":
      return serveLog(context, request, call);
    default:
      return { code: 400, body: "this path cannot be upgraded" };
  }
}

/** The pod that a route names, with its uid when the route gives one. */
function locate(context: NodeContext, route: Extract<Route, { pod: string }>): LocatedPod | undefined {
  const located = context.pods.find(route.namespace, route.pod);
  const uid = "uid" in route ? route.uid : undefined;
  return uid === undefined || located?.pod.metadata.uid === uid ? located : undefined;
}
const noPod: Answer = { code: 404, body: "pod does not exist" };

async function serveCommand(
  context: NodeContext,
  route: Extract<Route, { container: string }>,
  query: URLSearchParams,
  call: UpgradeCall,
): Promise<Answer | undefined> {
  const { runtime, clock, log } = context;
  const flags = streamFlags(query);
  if (!flags) return { code: 400, body: "you must specify at least 1 of stdin, stdout, stderr" };
  const located = locate(context, route);
  if (!located) return noPod;
  const choice = runningContainer(located.pod, route.container);
  if ("refusal" in choice) return { code: choice.code, body: choice.refusal };
  const connection = await serveRemoteCommand(call, flags, clock);
  if (!connection) return undefined;
  const about = log.with({ pod: route.pod, namespace: route.namespace, container: route.container });
  if (route.type === "exec") {
    const command = query.getAll("command");
    const what = "error executing command in container";
    await serveProcess(connection, (signal) => runtime.exec(choice.id, command, flags, signal), what, about);
  } else {
    const what = "error attaching to container";
    await serveProcess(connection, (signal) => runtime.attach(choice.id, flags, signal), what, about);
  }
  return undefined;
}

async function serveForward(
  context: NodeContext,
  route: Extract<Route, { type: "portForward" }>,
  query: URLSearchParams,
  call: UpgradeCall,
): Promise<Answer | undefined> {
  const ports = forwardedPorts(query);
  if (!ports) return { code: 400, body: `unable to parse ${JSON.stringify(query.get("port"))} as a port` };
  const located = locate(context, route);
  if (!located) return noPod;
  const { sandboxId } = located;
  if (sandboxId === undefined) return { code: 500, body: `sandbox for pod "${route.pod}" is not running` };
  const gone = new AbortController();
  call.socket.once("close", () => gone.abort(new Error("the client has gone away")));
  await servePortForward(call, {
    dial: (port) => context.runtime.portForward(sandboxId, port, gone.signal),
    describe: (port, error) => {
      const cause = error.message.replace(/^error forwarding port \d+ to pod \S+, uid [^:]*: /, "");
      return `error forwarding port ${port} to pod ${route.pod}, uid ${located.pod.metadata.uid}: ${cause}`;
    },
    ports,
    clock: context.clock,
  });
  return undefined;
}

async function serveLog(context: NodeContext, request: NodeRequest, call: UpgradeCall): Promise<Answer | undefined> {
  const { route, query } = request;
  if (route.type !== "containerLogs" || upgradeKind(call.request.headers) !== "websocket")
    return { code: 400, body: "unable to upgrade: unexpected protocol" };
  const gone = new AbortController();
  call.socket.once("close", () => gone.abort(new Error("the client has gone away")));
  const log = containerLog(context, route, query, gone.signal);
  if (typeof log.body === "string") return log;
  const accepted = await acceptWebSocket(call, plainProtocols);
  if (!accepted) return undefined;
  const { socket, protocol } = accepted;
  const base64 = protocol === "base64.binary.k8s.io";
  const messages = createWebSocketStream(socket, { decodeStrings: false });
  // The client has nothing to say; what it says is dropped.
  messages.resume();
  const body = log.body;
  const encoded = async function* (): AsyncGenerator<Uint8Array | string> {
    for await (const chunk of body) yield base64 ? Buffer.from(chunk).toString("base64") : chunk;
  };
  await pipeline(Readable.from(encoded()), messages).catch((error: unknown) => {
    if (!gone.signal.aborted) context.log.info("a log could not be sent to its end", { pod: route.pod, error });
  });
  return undefined;
}
