// HTTPS on one port, for HTTP/1.1 and HTTP/2. HTTP/2 streams are taken at the core API, without the objects of the
// compatibility layer; that layer listens as soon as "request" has a listener, and is taken off again.
import { X509Certificate } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { deferred, type Service } from "#base/service.ts";
import type { Peer } from "#server/pipeline.ts";
import { BodyBudget } from "./body-budget.ts";
import { peerOf } from "./call.ts";
import { http1Exchange, http2Exchange } from "./exchange.ts";
import { serve, type ServeContext } from "./serve.ts";
import { Turns } from "./turns.ts";
import { refuseUnreadable } from "./unreadable.ts";
import { upgradeExchange } from "./upgrade.ts";

export interface TlsMaterial {
  /** PEM: the server's chain and key. */
  readonly cert: string;
  readonly key: string;
  /** PEM: the authorities whose client certificates are believed. */
  readonly clientCa?: string;
  /** PEM: the authority of proxies that vouch for users. */
  readonly frontProxyCa?: string;
}
export interface HttpListenerOptions extends Omit<ServeContext, "bodies"> {
  /** All addresses when absent. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls: TlsMaterial;
}
export interface HttpListener extends Service {
  /** Once ready. */
  readonly port: number;
  /** Presents a new certificate to new connections. */
  renew(tls: TlsMaterial): void;
}

const streamsPerConnection = 1_000;
/** Of one stream: what waits of bodies that nobody reads yet. */
const windowBytes = 256 * 1024;
const headerBytes = 64 * 1024;
const headersTimeoutMs = 30_000;
const handshakeMs = 10_000;
/** What answers under way on one connection may hold; beyond it new streams are refused. */
const sessionMegabytes = 128;
const idleMs = 180_000;
/** TCP finds out about peers that vanished. */
const keepAliveMs = 30_000;
/** How long requests under way may take to finish once the server stops. */
const graceMs = 2_000;

function secure({ cert, key, clientCa, frontProxyCa }: TlsMaterial): object {
  const ca = [clientCa, frontProxyCa].filter((pem) => pem !== undefined);
  return { cert, key, ...(ca.length > 0 ? { ca } : {}) };
}

function createHttpsServer(tls: TlsMaterial): Http2SecureServer {
  return createSecureServer({
    ...secure(tls),
    minVersion: "TLSv1.2",
    requestCert: true,
    rejectUnauthorized: false,
    allowHTTP1: true,
    maxHeaderListPairs: 256,
    maxSendHeaderBlockLength: headerBytes,
    maxSessionMemory: sessionMegabytes,
    handshakeTimeout: handshakeMs,
    settings: {
      maxConcurrentStreams: streamsPerConnection,
      initialWindowSize: windowBytes,
      maxHeaderListSize: headerBytes,
      enablePush: false,
    },
    ...http1Limits,
  });
}
/** Options of the HTTP/1.1 side, which the types of the HTTP/2 server do not list. */
const http1Limits: object = {
  maxHeaderSize: headerBytes,
  headersTimeout: headersTimeoutMs,
  keepAliveTimeout: idleMs,
  connectionsCheckingInterval: headersTimeoutMs,
};

export function createHttpListener(options: HttpListenerOptions): HttpListener {
  const server = createHttpsServer(options.tls);
  const { frontProxyCa } = options.tls;
  const proxyAuthorities = frontProxyCa ? [new X509Certificate(frontProxyCa)] : [];
  const peers = new WeakMap<object, Peer>();
  const context: ServeContext = { ...options, bodies: new BodyBudget() };
  /** With the number of streams under way. */
  const sessions = new Map<Http2Session, number>();
  const sockets = new Set<Duplex>();
  const ready = deferred<void>();
  const peer = (connection: object, socket: () => TLSSocket): Peer => {
    let known = peers.get(connection);
    if (!known) peers.set(connection, (known = peerOf(socket(), proxyAuthorities)));
    return known;
  };
  const turns = new Turns(options.clock);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const closed = closing(response);
    const socket = request.socket as TLSSocket;
    const begin = (): void =>
      void serve(
        context,
        http1Exchange(request, response),
        peer(socket, () => socket),
        closed,
      );
    turns.take(socket, begin, closed);
  };
  const onStream = (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    raw: readonly string[],
  ): void => {
    const closed = closing(stream);
    const session = stream.session;
    if (!session) return;
    sessions.set(session, (sessions.get(session) ?? 0) + 1);
    stream.once("close", () => sessions.has(session) && sessions.set(session, sessions.get(session)! - 1));
    const exchange = http2Exchange(stream, headers, raw);
    const begin = (): void =>
      void serve(
        context,
        exchange,
        peer(session, () => session.socket as TLSSocket),
        closed,
      );
    turns.take(session, begin, closed);
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const closed = closing(socket);
    const exchange = upgradeExchange(request, socket);
    void serve(
      context,
      exchange,
      peer(socket, () => socket as TLSSocket),
      closed,
      { socket, head },
    );
  };
  server.on("request", onRequest as never);
  server.removeAllListeners("stream");
  server.on("stream", onStream);
  server.on("upgrade", onUpgrade);
  server.on("clientError", refuseUnreadable(options.clock));
  server.on("session", (session) => {
    sessions.set(session, 0);
    session.once("close", () => sessions.delete(session));
    session.setTimeout(idleMs, () => {
      if (sessions.get(session) === 0) session.close();
    });
    session.on("error", (error) => options.log.debug("a connection broke", { error }));
  });
  server.on("secureConnection", (socket) => {
    sockets.add(socket);
    socket.setKeepAlive(true, keepAliveMs);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", (error) => options.log.debug("a connection broke", { error }));
  });
  return {
    name: "https",
    ready: ready.promise,
    get port() {
      return (server.address() as AddressInfo).port;
    },
    renew: (tls) => server.setSecureContext(secure(tls)),
    async run(signal) {
      await listen(server, options, ready);
      options.log.info("serving HTTPS", { port: (server.address() as AddressInfo).port });
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      await close();
    },
  };
  async function close(): Promise<void> {
    const ended = new Promise((resolve) => server.close(resolve));
    for (const session of sessions.keys()) session.close();
    using _timer = options.clock.after(graceMs, () => {
      for (const session of sessions.keys()) session.destroy();
      for (const socket of sockets) socket.destroy();
    });
    await ended;
  }
}

function listen(
  server: Http2SecureServer,
  { host, port }: HttpListenerOptions,
  ready: ReturnType<typeof deferred<void>>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      ready.reject(error);
      reject(error);
    });
    server.listen({ port, ...(host ? { host } : {}) }, () => {
      ready.resolve();
      resolve();
    });
  });
}

/** Aborted once the exchange is over, however it ended. Its errors arrive here too; they mean nothing else. */
function closing(stream: {
  once(event: "close", listener: () => void): unknown;
  on(event: "error", listener: () => void): unknown;
}): AbortSignal {
  const controller = new AbortController();
  stream.on("error", () => undefined);
  stream.once("close", () => controller.abort(over));
  return controller.signal;
}
/** One error for all: making one for each exchange would cost a stack trace. */
const over = new Error("the exchange is over");
