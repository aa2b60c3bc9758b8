// One SPDY stream as a Node duplex: `end` closes our half with a FIN, the other side's FIN ends the readable half, and
// `destroy` resets the stream. Errors also reach whoever reads or writes, so nobody has to listen for "error".
import { Duplex } from "node:stream";
import type { SpdyHeaders } from "./header-block.ts";
import { resetStatus } from "./frame.ts";

/** What a stream asks of its connection. */
export interface StreamPort {
  sendData(streamId: number, payload: Buffer, fin: boolean, sent: (error?: Error | null) => void): void;
  sendReply(streamId: number, headers: SpdyHeaders): void;
  sendReset(streamId: number, status: number): void;
  /** The stream wants more bytes than it has. */
  wantsMore(): void;
  /** Neither half is open any more. */
  finished(streamId: number): void;
}

const longestWrite = 64 * 1024;

export class SpdyStream extends Duplex {
  readonly id: number;
  /** Those that opened the stream. */
  readonly headers: SpdyHeaders;
  readonly #port: StreamPort;
  #remoteOpen = true;
  #localOpen = true;
  #abandoned = false;

  constructor(id: number, headers: SpdyHeaders, port: StreamPort) {
    // Node's own destruction comes too early for a half-closed stream: a reader's loop would end our writing.
    super({ allowHalfOpen: true, autoDestroy: false, highWaterMark: 64 * 1024 });
    this.id = id;
    this.headers = headers;
    this.#port = port;
    this.on("error", () => this.destroy());
    this.on("end", () => void ((this.writableFinished || this.#abandoned) && this.destroy()));
    this.on("finish", () => void (this.readableEnded && this.destroy()));
  }
  /** Accepts a stream that the other side opened. */
  reply(headers: SpdyHeaders = {}): void {
    this.#port.sendReply(this.id, headers);
  }
  /** Refuses a stream that the other side opened. */
  refuse(): void {
    this.#reset(resetStatus.refusedStream);
    this.destroy();
  }

  /** For the connection: bytes came. False when the reader has enough for now. */
  accept(payload: Buffer, fin: boolean): boolean {
    if (!this.#remoteOpen) return true;
    const more = payload.length === 0 || this.destroyed || this.push(payload);
    if (fin) this.#endRemote();
    return more;
  }
  /** For the connection: the other side reset the stream, or the connection ended. What came stays readable. */
  abandon(): void {
    this.#abandoned = true;
    this.#localOpen = false;
    this.#endRemote();
    if (this.readableEnded) this.destroy();
  }

  override _read(): void {
    this.#port.wantsMore();
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.#localOpen) return done(new Error("the stream is closed"));
    const piece = chunk.subarray(0, longestWrite);
    const rest = chunk.subarray(piece.length);
    this.#port.sendData(this.id, piece, false, (error) => {
      if (error || rest.length === 0) done(error);
      else this._write(rest, _encoding, done);
    });
  }
  override _final(done: (error?: Error | null) => void): void {
    if (!this.#localOpen) return done();
    this.#localOpen = false;
    this.#port.sendData(this.id, Buffer.alloc(0), true, done);
    this.#settle();
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#reset(resetStatus.cancel);
    done(error);
  }

  #endRemote(): void {
    if (!this.#remoteOpen) return;
    this.#remoteOpen = false;
    if (!this.destroyed) this.push(null);
    this.#settle();
  }
  #reset(status: number): void {
    if (!this.#remoteOpen && !this.#localOpen) return;
    this.#remoteOpen = false;
    this.#localOpen = false;
    this.#port.sendReset(this.id, status);
    this.#port.finished(this.id);
  }
  #settle(): void {
    if (!this.#remoteOpen && !this.#localOpen) this.#port.finished(this.id);
  }
}
