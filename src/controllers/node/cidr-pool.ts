// The parts of one length that an address range falls into, handed out in order.
import { formatCidr, parseCidr, type Cidr } from "#api/meta/ip.ts";

/** Throws on a range that is no CIDR, or is smaller than its parts. */
export class CidrPool {
  readonly #network: Cidr;
  readonly #mask: number;
  readonly #size: bigint;
  #from = 0n;

  constructor(cidr: string, mask: number) {
    const network = parseCidr(cidr);
    const width = network?.ip.family === 6 ? 128 : 32;
    if (!network || network.length > mask || mask > width)
      throw new Error(`the pod network ${cidr} cannot be divided into parts of length /${mask}`);
    const free = BigInt(width - network.length);
    this.#network = { ...network, ip: { ...network.ip, bits: (network.ip.bits >> free) << free } };
    this.#mask = mask;
    this.#size = 1n << BigInt(mask - network.length);
  }
  /** The next part that is not taken. */
  next(taken: ReadonlySet<string>): string | undefined {
    for (let tried = 0n; tried < this.#size; tried++) {
      const index = (this.#from + tried) % this.#size;
      const part = this.#part(index);
      if (taken.has(part)) continue;
      this.#from = index + 1n;
      return part;
    }
    return undefined;
  }
  #part(index: bigint): string {
    const { ip } = this.#network;
    const width = ip.family === 6 ? 128 : 32;
    const bits = ip.bits + (index << BigInt(width - this.#mask));
    return formatCidr({ ...this.#network, ip: { ...ip, bits }, length: this.#mask });
  }
}
