// The node's HTTPS server (port 10250): logs, exec, attach and port-forward for the API server, figures for scrapers.
// Everything but /healthz needs a client certificate of the cluster's authority whose holder is let in.
import { createServer as createHttpsServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Metrics } from "#base/metrics.ts";
import { aborted, deferred, type Service } from "#base/service.ts";
import type { Span } from "#base/tracing/span.ts";
import type { Tracer } from "#base/tracing/tracer.ts";
import { readTrace } from "#base/tracing/traceparent.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";
import { refuseUpgrade } from "#streams/negotiate.ts";
import { createAgentMetrics } from "./agent-metrics.ts";
import { answer, type Answer, type NodeRequest } from "./answer.ts";
import type { PodLookup } from "./pod-lookup.ts";
import { routeOf, subresourceOf } from "./routes.ts";
import { upgradeAnswer } from "./upgrade.ts";
import { createUsage, type Measured } from "./usage.ts";

export interface NodeServerOptions {
  readonly nodeName: string;
  /** All addresses when absent. */
  readonly host?: string;
  /** 0 for any. */
  readonly port: number;
  /** PEM. `clientCa` verifies clients. */
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string };
  /** Whether the holder of a verified certificate may use a part of the node; the API server and its masters, if absent. */
  readonly authorize?: (request: NodeAccess) => boolean | Promise<boolean>;
  readonly runtime: ContainerRuntime;
  readonly pods: PodLookup;
  /** A directory on the filesystem that pods use. */
  readonly podsDir: string;
  /** Further metrics of the agent, as Prometheus text. */
  readonly metrics?: () => string;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent: requests are not recorded. */
  readonly tracer?: Tracer;
}
export interface NodeAccess {
  readonly user: string;
  readonly groups: readonly string[];
  readonly method: string;
  /** Of nodes: proxy, stats or metrics. */
  readonly subresource: string;
}
export interface NodeServer extends Service {
  /** Once it is ready. */
  readonly port: number;
  /** Serves new connections with another certificate. */
  renew(tls: NodeServerOptions["tls"]): void;
}

export interface NodeContext extends NodeServerOptions {
  readonly usage: (signal: AbortSignal) => Promise<Measured>;
  readonly agentMetrics: Metrics;
}

const keepAliveMs = 30_000;
/** How long requests under way may take to finish once the server stops. */
const graceMs = 2000;
/** The command of an exec is in the query. */
const headerBytes = 128 * 1024;
const apiServerName = "kube-apiserver-kubelet-client";

export function createNodeServer(options: NodeServerOptions): NodeServer {
  const { runtime, pods, podsDir, clock, log } = options;
  const usage = createUsage({ runtime, pods: () => pods.list(), podsDir, clock });
  const agentMetrics = createAgentMetrics(options.nodeName, () => pods.list());
  const context: NodeContext = { ...options, usage, agentMetrics };
  const server = createHttpsServer({
    ...tlsOf(options.tls),
    minVersion: "TLSv1.2",
    requestCert: true,
    maxHeaderSize: headerBytes,
    // A missing certificate is answered with 401, and /healthz needs none.
    rejectUnauthorized: false,
  });
  const sockets = new Set<Duplex>();
  server.on("secureConnection", (socket) => {
    sockets.add(socket);
    socket.setKeepAlive(true, keepAliveMs);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", (error) => log.debug("a connection broke", { error }));
  });
  server.on("request", (request, response) => void serve(context, request, response));
  server.on(
    "upgrade",
    (request, socket, head) => void traced(context, request, () => serveUpgrade(context, request, socket, head)),
  );
  const ready = deferred();
  return {
    name: "node-server",
    ready: ready.promise,
    get port() {
      return (server.address() as AddressInfo).port;
    },
    renew: (tls) => server.setSecureContext(tlsOf(tls)),
    async run(signal) {
      await listen(server, options).then(ready.resolve, (error: unknown) => {
        ready.reject(error);
        throw error;
      });
      log.info("serving the node's API", { port: (server.address() as AddressInfo).port });
      await aborted(signal);
      await close(server, sockets, clock);
    },
  };
}

const tlsOf = ({ cert, key, clientCa }: NodeServerOptions["tls"]) => ({ cert, key, ca: clientCa });

