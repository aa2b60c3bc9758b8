// A SPDY/3.1 connection over any duplex, as client or as server. Flow-control windows are not used, as by the Go peers:
// when too much waits for the readers of streams, reading pauses for the whole connection.
import type { Duplex } from "node:stream";
import type { Clock, Timer } from "#base/clock.ts";
import { HeaderReader, HeaderWriter, type SpdyHeaders } from "./header-block.ts";
import {
  dataHead,
  FrameReader,
  goAway,
  ping,
  resetStatus,
  rstStream,
  SpdyError,
  synReply,
  synStream,
} from "./frame.ts";
import type { Frame } from "./frame.ts";
import { SpdyStream, type StreamPort } from "./stream.ts";

export interface SpdyConnectionOptions {
  readonly socket: Duplex;
  /** Bytes that were read beyond the upgrade. */
  readonly head?: Uint8Array;
  readonly side: "client" | "server";
  /** A stream that the other side opened: answer it with `reply` or `refuse`. Without this, all are refused. */
  readonly onStream?: (stream: SpdyStream) => void;
  readonly maxStreams?: number;
  readonly clock: Clock;
}

/** How long a closed connection waits for the other side, so that it can read all that was sent. */
const lingerMs = 5000;
/** Bytes that wait for their readers; one slow stream should not stop the others too soon. */
const mostUnread = { ofStream: 512 * 1024, ofConnection: 4 * 1024 * 1024 };
/** Payloads up to here go out in one piece with their head. */
const cheapCopy = 16 * 1024;

interface Opening {
  readonly stream: SpdyStream;
  readonly opened: PromiseWithResolvers<SpdyStream>;
}

export class SpdyConnection {
  readonly #socket: Duplex;
  readonly #options: SpdyConnectionOptions;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #openings = new Map<number, Opening>();
  readonly #writer = new HeaderWriter();
  readonly #reader = new HeaderReader();
  readonly #ended = new AbortController();
  readonly #port: StreamPort;
  #nextId: number;
  #lastRemoteId = 0;
  #goingAway = false;
  #linger: Timer | undefined;
  #waitForDrain: ((error?: Error) => void)[] = [];
  #waitForReader: (() => void) | undefined;

