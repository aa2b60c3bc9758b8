// Two connections joined end to end, with half-close in both directions.
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** The two directions of a connection; a Duplex is both. */
export interface Ends {
  readonly readable: Readable;
  readonly writable: Writable;
}

/** Resolves when both directions have ended. When one fails, both sides are destroyed and its error is thrown. */
export async function join(a: Ends, b: Ends): Promise<void> {
  await Promise.all([pipeline(a.readable, b.writable), pipeline(b.readable, a.writable)]);
}

export const endsOf = (stream: Readable & Writable): Ends => ({ readable: stream, writable: stream });
