// Two connections joined end to end, with half-close in both directions.
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** The two directions of a connection; a Duplex is both. */
export interface Ends {
  readonly readable: Readable;
  readonly writable: Writable;
}

const mostListeners = 50;

/** Resolves when both directions have ended. When one fails, both sides are destroyed and its error is thrown. */
export async function join(a: Ends, b: Ends): Promise<void> {
  // Two pipelines listen on each stream, and whoever made it may as well: more than Node thinks usual.
  for (const stream of [a.readable, a.writable, b.readable, b.writable]) stream.setMaxListeners(mostListeners);
  await Promise.all([pipeline(a.readable, b.writable), pipeline(b.readable, a.writable)]);
}

export const endsOf = (stream: Readable & Writable): Ends => ({ readable: stream, writable: stream });