  constructor(options: SpdyConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#nextId = options.side === "client" ? 1 : 2;
    this.#port = {
      sendData: (id, payload, fin, sent) => this.#sendData(id, payload, fin, sent),
      sendReply: (id, headers) => this.#send(synReply(id, this.#writer.write(headers))),
      sendReset: (id, status) => this.#send(rstStream(id, status)),
      wantsMore: () => this.#resume(),
      finished: (id) => {
        this.#streams.delete(id);
        this.#resume();
      },
    };
    this.#socket.on("drain", () => this.#drained());
    // The reading loop ends the connection: what came before an end or an error is to be handed over first.
    this.#socket.on("error", () => this.#resume());
    this.#socket.on("close", () => this.#resume());
    void this.#run();
  }

  /** Aborted when the connection has ended; the reason says why. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }
  /** Resolves when the other side has accepted the stream. */
  openStream(headers: SpdyHeaders): Promise<SpdyStream> {
    if (this.ended.aborted) return Promise.reject(this.ended.reason as Error);
    if (this.#goingAway) return Promise.reject(new SpdyError("the other side is going away"));
    const id = this.#nextId;
    this.#nextId += 2;
    const stream = new SpdyStream(id, headers, this.#port);
    const opened = Promise.withResolvers<SpdyStream>();
    this.#streams.set(id, stream);
    this.#openings.set(id, { stream, opened });
    this.#send(synStream(id, this.#writer.write(headers)));
    return opened.promise;
  }
  /** Says good-bye after what was sent so far, and closes the socket. Streams that still have to write lose it. */
  close(): void {
    if (this.ended.aborted || this.#socket.writableEnded) return;
    this.#send(goAway(this.#lastRemoteId));
    this.#socket.end();
    this.#resume();
    this.#linger = this.#options.clock.after(lingerMs, () => this.#finish(new SpdyError("the connection was closed")));
  }
  /** Closes at once. */
  destroy(reason: Error = new SpdyError("the connection was destroyed")): void {
    this.#finish(reason);
  }

  async #run(): Promise<void> {
    const frames = new FrameReader();
    try {
      if (this.#options.head?.length) await this.#take(frames, Buffer.from(this.#options.head));
      for await (const chunk of this.#socket) await this.#take(frames, chunk as Buffer);
      this.#finish(new SpdyError("the other side closed the connection"));
    } catch (error) {
      if (!this.#socket.destroyed && error instanceof SpdyError) this.#send(goAway(this.#lastRemoteId, 1));
      this.#finish(error as Error);
    }
  }
  async #take(frames: FrameReader, chunk: Buffer): Promise<void> {
    for (const frame of frames.push(chunk)) {
      if (frame.type === "data") {
        const stream = this.#streams.get(frame.streamId);
        if (stream && !this.#linger && !stream.accept(frame.payload, frame.fin)) await this.#untilRead(stream);
      } else if ("block" in frame) this.#onHeaders(frame, await this.#reader.read(frame.block));
      else this.#onControl(frame);
    }
  }
  #onHeaders(frame: Extract<Frame, { block: Buffer }>, headers: SpdyHeaders): void {
    if (frame.type === "synStream") return this.#onOpen(frame.streamId, headers, frame.fin);
    const stream = this.#streams.get(frame.streamId);
    if (frame.type === "synReply") this.#settleOpening(frame.streamId, undefined);
    if (frame.fin) stream?.accept(Buffer.alloc(0), true);
  }
  #onOpen(id: number, headers: SpdyHeaders, fin: boolean): void {
    const parity = this.#options.side === "server" ? 1 : 0;
    if (id % 2 !== parity || id <= this.#lastRemoteId) throw new SpdyError(`stream id ${id} is out of order`);
    this.#lastRemoteId = id;
    if (!this.#options.onStream || this.#streams.size >= (this.#options.maxStreams ?? 512))
      return this.#send(rstStream(id, resetStatus.refusedStream));
    const stream = new SpdyStream(id, headers, this.#port);
    this.#streams.set(id, stream);
    if (fin) stream.accept(Buffer.alloc(0), true);
    this.#options.onStream(stream);
  }
  #onControl(frame: Exclude<Frame, { block: Buffer } | { type: "data" }>): void {
    if (frame.type === "goAway") this.#goingAway = true;
    // A ping of the other side has its parity and goes back unchanged; we send none of our own.
    if (frame.type === "ping") this.#send(ping(frame.id));
    if (frame.type !== "rstStream") return;
    const error = new SpdyError(`the stream was reset with status ${frame.status}`);
    this.#settleOpening(frame.streamId, error);
    this.#streams.get(frame.streamId)?.abandon();
  }
  #settleOpening(id: number, error: Error | undefined): void {
    const opening = this.#openings.get(id);
    this.#openings.delete(id);
    if (error) opening?.opened.reject(error);
    else opening?.opened.resolve(opening.stream);
  }

  #send(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }
  #sendData(id: number, payload: Buffer, fin: boolean, sent: (error?: Error | null) => void): void {
    if (!this.#socket.writable) return sent(new SpdyError("the connection is closed"));
    const head = dataHead(id, payload.length, fin);
    let more: boolean;
    if (payload.length <= cheapCopy) more = this.#socket.write(Buffer.concat([head, payload]));
    else {
      this.#socket.write(head);
      more = this.#socket.write(payload);
    }
    if (more) sent();
    else this.#waitForDrain.push(sent);
  }
  #drained(error?: Error): void {
    const waiting = this.#waitForDrain;
    this.#waitForDrain = [];
    for (const sent of waiting) sent(error);
  }
  /** Waits while one stream, or all together, hold more than they may. */
  async #untilRead(stream: SpdyStream): Promise<void> {
    const tooMuch = (): boolean => {
      if (stream.readableLength >= mostUnread.ofStream) return true;
      let all = 0;
      for (const { readableLength } of this.#streams.values()) all += readableLength;
      return all >= mostUnread.ofConnection;
    };
    while (!this.#linger && !this.#socket.destroyed && !stream.destroyed && tooMuch())
      await new Promise<void>((resolve) => {
        this.#waitForReader = resolve;
      });
  }
  #resume(): void {
    const waiting = this.#waitForReader;
    this.#waitForReader = undefined;
    waiting?.();
  }
  #finish(reason: Error): void {
    if (this.ended.aborted) return;
    this.#ended.abort(reason);
    this.#linger?.stop();
    this.#reader.close();
    this.#drained(reason);
    for (const { opened } of this.#openings.values()) opened.reject(reason);
    this.#openings.clear();
    for (const stream of this.#streams.values()) stream.abandon();
    this.#streams.clear();
    this.#resume();
    this.#socket.destroy();
  }
}