function listen(server: Server, { host, port }: NodeServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, ...(host ? { host } : {}) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function close(server: Server, sockets: ReadonlySet<Duplex>, clock: Clock): Promise<void> {
  const ended = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  using _ = clock.after(graceMs, () => {
    for (const socket of sockets) socket.destroy();
  });
  await ended;
}

/** The route of a request that its sender may make, or the answer that refuses it. */
async function admit(context: NodeContext, request: IncomingMessage): Promise<NodeRequest | Answer> {
  const url = new URL(`http://node${request.url?.startsWith("/") ? request.url : "/"}`);
  const route = routeOf(url.pathname);
  const method = request.method ?? "GET";
  const made = (): NodeRequest | Answer =>
    route ? { route, method, query: url.searchParams } : { code: 404, body: "404 page not found\n" };
  if (route?.type === "healthz") return made();
  const socket = request.socket as TLSSocket;
  const subject = socket.authorized ? socket.getPeerCertificate()?.subject : undefined;
  if (!subject?.CN) return { code: 401, body: "Unauthorized" };
  const groups = subject.O === undefined ? [] : [subject.O].flat();
  const subresource = route ? subresourceOf(route) : "proxy";
  const access: NodeAccess = { user: [subject.CN].flat()[0]!, groups, method, subresource };
  if (await (context.authorize ?? isApiServer)(access)) return made();
  const body = `Forbidden (user=${access.user}, verb=${verbOf(method)}, resource=nodes, subresource=${subresource})`;
  return { code: 403, body };
}

const isApiServer = ({ user, groups }: NodeAccess): boolean =>
  user === apiServerName || groups.includes("system:masters");
const verbOf = (method: string): string => ({ POST: "create", PUT: "update" })[method] ?? method.toLowerCase();

const isRequest = (admitted: NodeRequest | Answer): admitted is NodeRequest => "route" in admitted;

const serve = (context: NodeContext, request: IncomingMessage, response: ServerResponse): Promise<void> =>
  traced(context, request, (span) =>
    serveTraced(context, request, response).then(() => {
      span?.set({ "http.response.status_code": response.statusCode });
    }),
  );

/** Runs as a part of the trace that the request belongs to. */
function traced(
  { tracer }: NodeContext,
  { method = "GET", url = "/", headers }: IncomingMessage,
  run: (span: Span | undefined) => Promise<void>,
): Promise<void> {
  if (!tracer) return run(undefined);
  const [path = "/"] = url.split("?");
  const attributes = {
    "http.request.method": method,
    "url.path": path,
    "user_agent.original": headers["user-agent"] ?? "",
  };
  return tracer.run(`/${path.split("/")[1]}`, { kind: "server", parent: readTrace(headers), attributes }, run);
}

async function serveTraced(context: NodeContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("the client has gone away")));
  try {
    const admitted = await admit(context, request);
    const made = isRequest(admitted) ? await answer(context, admitted, gone.signal) : admitted;
    response.writeHead(made.code, { "content-type": made.contentType ?? "text/plain; charset=utf-8" });
    if (typeof made.body === "string") response.end(made.body);
    else await send(made.body, response);
  } catch (error) {
    if (!gone.signal.aborted) context.log.warn("a request failed", { path: request.url?.split("?")[0], error });
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end((error as Error).message);
  }
}

async function send(body: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  // The headers go out at once: a log that is followed may have nothing to say for long.
  response.flushHeaders();
  for await (const chunk of body) {
    if (response.destroyed) return;
    if (!response.write(chunk))
      await new Promise<void>((resolve) => {
        response.once("drain", resolve).once("close", resolve);
      });
  }
  response.end();
}

async function serveUpgrade(
  context: NodeContext,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  socket.on("error", () => undefined);
  try {
    const admitted = await admit(context, request);
    const refusal = isRequest(admitted) ? await upgradeAnswer(context, admitted, { request, socket, head }) : admitted;
    if (refusal) refuseUpgrade(socket, refusal.code, typeof refusal.body === "string" ? refusal.body : "");
  } catch (error) {
    context.log.warn("a streaming request failed", { path: request.url?.split("?")[0], error });
    socket.destroy();
  }
}
