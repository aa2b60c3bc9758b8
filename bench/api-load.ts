// A client for load, cheap enough that one core of clients outruns one core of server: HTTP/2 over TLS by hand, requests
// that are put together once, and of answers only what must be known is looked at. Header blocks are literals, so that
// the connection's compression needs no state.
import { connect, type TLSSocket } from "node:tls";
import { connectionPreface, frame } from "../test/support/http2-frame.ts";

export interface LoadTarget {
  readonly port: number;
  readonly keys: { readonly ca: string; readonly cert: string; readonly key: string };
}
export interface LoadRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly body?: Uint8Array;
  /** Default: JSON. */
  readonly contentType?: string;
  /** As client-go's transport asks by itself. */
  readonly gzip?: boolean;
}
function open({ port, keys }: LoadTarget): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, ...keys, ALPNProtocols: ["h2"], rejectUnauthorized: true });
    socket.setNoDelay(true);
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
  });
}

const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 };
const [endStream, endHeaders, acknowledged] = [1, 4, 1];
const largestWindow = 0x7fff_ffff;
const firstWindow = 0xffff;
/** When so much has come in, the window of the connection is opened again. */
const windowStep = 1 << 28;

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
const more = (value: number): number[] => (value < 128 ? [value] : [(value % 128) | 128, ...more(value >> 7)]);
/** An integer of HPACK with a prefix whose largest value is `limit`. */
const integer = (value: number, limit: number): number[] => (value < limit ? [value] : [limit, ...more(value - limit)]);
/** A literal header without indexing; `name` is an index of the static table. */
const literal = (name: number, value: string): Buffer =>
  Buffer.concat([Buffer.from(integer(name, 15)), Buffer.from(integer(value.length, 127)), Buffer.from(value)]);
const names = { authority: 1, method: 2, path: 4, acceptEncoding: 16, accept: 19, contentType: 31, userAgent: 58 };
const schemeHttps = Buffer.from([0x87]);

const headerBlock = ({ method, path, body, contentType = "application/json", gzip }: LoadRequest): Buffer =>
  Buffer.concat([
    literal(names.method, method),
    literal(names.path, path),
    schemeHttps,
    literal(names.authority, "a"),
    literal(names.accept, "application/json"),
    literal(names.userAgent, "bench"),
    ...(body ? [literal(names.contentType, contentType)] : []),
    ...(gzip ? [literal(names.acceptEncoding, "gzip")] : []),
  ]);

/** Tells what arrives on a stream; used for watches. */
export type OnData = (piece: Buffer) => void;
export interface LoadConnection {
  /** Resolves to the code once the answer is there in full. */
  ask(request: LoadRequest): Promise<number>;
  /** The same; the body is handed over as it comes. */
  tell(request: LoadRequest, onData: OnData): Promise<number>;
  /** Starts a request whose answer has no end; resolves to the code. */
  follow(path: string, onData: OnData): Promise<number>;
  close(): void;
}
interface Stream {
  readonly isFollowed: boolean;
  readonly resolve: (code: number) => void;
  readonly onData: OnData | undefined;
  code: number;
}

class Http2 implements LoadConnection {
  readonly #socket: TLSSocket;
  readonly #streams = new Map<number, Stream>();
  #next = 1;
  #received = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    const wideWindow = Buffer.concat([Buffer.from([0, 4]), number(largestWindow)]);
    const noTable = Buffer.concat([Buffer.from([0, 1]), number(0)]);
    socket.write(
      Buffer.concat([connectionPreface, frame(frameType.settings, 0, 0, Buffer.concat([wideWindow, noTable]))]),
    );
    this.#grow(largestWindow - firstWindow);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }
  ask(request: LoadRequest): Promise<number> {
    return this.#start(request, undefined, false);
  }
  tell(request: LoadRequest, onData: OnData): Promise<number> {
    return this.#start(request, onData, false);
  }
  follow(path: string, onData: OnData): Promise<number> {
    return this.#start({ method: "GET", path }, onData, true);
  }
  close(): void {
    this.#socket.destroy();
  }
  #grow(by: number): void {
    this.#socket.write(frame(frameType.windowUpdate, 0, 0, number(by)));
  }
  #start(request: LoadRequest, onData: OnData | undefined, isFollowed: boolean): Promise<number> {
    const { body } = request;
    const id = this.#next;
    this.#next += 2;
    const head = frame(frameType.headers, endHeaders | (body ? 0 : endStream), id, headerBlock(request));
    this.#socket.write(body ? Buffer.concat([head, frame(frameType.data, endStream, id, body)]) : head);
    return new Promise((resolve) => this.#streams.set(id, { resolve, onData, isFollowed, code: 0 }));
  }
  #read(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= 9) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      if (bytes.length < end) break;
      this.#take(bytes[at + 3]!, bytes[at + 4]!, bytes.readUInt32BE(at + 5), bytes.subarray(at + 9, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }
  #take(type: number, flags: number, id: number, payload: Buffer): void {
    if (type === frameType.headers) this.#begin(id, payload);
    else if (type === frameType.data) this.#data(id, payload);
    else if (type === frameType.reset) this.#end(id);
    else if (type === frameType.goAway) throw new Error(`the server ends the connection: ${payload.readUInt32BE(4)}`);
    else if ((type === frameType.settings || type === frameType.ping) && !(flags & acknowledged))
      this.#socket.write(frame(type, acknowledged, 0, type === frameType.ping ? payload : undefined));
    if (flags & endStream && (type === frameType.data || type === frameType.headers)) this.#end(id);
  }
  #begin(id: number, headers: Buffer): void {
    const stream = this.#streams.get(id);
    if (!stream || stream.code > 0) return;
    stream.code = codeOf(headers);
    if (stream.isFollowed) stream.resolve(stream.code);
  }
  #data(id: number, payload: Buffer): void {
    this.#streams.get(id)?.onData?.(payload);
    this.#received += payload.length;
    if (this.#received < windowStep) return;
    this.#grow(this.#received);
    this.#received = 0;
  }
  #end(id: number): void {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    stream?.resolve(stream.code);
  }
}
export const connectLoad = async (target: LoadTarget): Promise<LoadConnection> => new Http2(await open(target));

const codes: Readonly<Record<number, number>> = {
  0x88: 200,
  0x89: 204,
  0x8a: 206,
  0x8b: 304,
  0x8c: 400,
  0x8d: 404,
  0x8e: 500,
};
/** The status stands first: an index of the static table, or a literal of three digits. */
function codeOf(headers: Buffer): number {
  let at = 0;
  while ((headers[at]! & 0xe0) === 0x20) at++; // the size of the dynamic table, which is 0 as we asked for
  const known = codes[headers[at]!];
  if (known) return known;
  const length = headers[at + 1]!;
  const value = headers.subarray(at + 2, at + 2 + (length & 0x7f));
  return Number(length & 0x80 ? huffmanDigits(value) : value.toString("latin1"));
}
/** Digits in the code of HPACK: 0 to 2 in five bits, the others in six. */
function huffmanDigits(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  let digits = "";
  for (let at = 0; digits.length < 3;) {
    const short = Number.parseInt(bits.slice(at, at + 5), 2);
    digits += short < 3 ? short : Number.parseInt(bits.slice(at, at + 6), 2) - 22;
    at += short < 3 ? 5 : 6;
  }
  return digits;
}
