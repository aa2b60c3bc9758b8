// The answer on the wire: headers, pieces with backpressure, gzip for what is large.
import type { OutgoingHttpHeaders } from "node:http";
import type { Writable } from "node:stream";
import { once } from "node:events";
import { Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import type { Represented } from "#server/represent.ts";
import type { Exchange } from "./exchange.ts";

/** Smaller answers are cheaper to send than to compress. */
const gzipFromBytes = 128 * 1024;
/** Pieces are gathered up to about this size before they are written. */
const writeBytes = 64 * 1024;

export const isPieces = (body: Represented["body"]): body is readonly Uint8Array[] => Array.isArray(body);

/** Few large buffers out of many small ones. */
function* gathered(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let batch: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const piece of pieces) {
    batch.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes < writeBytes) continue;
    yield Buffer.concat(batch, sizeBytes);
    batch = [];
    sizeBytes = 0;
  }
  if (batch.length > 0) yield batch.length === 1 ? batch[0]! : Buffer.concat(batch, sizeBytes);
}

const accepts = (encodings: string | undefined): boolean =>
  (encodings ?? "").split(",").some((e) => /^\s*gzip\s*(;\s*q=(1|0\.\d*[1-9]\d*).*)?$/.test(e));

/** Writes and waits while the client is slower than we are. Rejects when it goes away. */
async function write(
  output: Writable,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  for await (const chunk of chunks) {
    if (output.destroyed) return;
    if (!output.write(chunk) && !output.destroyed) await once(output, "drain", { signal });
  }
  output.end();
}

export async function send(
  exchange: Exchange,
  answer: Represented,
  headers: OutgoingHttpHeaders,
  signal: AbortSignal,
): Promise<void> {
  const { body } = answer;
  const all: OutgoingHttpHeaders = { ...headers, "content-type": answer.contentType };
  if (!isPieces(body)) {
    exchange.respond(answer.code, all);
    return write(exchange.output, body, signal);
  }
  const sizeBytes = body.reduce((sum, piece) => sum + piece.length, 0);
  if (exchange.method === "HEAD") {
    exchange.respond(answer.code, { ...all, "content-length": sizeBytes });
    exchange.output.end();
    return;
  }
  if (sizeBytes >= gzipFromBytes && accepts(exchange.headers["accept-encoding"])) {
    exchange.respond(answer.code, { ...all, "content-encoding": "gzip", vary: "Accept-Encoding" });
    const zip = Readable.from(gathered(body)).pipe(createGzip({ level: constants.Z_BEST_SPEED }));
    return write(exchange.output, zip as AsyncIterable<Uint8Array>, signal);
  }
  exchange.respond(answer.code, { ...all, "content-length": sizeBytes });
  if (sizeBytes <= writeBytes) exchange.output.end(body.length === 1 ? body[0] : Buffer.concat(body, sizeBytes));
  else await write(exchange.output, gathered(body), signal);
}
