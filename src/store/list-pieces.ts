// A long list, put together from pieces that are read at one revision: no request is huge, and others go in between.
import { Compacted, type Entry, type Page, type Revision } from "./store.ts";

export interface Piece {
  readonly entries: readonly Entry[];
  readonly revision: Revision;
  /** Where to go on; absent: nothing follows. */
  readonly next?: string;
  /** How many follow; needed only of a piece that has as many entries as were asked for. */
  readonly remaining: number;
}

export interface PieceRequest {
  readonly start: string;
  /** The piece may be shorter. */
  readonly limit: number;
  readonly at?: Revision;
}

export async function listInPieces(
  read: (request: PieceRequest) => Promise<Piece>,
  asked: { readonly start: string; readonly limit?: number | undefined; readonly at?: Revision | undefined },
): Promise<Page> {
  for (;;) {
    try {
      return await listOnce(read, asked.start, asked.limit || Infinity, asked.at);
    } catch (error) {
      // The newest revision was asked for, and compaction overtook the reading of it: a newer one will do.
      if (!(error instanceof Compacted) || asked.at !== undefined) throw error;
    }
  }
}

async function listOnce(
  read: (request: PieceRequest) => Promise<Piece>,
  start: string,
  limit: number,
  at: Revision | undefined,
): Promise<Page> {
  const request = (from: string, left: number, revision: Revision | undefined): PieceRequest =>
    revision === undefined ? { start: from, limit: left } : { start: from, limit: left, at: revision };
  let piece = await read(request(start, limit, at));
  const { revision } = piece;
  const entries = [...piece.entries];
  while (piece.next !== undefined && entries.length < limit) {
    piece = await read(request(piece.next, limit - entries.length, revision));
    entries.push(...piece.entries);
  }
  const remaining = piece.next === undefined ? 0 : piece.remaining;
  return { entries, revision, more: remaining > 0, remaining };
}
