// The Service addresses of one CIDR, as offsets. The lower band is for addresses that people choose; the server picks
// from the upper band until that is full (KEP-3070). Pure.
import { formatIp, parseCidr, parseIp } from "#api/meta/ip.ts";

const largestRange = 65_536;

export class IpRange {
  readonly text: string;
  readonly family: 4 | 6;
  readonly #base: bigint;
  readonly #bits: bigint;
  /** Offsets 1..size are usable: the network address is not, nor is the broadcast address of IPv4. */
  readonly size: number;

  constructor(cidr: string) {
    const parsed = parseCidr(cidr);
    if (!parsed) throw new Error(`${JSON.stringify(cidr)} is not a CIDR`);
    this.text = cidr;
    this.family = parsed.ip.family;
    const width = this.family === 4 ? 32 : 128;
    this.#bits = BigInt(width - parsed.length);
    this.#base = (parsed.ip.bits >> this.#bits) << this.#bits;
    const all = 1n << this.#bits;
    const usable = all - (this.family === 4 ? 2n : 1n);
    this.size = Number(usable > BigInt(largestRange) ? BigInt(largestRange) : usable);
  }
  /** Where the server starts to pick. */
  get firstDynamic(): number {
    return this.size < 16 ? 0 : Math.min(Math.max(16, Math.floor(this.size / 16)), 256);
  }
  at(offset: number): string {
    return formatIp({ family: this.family, bits: this.#base + BigInt(offset) + 1n, mapped: false, sloppy: false });
  }
  contains(text: string): boolean {
    const ip = parseIp(text);
    if (!ip || ip.family !== this.family) return false;
    const offset = ip.bits - this.#base;
    return offset > 0n && offset <= (1n << this.#bits) - (this.family === 4 ? 2n : 1n);
  }
}
