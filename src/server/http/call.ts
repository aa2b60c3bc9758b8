// Exchange → Call: paths, bodies with their limit, and who is on the other end of the connection.
import type { X509Certificate } from "node:crypto";
import type { Readable } from "node:stream";
import type { TLSSocket } from "node:tls";
import { ApiError, badRequest } from "#api/errors.ts";
import type { Call, Peer, PeerCertificate } from "#server/pipeline.ts";
import { isTraceable } from "#server/stages/trace.ts";
import type { BodyBudget } from "./body-budget.ts";
import type { Exchange } from "./exchange.ts";

/** Reads a body whole; what it holds is given back once the exchange is over. */
async function collect(
  input: Readable,
  limitBytes: number,
  { bodies, signal }: { readonly bodies: BodyBudget; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  let takenBytes = 0;
  const release = (): void => bodies.give(takenBytes);
  if (!signal.aborted) signal.addEventListener("abort", release, { once: true });
  await reading(input, (chunk) => {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes)
      throw new ApiError("RequestEntityTooLarge", `Request entity too large: limit is ${limitBytes}`);
    if (!signal.aborted) {
      bodies.take(chunk.length);
      takenBytes += chunk.length;
    }
    chunks.push(chunk);
  });
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
/**
 * Reads to the end; stops when `take` throws, and leaves the stream as it is, for the answer still goes over it. By events,
 * because iterating over a stream costs as much as everything else that is done for a small body.
 */
function reading(input: Readable, take: (chunk: Uint8Array) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let isRead = false;
  const done = (): void => {
    isRead = true;
    resolve();
  };
  const broken = (cause?: unknown): void => {
    if (!isRead) reject(new ApiError("BadRequest", "the body of the request broke off", { cause }));
  };
  const onData = (chunk: Uint8Array): void => {
    try {
      take(chunk);
    } catch (error) {
      input.off("data", onData).pause();
      reject(error);
    }
  };
  if (input.readableEnded) done();
  else if (input.destroyed) broken(input.errored);
  else
    input
      .on("data", onData)
      .once("end", done)
      .once("error", broken)
      .once("close", () => broken());
  return promise;
}

/** The client, and its certificate where it has one of an authority that is believed. */
export function peerOf(socket: TLSSocket, proxyAuthorities: readonly X509Certificate[] = []): Peer {
  const address = socket.remoteAddress ?? "";
  if (!socket.authorized) return { address };
  const { subject, fingerprint256 } = socket.getPeerCertificate() ?? {};
  const { CN, O } = (subject ?? {}) as { CN?: string; O?: string | string[] };
  if (!CN) return { address };
  const fingerprint = fingerprint256?.replaceAll(":", "").toLowerCase();
  const certificate: PeerCertificate = {
    commonName: CN,
    organizations: O === undefined ? [] : [O].flat(),
    ...(fingerprint ? { fingerprint } : {}),
  };
  const leaf = proxyAuthorities.length > 0 ? socket.getPeerX509Certificate() : undefined;
  return leaf && isOf(leaf, proxyAuthorities) ? { address, proxyCertificate: certificate } : { address, certificate };
}

const longestChain = 8;
/** Whether one of the authorities has issued the certificate, or one in its chain. */
function isOf(leaf: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  let current: X509Certificate | undefined = leaf;
  for (let i = 0; current && i < longestChain; i++) {
    for (const authority of authorities)
      if (current.checkIssued(authority) && current.verify(authority.publicKey)) return true;
    current = current.issuerCertificate;
  }
  return false;
}

function decodedPath(rawPath: string): string {
  if (!rawPath.includes("%")) return rawPath;
  try {
    return decodeURIComponent(rawPath);
  } catch (error) {
    throw badRequest(`invalid URL escape in ${JSON.stringify(rawPath)}: ${String(error)}`);
  }
}

const badEscape = /%(?![0-9a-fA-F]{2})/;
/** Upstream: a parameter with a semicolon, or with an escape that is none, is not there. */
const queryOf = (text: string): URLSearchParams =>
  new URLSearchParams(
    text.includes("%") || text.includes(";")
      ? text
          .split("&")
          .filter((part) => !part.includes(";") && !badEscape.test(part))
          .join("&")
      : text,
  );

const auditHeader = "audit-id";
/** As clients may choose it: letters, digits and what stands in UUIDs. */
const isAuditId = (text: string | undefined): text is string => text !== undefined && /^[\w.:-]{1,64}$/.test(text);

/** Throws BadRequest for a path that is none. */
export function callOf(
  exchange: Exchange,
  options: {
    readonly peer: Peer;
    readonly signal: AbortSignal;
    readonly newId: () => string;
    readonly now: number;
    readonly bodies: BodyBudget;
    readonly upgrade?: Call["upgrade"];
    readonly isTracing?: boolean;
  },
): Call {
  const { url, headers, input } = exchange;
  const mark = url.indexOf("?");
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const given = headers[auditHeader];
  return {
    method: exchange.method,
    path: decodedPath(rawPath),
    rawPath,
    query: queryOf(mark < 0 ? "" : url.slice(mark + 1)),
    headers,
    ...(exchange.headerValues ? { repeatedHeaders: exchange.headerValues } : {}),
    body: (limitBytes) => collect(input, limitBytes, options),
    bodyStream: input as AsyncIterable<Uint8Array>,
    signal: options.signal,
    peer: options.peer,
    id: isAuditId(given) ? given : options.newId(),
    receivedAt: options.now,
    warnings: [],
    replyHeaders: {},
    ...(isTraceable(exchange, options.isTracing ?? false) ? { trace: {} } : {}),
    ...(options.upgrade ? { upgrade: options.upgrade } : {}),
  };
}
