// DNS messages on the wire (RFC 1035, 2782, 6891), as far as a cluster's names need: A, AAAA, CNAME, SRV, PTR, SOA,
// TXT and the OPT record. Names are compressed when written; reading is bounded against loops and truncation.

export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  ANY: 255,
} as const;
export const rcodes = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
} as const;
const classIn = 1;

export interface Question {
  /** Lower case, without the dot at the end. */
  readonly name: string;
  /** The name as it was asked, whose case is echoed. */
  readonly asked: string;
  readonly type: number;
  readonly class: number;
}
export interface Query {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly question: Question;
  /** What the client can take over UDP, in bytes. */
  readonly udpSizeBytes: number;
  readonly edns: boolean;
}
export type RecordData =
  | { readonly type: "A" | "AAAA"; readonly address: string }
  | { readonly type: "CNAME" | "PTR" | "NS"; readonly target: string }
  | {
      readonly type: "SRV";
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: "TXT"; readonly texts: readonly string[] }
  | {
      readonly type: "SOA";
      readonly primary: string;
      readonly mailbox: string;
      readonly serial: number;
      readonly minimumSeconds: number;
    };
export type Record = RecordData & { readonly name: string; readonly ttlSeconds: number };
export interface Answer {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly answers: readonly Record[];
  readonly authority: readonly Record[];
  readonly additional: readonly Record[];
}

/** A message that cannot be read; `id` is known when at least the header could be. */
export class BadMessage extends Error {
  readonly id: number | undefined;
  constructor(message: string, id?: number) {
    super(message);
    this.id = id;
  }
}

function readName(buffer: Buffer, start: number, id: number): { name: string; next: number } {
  const labels: string[] = [];
  let at = start;
  let next = -1;
  let length = 0;
  for (let steps = 0; ; steps++) {
    const size = buffer[at];
    if (size === undefined || steps > 128) throw new BadMessage("name is truncated or endless", id);
    if (size === 0) break;
    if ((size & 0xc0) === 0xc0) {
      if (next < 0) next = at + 2;
      at = ((size & 0x3f) << 8) | (buffer[at + 1] ?? 0);
      continue;
    }
    length += size + 1;
    if (size > 63 || length > 255 || at + 1 + size > buffer.length) throw new BadMessage("label is too long", id);
    labels.push(buffer.toString("latin1", at + 1, at + 1 + size));
    at += 1 + size;
  }
  return { name: labels.join("."), next: next < 0 ? at + 1 : next };
}

/** Reads the one question of a query and its OPT record. */
export function readQuery(buffer: Buffer): Query {
  if (buffer.length < 12) throw new BadMessage("message is shorter than its header");
  const id = buffer.readUInt16BE(0);
  const flags = buffer.readUInt16BE(2);
  if (flags & 0x8000) throw new BadMessage("message is an answer");
  if (buffer.readUInt16BE(4) !== 1) throw new BadMessage("message has not exactly one question", id);
  const { name, next } = readName(buffer, 12, id);
  if (next + 4 > buffer.length) throw new BadMessage("question is truncated", id);
  const question = {
    name: name.toLowerCase(),
    asked: name,
    type: buffer.readUInt16BE(next),
    class: buffer.readUInt16BE(next + 2),
  };
  const others = buffer.readUInt16BE(6) + buffer.readUInt16BE(8);
  let edns = false;
  let udpSizeBytes = 512;
  // A query carries its OPT record right behind the question; anything else there is left unread.
  const opt = next + 4;
  if (
    others === 0 &&
    buffer.readUInt16BE(10) > 0 &&
    buffer[opt] === 0 &&
    opt + 5 <= buffer.length &&
    buffer.readUInt16BE(opt + 1) === recordTypes.OPT
  ) {
    edns = true;
    udpSizeBytes = Math.min(4096, Math.max(512, buffer.readUInt16BE(opt + 3)));
  }
  return { id, opcode: (flags >> 11) & 0xf, recursionDesired: (flags & 0x100) !== 0, question, udpSizeBytes, edns };
}

export function ipv4Bytes(address: string): number[] {
  return address.split(".").map(Number);
}
/** The sixteen bytes of an IPv6 address. */
export function ipv6Bytes(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const groups = (text: string): number[] =>
    text === ""
      ? []
      : text.split(":").flatMap((g) => {
          if (!g.includes(".")) return [parseInt(g, 16)];
          const [a, b, c, d] = ipv4Bytes(g) as [number, number, number, number];
          return [(a << 8) | b, (c << 8) | d];
        });
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const middle = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => 0);
  return [...front, ...middle, ...back].flatMap((g) => [g >> 8, g & 0xff]);
}

