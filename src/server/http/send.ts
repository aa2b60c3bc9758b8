// The answer on the wire: headers, pieces with backpressure, gzip for what is large.
import type { OutgoingHttpHeaders } from "node:http";
import type { Writable } from "node:stream";
import { once } from "node:events";
import { Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import type { Clock } from "#base/clock.ts";
import type { Represented } from "#server/represent.ts";
import type { Exchange } from "./exchange.ts";

/** Smaller answers are cheaper to send than to compress. */
const gzipFromBytes = 128 * 1024;
/** Pieces are gathered up to about this size before they are written. */
const writeBytes = 64 * 1024;
/** More answers at once go out as they are. */
const mostZipped = 64;
/** A client that takes nothing for so long is given up. */
const stalledMs = 60_000;

export const isPieces = (body: Represented["body"]): body is readonly Uint8Array[] => Array.isArray(body);

/** Large pieces as several: what is handed over in one write counts against the memory of the whole connection. */
function* cut(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces)
    if (piece.length <= writeBytes) yield piece;
    else for (let at = 0; at < piece.length; at += writeBytes) yield piece.subarray(at, at + writeBytes);
}
/** Buffers of about one size out of many small ones and few large ones. */
function* gathered(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let batch: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const piece of cut(pieces)) {
    batch.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes < writeBytes) continue;
    yield batch.length === 1 ? piece : Buffer.concat(batch, sizeBytes);
    batch = [];
    sizeBytes = 0;
  }
  if (batch.length > 0) yield batch.length === 1 ? batch[0]! : Buffer.concat(batch, sizeBytes);
}

const accepts = (encodings: string | undefined): boolean =>
  (encodings ?? "").split(",").some((e) => /^\s*gzip\s*(;\s*q=(1|0\.\d*[1-9]\d*).*)?$/.test(e));

interface SendContext {
  readonly clock: Clock;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** Writes and waits while the client is slower than we are. Rejects when it goes away or takes nothing for too long. */
async function write(
  output: Writable,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  context: SendContext,
): Promise<void> {
  for await (const chunk of chunks) {
    if (output.destroyed) return;
    if (!output.write(chunk) && !output.destroyed) await drained(output, context);
  }
  output.end();
}
async function drained(output: Writable, { clock, signal }: SendContext): Promise<void> {
  const patience = new AbortController();
  using _timer = clock.after(stalledMs, () => patience.abort(new Error("the client takes nothing of the answer")));
  await once(output, "drain", { signal: AbortSignal.any([signal, patience.signal]) });
}

/** Answers that are being compressed; each holds a quarter of a megabyte for as long as its client takes to read it. */
let zipping = 0;
async function sendZipped(output: Writable, body: readonly Uint8Array[], context: SendContext): Promise<void> {
  const zip = Readable.from(gathered(body)).pipe(createGzip({ level: constants.Z_BEST_SPEED }));
  zipping++;
  try {
    await write(output, zip as AsyncIterable<Uint8Array>, context);
  } finally {
    zipping--;
    zip.destroy();
  }
}

export async function send(
  exchange: Exchange,
  answer: Represented,
  headers: OutgoingHttpHeaders,
  context: SendContext,
): Promise<void> {
  const { body } = answer;
  const type = answer.contentType ? { "content-type": answer.contentType } : {};
  const all: OutgoingHttpHeaders = { ...headers, ...type };
  if (!isPieces(body)) {
    exchange.respond(answer.code, all);
    return write(exchange.output, body, context);
  }
  const sizeBytes = body.reduce((sum, piece) => sum + piece.length, 0);
  if (exchange.method === "HEAD") {
    exchange.respond(answer.code, { ...all, "content-length": sizeBytes });
    exchange.output.end();
    return;
  }
  if (sizeBytes >= gzipFromBytes && zipping < mostZipped && accepts(exchange.headers["accept-encoding"])) {
    exchange.respond(answer.code, { ...all, "content-encoding": "gzip", vary: "Accept-Encoding" });
    return sendZipped(exchange.output, body, context);
  }
  exchange.respond(answer.code, { ...all, "content-length": sizeBytes });
  if (sizeBytes <= writeBytes) exchange.output.end(body.length === 1 ? body[0] : Buffer.concat(body, sizeBytes));
  else await write(exchange.output, gathered(body), context);
}
