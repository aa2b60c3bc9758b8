// Kubernetes: IP addresses and CIDRs as values. Only the strict spellings count: no leading zeros, no zones, no IPv4
// inside IPv6.
import { formatIp, parseIp } from "#api/meta/ip.ts";
import type { Ip } from "#api/meta/ip.ts";
import { nominal, textCost } from "../cost/calls.ts";
import type { CallNode } from "../cost/node.ts";
import { fixed, plus, scaled, textFactor } from "../cost/range.ts";
import type { Range } from "../cost/range.ts";
import { costSize } from "../cost/size.ts";
import { fail, Failure } from "../failure.ts";
import { declarer, overload } from "../library.ts";
import type { CallCost, Library } from "../library.ts";
import { libraryType } from "../type.ts";
import { ExtensionValue } from "../value.ts";
import type { Value } from "../value.ts";

const ipType = libraryType("net.IP");
const cidrType = libraryType("net.CIDR");
const widthOf = (ip: Ip): number => (ip.family === 4 ? 32 : 128);

export class IpValue extends ExtensionValue {
  readonly type = ipType;
  readonly ip: Ip;
  constructor(ip: Ip) {
    super();
    this.ip = ip;
  }
  equals(other: Value): boolean {
    return other instanceof IpValue && this.ip.family === other.ip.family && this.ip.bits === other.ip.bits;
  }
  override get costSize(): number {
    return widthOf(this.ip) / 8;
  }
}
export class CidrValue extends ExtensionValue {
  readonly type = cidrType;
  readonly ip: Ip;
  readonly length: number;
  constructor(ip: Ip, length: number) {
    super();
    this.ip = ip;
    this.length = length;
  }
  equals(other: Value): boolean {
    if (!(other instanceof CidrValue) || this.length !== other.length) return false;
    return this.ip.family === other.ip.family && this.ip.bits === other.ip.bits;
  }
  override get costSize(): number {
    return Math.ceil(this.length / 8);
  }
  /** The bits that all of its addresses share. */
  network(ip: Ip): bigint {
    return ip.bits >> BigInt(widthOf(ip) - this.length);
  }
}

const quoted = (text: string): string => JSON.stringify(text);
/** Why a dotted address is none, in the words of Go. */
function problemOfV4(text: string): string {
  const fields = text.split(".");
  for (const [i, field] of fields.entries()) {
    const rest = (): string => text.slice(fields.slice(0, i).join(".").length + (i ? 1 : 0)) || ".";
    const bad = /[^0-9]/.exec(field);
    if (/^0[0-9]/.test(field)) return "IPv4 field has octet with leading zero";
    if (Number(/^[0-9]*/.exec(field)![0]) > 255) return "IPv4 field has value >255";
    if (bad) return `unexpected character (at ${quoted(rest().slice(bad.index))})`;
    if (field === "") return `IPv4 field must have at least one digit (at ${quoted(rest())})`;
    if (i > 3) return "IPv4 address too long";
  }
  return "IPv4 address too short";
}
function problemOf(text: string): string {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === ".") return problemOfV4(text);
  if (first === ":") return "each colon-separated field must have at least one digit";
  return first === "%" ? "missing IPv6 address" : "unable to parse IP";
}
function readAddress(text: string): Ip | { readonly problem: string } {
  const ip = parseIp(text);
  return ip && !ip.sloppy ? ip : { problem: `ParseAddr(${quoted(text)}): ${problemOf(text)}` };
}
function readIp(text: string): IpValue {
  const [address = "", zone] = text.split("%");
  const ip = readAddress(zone === undefined ? text : address);
  if ("problem" in ip)
    return fail(`IP Address ${quoted(text)} parse error during conversion from string: ${ip.problem}`);
  if (zone !== undefined) fail(`IP address ${quoted(text)} with zone value is not allowed`);
  if (ip.mapped) fail(`IPv4-mapped IPv6 address ${quoted(text)} is not allowed`);
  return new IpValue(ip);
}
const cidrProblem = "network address parse error during conversion from string: ";
function readCidr(text: string): CidrValue {
  const refuse = (why: string): never => fail(`${cidrProblem}${cidrProblem}netip.ParsePrefix(${quoted(text)}): ${why}`);
  const slash = text.lastIndexOf("/");
  if (slash < 0) refuse("no '/'");
  const ip = readAddress(text.slice(0, slash));
  if ("problem" in ip) return refuse(ip.problem);
  const bits = text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]*)$/.test(bits)) refuse(`bad bits after slash: ${quoted(bits)}`);
  if (Number(bits) > (ip.mapped ? 128 : widthOf(ip))) refuse("prefix length out of range");
  if (ip.mapped) fail(`${cidrProblem}IPv4-mapped IPv6 address ${quoted(text)} is not allowed`);
  return new CidrValue(ip, Number(bits));
}
/** Whether reading succeeds. */
function reads(read: () => Value): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

const containsIp = (cidr: CidrValue, { ip }: IpValue): boolean =>
  cidr.ip.family === ip.family && cidr.network(ip) === cidr.network(cidr.ip);
const containsCidr = (outer: CidrValue, inner: CidrValue): boolean =>
  outer.ip.family === inner.ip.family &&
  outer.length <= inner.length &&
  outer.network(inner.ip) === outer.network(outer.ip);
