// Writes protobuf from the end to the start: when the length of a message must be written, its body already lies there,
// so nothing is measured twice and nothing is moved.

const encoder = new TextEncoder();
const initialBytes = 4096;

export class WireWriter {
  #bytes = new Uint8Array(initialBytes);
  /** Index of the first written byte. */
  #at = initialBytes;

  /** How many bytes have been written. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }
  /** A copy of what was written; the writer can be used again. */
  take(): Uint8Array {
    const out = this.#bytes.slice(this.#at);
    this.#at = this.#bytes.length;
    return out;
  }

  /** Makes room for `count` bytes and returns where they begin. */
  #reserve(count: number): number {
    if (this.#at < count) this.#grow(count);
    this.#at -= count;
    return this.#at;
  }
  #grow(count: number): void {
    const used = this.length;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, used + count));
    grown.set(this.#bytes.subarray(this.#at), grown.length - used);
    this.#at = grown.length - used;
    this.#bytes = grown;
  }

  byte(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }
  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }
  text(text: string): void {
    const at = this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const char = text.charCodeAt(i);
      if (char > 127) {
        this.#at += text.length;
        this.raw(encoder.encode(text));
        return;
      }
      this.#bytes[at + i] = char;
    }
  }
  double(value: number): void {
    const at = this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(at, value, true);
  }
  /** A varint; a negative number takes ten bytes, as its 64-bit complement. */
  varint(value: number): void {
    if (value >= 0 && value < 128) this.byte(value);
    else if (value < 0 || value > Number.MAX_SAFE_INTEGER) this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
    else {
      let count = 1;
      for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) count++;
      let at = this.#reserve(count);
      let rest = value;
      for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[at++] = (rest % 128) | 128;
      this.#bytes[at] = rest;
    }
  }
  #bigVarint(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    this.raw(Uint8Array.from([...bytes, Number(rest)]));
  }

  /** The tag of a field; wire type 0 varint, 1 eight bytes, 2 with a length. */
  tag(field: number, wireType: 0 | 1 | 2): void {
    this.varint(field * 8 + wireType);
  }
  /** Closes a field of wire type 2 whose content was written since `before`, a former `length`. */
  close(field: number, before: number): void {
    this.varint(this.length - before);
    this.tag(field, 2);
  }
  textField(field: number, text: string): void {
    const before = this.length;
    this.text(text);
    this.close(field, before);
  }
  rawField(field: number, bytes: Uint8Array): void {
    const before = this.length;
    this.raw(bytes);
    this.close(field, before);
  }
  varintField(field: number, value: number): void {
    this.varint(value);
    this.tag(field, 0);
  }
}
