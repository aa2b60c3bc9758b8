// The channels of one WebSocket as Node streams. Reading pauses for the whole socket while the reader of one channel
// has enough; a write is done when its bytes have left for the kernel.
import { Readable, Writable } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Clock } from "#base/clock.ts";
import { channelProtocol, decodeMessage, encodeMessage, type ChannelProtocol } from "./channel-protocol.ts";

const lingerMs = 5000;

export class ChannelSocket {
  readonly protocol: ChannelProtocol;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #readers = new Map<number, Readable>();
  readonly #ended = new AbortController();

  constructor(socket: WebSocket, protocol: string, clock: Clock) {
    this.protocol = channelProtocol(protocol);
    this.#socket = socket;
    this.#clock = clock;
    socket.on("message", (data) => this.#onMessage(data));
    socket.on("close", () => this.#onClose());
  }
  /** Aborted when the socket is closed. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }
  /** What arrives on a channel; messages on channels that nobody reads are dropped. */
  reader(channel: number): Readable {
    const reader = new Readable({ highWaterMark: 64 * 1024, read: () => this.#socket.resume() });
    reader.on("error", () => undefined);
    reader.on("close", () => this.#socket.resume());
    this.#readers.set(channel, reader);
    return reader;
  }
  writer(channel: number): Writable {
    const writer = new Writable({
      highWaterMark: 64 * 1024,
      write: (chunk: Buffer, _encoding, done) => this.#send(channel, chunk, done),
    });
    writer.on("error", () => undefined);
    return writer;
  }
  /** One message; whether it could be sent. */
  send(channel: number, data: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => this.#send(channel, data, (error) => resolve(!error)));
  }
  close(): void {
    if (this.ended.aborted) return;
    this.#socket.resume();
    this.#socket.close(1000);
    const timer = this.#clock.after(lingerMs, () => this.#socket.terminate());
    this.ended.addEventListener("abort", () => timer.stop(), { once: true });
  }

  #send(channel: number, data: Uint8Array, done: (error?: Error | null) => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return done(new Error("the connection is closed"));
    this.#socket.send(encodeMessage(this.protocol, channel, data), done);
  }
  #onMessage(data: RawData): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
    const message = decodeMessage(this.protocol, bytes);
    if (!message) return;
    const reader = this.#readers.get(message.channel);
    if (!reader || reader.destroyed || reader.readableEnded) return;
    if (message.type === "close") {
      this.#readers.delete(message.channel);
      reader.push(null);
    } else if (message.data.length > 0 && !reader.push(message.data)) this.#socket.pause();
  }
  #onClose(): void {
    for (const reader of this.#readers.values()) if (!reader.destroyed) reader.push(null);
    this.#readers.clear();
    this.#ended.abort(new Error("the connection is closed"));
  }
}