const masked = (cidr: CidrValue): CidrValue => {
  const free = BigInt(widthOf(cidr.ip) - cidr.length);
  return new CidrValue({ ...cidr.ip, bits: (cidr.ip.bits >> free) << free }, cidr.length);
};
const prefixed = ({ bits, family }: Ip, prefix: bigint, length: number): boolean =>
  bits >> BigInt((family === 4 ? 32 : 128) - length) === prefix;
const isLoopback = (ip: Ip): boolean => (ip.family === 4 ? prefixed(ip, 127n, 8) : ip.bits === 1n);
const isLinkLocal = (ip: Ip): boolean => (ip.family === 4 ? prefixed(ip, 0xa9fen, 16) : prefixed(ip, 0x3fan, 10));
const isMulticast = (ip: Ip): boolean => (ip.family === 4 ? prefixed(ip, 0xen, 4) : prefixed(ip, 0xffn, 8));
const isLinkLocalMulticast = (ip: Ip): boolean =>
  ip.family === 4 ? prefixed(ip, 0xe00000n, 24) : ((ip.bits >> 112n) & 0xff0fn) === 0xff02n;
const isBroadcast = (ip: Ip): boolean => ip.family === 4 && ip.bits === 0xffffffffn;
const isGlobal = (ip: Ip): boolean =>
  ip.bits !== 0n && !isBroadcast(ip) && !isLoopback(ip) && !isMulticast(ip) && !isLinkLocal(ip);

/** Comparing addresses bit by bit, and reading the text where one is given. */
const containmentCost = (extra: (size: number) => number, estimated: Range, fromText: boolean): CallCost => ({
  actual: ([cidr, other]) => {
    const size = costSize(cidr!);
    const reading = fromText ? Math.ceil(costSize(other!) * textFactor) : 0;
    return Math.ceil(2 * size * textFactor) + extra(size) + reading;
  },
  estimate: ({ args }: CallNode) => ({
    cost: fromText ? plus(estimated, scaled(args[0]!.size, textFactor)) : estimated,
  }),
});
const addressSize: Range = { min: 4, max: 16 };
const compareTwice = scaled(plus(addressSize, addressSize), textFactor);
const containsIpCost = (fromText: boolean): CallCost => containmentCost(() => 0, compareTwice, fromText);
const containsCidrCost = (fromText: boolean): CallCost =>
  containmentCost(
    (size) => Math.ceil(size * textFactor) + 1,
    plus(compareTwice, scaled(addressSize, textFactor), fixed(1)),
    fromText,
  );

const declare = declarer({ IP: ipType, CIDR: cidrType });
const property = (name: string, id: string, test: (ip: Ip) => boolean) =>
  declare(name, [overload(id, "IP.() -> bool", ({ ip }: IpValue) => test(ip), nominal)]);

export const ipLibrary: Library = {
  name: "kubernetes.net.ip",
  types: [ipType],
  functions: [
    declare("ip", [overload("string_to_ip", "(string) -> IP", readIp, textCost())]),
    declare("family", [overload("ip_family", "IP.() -> int", ({ ip }: IpValue) => ip.family, nominal)]),
    declare("ip.isCanonical", [
      overload(
        "ip_is_canonical",
        "(string) -> bool",
        (text: string) => formatIp(readIp(text).ip) === text,
        textCost(2),
      ),
    ]),
    property("isUnspecified", "ip_is_unspecified", (ip) => ip.bits === 0n),
    property("isLoopback", "ip_is_loopback", isLoopback),
    property("isLinkLocalMulticast", "ip_is_link_local_multicast", isLinkLocalMulticast),
    property("isLinkLocalUnicast", "ip_is_link_local_unicast", isLinkLocal),
    property("isGlobalUnicast", "ip_is_global_unicast", isGlobal),
    declare("isIP", [overload("is_ip", "(string) -> bool", (text: string) => reads(() => readIp(text)), textCost())]),
    declare("string", [overload("ip_to_string", "(IP) -> string", ({ ip }: IpValue) => formatIp(ip))]),
  ],
};
export const cidrLibrary: Library = {
  name: "kubernetes.net.cidr",
  types: [cidrType],
  functions: [
    declare("cidr", [overload("string_to_cidr", "(string) -> CIDR", readCidr, textCost())]),
    declare("containsIP", [
      overload(
        "cidr_contains_ip_string",
        "CIDR.(string) -> bool",
        (a, text) => containsIp(a, readIp(text)),
        containsIpCost(true),
      ),
      overload("cidr_contains_ip_ip", "CIDR.(IP) -> bool", containsIp, containsIpCost(false)),
    ]),
    declare("containsCIDR", [
      overload(
        "cidr_contains_cidr_string",
        "CIDR.(string) -> bool",
        (a, text) => containsCidr(a, readCidr(text)),
        containsCidrCost(true),
      ),
      overload("cidr_contains_cidr", "CIDR.(CIDR) -> bool", containsCidr, containsCidrCost(false)),
    ]),
    declare("ip", [overload("cidr_ip", "CIDR.() -> IP", ({ ip }: CidrValue) => new IpValue(ip), nominal)]),
    declare("prefixLength", [
      overload("cidr_prefix_length", "CIDR.() -> int", ({ length }: CidrValue) => length, nominal),
    ]),
    declare("masked", [overload("cidr_masked", "CIDR.() -> CIDR", masked, nominal)]),
    declare("isCIDR", [
      overload("is_cidr", "(string) -> bool", (text: string) => reads(() => readCidr(text)), textCost()),
    ]),
    declare("string", [
      overload("cidr_to_string", "(CIDR) -> string", ({ ip, length }: CidrValue) => `${formatIp(ip)}/${length}`),
    ]),
  ],
};