class Writer {
  #buffer = Buffer.alloc(512);
  #at = 0;
  readonly #names = new Map<string, number>();
  get length(): number {
    return this.#at;
  }
  #room(sizeBytes: number): void {
    if (this.#at + sizeBytes <= this.#buffer.length) return;
    this.#buffer = Buffer.concat([this.#buffer, Buffer.alloc(Math.max(this.#buffer.length, sizeBytes))]);
  }
  u8(v: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = v;
  }
  u16(v: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeUInt16BE(v, this.#at);
  }
  u32(v: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeUInt32BE(v >>> 0, this.#at);
  }
  name(name: string): void {
    let rest = name;
    while (rest !== "") {
      const key = rest.toLowerCase();
      const known = this.#names.get(key);
      if (known !== undefined) return this.u16(0xc000 | known);
      if (this.#at < 0x4000) this.#names.set(key, this.#at);
      const dot = rest.indexOf(".");
      const label = Buffer.from(dot < 0 ? rest : rest.slice(0, dot), "latin1").subarray(0, 63);
      this.u8(label.length);
      for (const b of label) this.u8(b);
      rest = dot < 0 ? "" : rest.slice(dot + 1);
    }
    this.u8(0);
  }
  record(r: Record): void {
    this.name(r.name);
    this.u16(recordTypes[r.type]);
    this.u16(classIn);
    this.u32(r.ttlSeconds);
    const lengthAt = this.#at;
    this.u16(0);
    this.#data(r);
    this.#buffer.writeUInt16BE(this.#at - lengthAt - 2, lengthAt);
  }
  #data(r: RecordData): void {
    switch (r.type) {
      case "A":
        for (const b of ipv4Bytes(r.address)) this.u8(b);
        return;
      case "AAAA":
        for (const b of ipv6Bytes(r.address)) this.u8(b);
        return;
      case "SRV":
        this.u16(r.priority);
        this.u16(r.weight);
        this.u16(r.port);
        return this.name(r.target);
      case "TXT":
        for (const text of r.texts) {
          const bytes = Buffer.from(text).subarray(0, 255);
          this.u8(bytes.length);
          for (const b of bytes) this.u8(b);
        }
        return;
      case "SOA":
        this.name(r.primary);
        this.name(r.mailbox);
        for (const v of [r.serial, 7200, 1800, 86_400, r.minimumSeconds]) this.u32(v);
        return;
      default:
        return this.name(r.target);
    }
  }
  /** Reserves the header, to be filled in at the end. */
  header(): void {
    for (let i = 0; i < 6; i++) this.u16(0);
  }
  finish(fields: readonly number[]): Buffer {
    fields.forEach((v, i) => this.#buffer.writeUInt16BE(v, i * 2));
    return this.#buffer.subarray(0, this.#at);
  }
}

/** Writes an answer of at most `limitBytes`; what does not fit is left out and the truncation bit set. */
export function writeAnswer(query: Query, answer: Answer, limitBytes: number): Buffer {
  const full = write(query, answer);
  if (full.length <= limitBytes) return full;
  return write(query, { ...answer, answers: [], authority: [], additional: [] }, true);
}
function write(query: Query, answer: Answer, truncated = false): Buffer {
  const w = new Writer();
  w.header();
  w.name(query.question.asked);
  w.u16(query.question.type);
  w.u16(query.question.class);
  for (const r of [...answer.answers, ...answer.authority, ...answer.additional]) w.record(r);
  if (query.edns) {
    w.u8(0);
    w.u16(recordTypes.OPT);
    w.u16(1232);
    w.u32(0);
    w.u16(0);
  }
  const flags =
    0x8000 |
    (query.opcode << 11) |
    (answer.authoritative ? 0x400 : 0) |
    (truncated ? 0x200 : 0) |
    (query.recursionDesired ? 0x100 : 0) |
    0x80 |
    answer.rcode;
  return w.finish([
    query.id,
    flags,
    1,
    answer.answers.length,
    answer.authority.length,
    answer.additional.length + (query.edns ? 1 : 0),
  ]);
}
