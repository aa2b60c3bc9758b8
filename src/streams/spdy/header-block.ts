// Header blocks of SPDY/3: name and value pairs that pass through one zlib stream per direction. Written blocks are
// stored, not compressed: they are small, and that keeps writing synchronous and needs no compressor. Received ones may
// be compressed in any way, so they go through Node's inflater.
import { createInflate, type Inflate } from "node:zlib";
import { dictionary } from "./dictionary.ts";
import { SpdyError } from "./frame.ts";

/** Lower-case names. Several values of one name are joined by a zero byte. */
export type SpdyHeaders = Readonly<Record<string, string>>;

const limitBytes = 64 * 1024;
// zlib header: 32 KiB window, fastest, with a preset dictionary; then the dictionary's checksum.
const zlibHead = Buffer.from([0x78, 0x20, 0xe3, 0xc6, 0xa7, 0xc2]);
// An empty stored block: what a sync flush leaves behind, and what makes readers hand over what came before it.
const flushMark = Buffer.from([0, 0, 0, 0xff, 0xff]);
const longestStored = 0xffff;

/** Pairs as bytes, before the zlib stream. */
export function packHeaders(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers);
  const parts: Buffer[] = [];
  const number = (value: number): void => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    parts.push(bytes);
  };
  number(entries.length);
  for (const pair of entries)
    for (const text of pair) {
      const bytes = Buffer.from(text, "utf8");
      number(bytes.length);
      parts.push(bytes);
    }
  return Buffer.concat(parts);
}

/** The reverse of `packHeaders`; throws SpdyError when lengths do not add up. */
export function unpackHeaders(bytes: Buffer): SpdyHeaders {
  let at = 0;
  const number = (): number => {
    if (at + 4 > bytes.length) throw new SpdyError("header block ends early");
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (at + length > bytes.length) throw new SpdyError("header block ends early");
    at += length;
    return bytes.toString("utf8", at - length, at);
  };
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let left = number(); left > 0; left--) {
    const name = text().toLowerCase();
    headers[name] = text();
  }
  if (at !== bytes.length) throw new SpdyError("header block has bytes left over");
  return headers;
}

/** One direction's outgoing blocks. */
export class HeaderWriter {
  #started = false;

  write(headers: SpdyHeaders): Buffer {
    const plain = packHeaders(headers);
    if (plain.length > limitBytes) throw new SpdyError(`headers are larger than ${limitBytes} bytes`);
    const parts: Buffer[] = this.#started ? [] : [zlibHead];
    this.#started = true;
    for (let at = 0; at < plain.length; at += longestStored) {
      const piece = plain.subarray(at, at + longestStored);
      const head = Buffer.alloc(5);
      head.writeUInt16LE(piece.length, 1);
      head.writeUInt16LE(piece.length ^ 0xffff, 3);
      parts.push(head, piece);
    }
    return Buffer.concat([...parts, flushMark]);
  }
}

/** One direction's incoming blocks; they must be read in the order in which they came, one at a time. */
export class HeaderReader {
  #inflate: Inflate | undefined;
  #output: Buffer[] = [];
  #size = 0;
  #failure: Error | undefined;

  async read(block: Uint8Array): Promise<SpdyHeaders> {
    const inflate = (this.#inflate ??= this.#open());
    this.#output = [];
    this.#size = 0;
    const written = Promise.withResolvers<void>();
    const onClose = (): void => written.reject(this.#failure ?? new SpdyError("header reader is closed"));
    inflate.once("close", onClose);
    inflate.write(block, (error) => (error ? written.reject(error) : written.resolve()));
    try {
      await written.promise;
    } catch (cause) {
      throw this.#failure ?? new SpdyError("header block cannot be inflated", { cause });
    } finally {
      inflate.off("close", onClose);
    }
    if (this.#failure) throw this.#failure;
    return unpackHeaders(Buffer.concat(this.#output));
  }
  close(): void {
    this.#inflate?.destroy();
  }
  #open(): Inflate {
    const inflate = createInflate({ dictionary, chunkSize: 4096 });
    inflate.on("data", (chunk: Buffer) => {
      this.#size += chunk.length;
      this.#output.push(chunk);
      if (this.#size <= limitBytes || this.#failure) return;
      this.#failure = new SpdyError(`headers are larger than ${limitBytes} bytes`);
      inflate.destroy();
    });
    inflate.on(
      "error",
      (cause: Error) => (this.#failure ??= new SpdyError("header block cannot be inflated", { cause })),
    );
    return inflate;
  }
}
