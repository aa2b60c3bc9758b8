// Addresses of simulated pods, out of one IPv4 range; freed ones are given again last.
import { RuntimeError } from "./runtime.ts";

const toNumber = (ip: string): number => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (n: number): string => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join(".");

export class AddressPool {
  readonly #last: number;
  #next: number;
  readonly #freed: number[] = [];

  constructor(cidr: string) {
    const [base = "", bits = "24"] = cidr.split("/");
    const size = 2 ** (32 - Number(bits));
    const first = Math.floor(toNumber(base) / size) * size;
    this.#next = first + 2;
    this.#last = first + size - 2;
  }
  take(): string {
    const address = this.#next <= this.#last ? this.#next++ : this.#freed.shift();
    if (address === undefined) throw new RuntimeError("Unknown", "no addresses are left in the range of the pods");
    return toText(address);
  }
  free(ip: string): void {
    this.#freed.push(toNumber(ip));
  }
}
