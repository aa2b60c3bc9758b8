// Reads protobuf. Everything is checked against the bounds of the enclosing message; broken input is one error.

export class WireError extends Error {}

const decoder = new TextDecoder();
const shortText = 48;

export class WireReader {
  readonly bytes: Uint8Array;
  at = 0;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** A varint as a signed number; beyond 53 bits it loses precision. */
  varint(end: number): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw new WireError("unexpected end of message");
      const byte = this.bytes[this.at++]!;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 128) return high * 0x1_0000_0000 + (low >>> 0);
    }
    throw new WireError("varint is too long");
  }
  /** Reads a length and returns where that many bytes end. */
  span(end: number): number {
    const length = this.varint(end);
    if (length < 0 || length > end - this.at) throw new WireError("unexpected end of message");
    return this.at + length;
  }
  double(end: number): number {
    if (end - this.at < 8) throw new WireError("unexpected end of message");
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, 8);
    this.at += 8;
    return view.getFloat64(0, true);
  }
  raw(end: number): Uint8Array {
    const stop = this.span(end);
    const out = this.bytes.subarray(this.at, stop);
    this.at = stop;
    return out;
  }
  text(end: number): string {
    const stop = this.span(end);
    const start = this.at;
    this.at = stop;
    if (stop - start > shortText) return decoder.decode(this.bytes.subarray(start, stop));
    let text = "";
    for (let i = start; i < stop; i++) {
      const byte = this.bytes[i]!;
      if (byte > 127) return decoder.decode(this.bytes.subarray(start, stop));
      text += String.fromCharCode(byte);
    }
    return text;
  }
  /** Passes over a field that nobody knows. */
  skip(wireType: number, end: number): void {
    if (wireType === 0) this.varint(end);
    else if (wireType === 2) this.at = this.span(end);
    else if (wireType === 1 || wireType === 5) {
      this.at += wireType === 1 ? 8 : 4;
      if (this.at > end) throw new WireError("unexpected end of message");
    } else throw new WireError(`wire type ${wireType} is not supported`);
  }
}
