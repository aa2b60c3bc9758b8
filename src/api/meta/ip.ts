// IP addresses and CIDRs as text: reading them as loosely as Go does, and saying what is wrong with them.
// Upstream: an IPv4 octet with leading zeros is understood (as decimal) but refused by the strict rule of 1.36.
import { type FieldError, invalidValue } from "#api/field-error.ts";

export interface Ip {
  readonly family: 4 | 6;
  readonly bits: bigint;
  /** Written in the other family, as ::ffff:1.2.3.4. */
  readonly mapped: boolean;
  /** Some octet is written with leading zeros. */
  readonly sloppy: boolean;
}
export interface Cidr {
  readonly ip: Ip;
  readonly length: number;
  readonly sloppyLength: boolean;
}

function parseV4(text: string): Ip | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let bits = 0n;
  let sloppy = false;
  for (const octet of octets) {
    if (!/^\d{1,10}$/.test(octet) || Number(octet) > 255) return undefined;
    if (octet.length > 1 && octet.startsWith("0")) sloppy = true;
    bits = (bits << 8n) | BigInt(Number(octet));
  }
  return { family: 4, bits, mapped: false, sloppy };
}

const mappedPrefix = 0xffffn << 32n;
/** The two halves around "::", or one whole list. */
function groupsOf(text: string): string[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const split = (part: string): string[] => (part ? part.split(":") : []);
  const head = split(halves[0]!);
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const tail = split(halves[1]!);
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
}
function parseV6(text: string): Ip | undefined {
  let body = text;
  let sloppy = false;
  const dotted = /^(.*:)([0-9.]+\.[0-9.]+)$/.exec(text);
  if (dotted) {
    const v4 = parseV4(dotted[2]!);
    if (!v4) return undefined;
    sloppy = v4.sloppy;
    body = `${dotted[1]!}${(v4.bits >> 16n).toString(16)}:${(v4.bits & 0xffffn).toString(16)}`;
  }
  const groups = groupsOf(body);
  if (!groups?.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const bits = groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  return bits >> 32n === mappedPrefix >> 32n
    ? { family: 4, bits: bits & 0xffffffffn, mapped: true, sloppy }
    : { family: 6, bits, mapped: false, sloppy };
}

/** Undefined when the text is no address at all. */
export const parseIp = (text: string): Ip | undefined => (text.includes(":") ? parseV6(text) : parseV4(text));

const widthOf = (ip: Ip): number => (ip.family === 4 ? 32 : 128);
/** Dotted decimal, or RFC 5952. */
export function formatIp(ip: Ip): string {
  if (ip.family === 4) return [24n, 16n, 8n, 0n].map((shift) => (ip.bits >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((ip.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  let best = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

/** Undefined when the text is no CIDR at all. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = "", length, ...more] = text.split("/");
  const ip = parseIp(address);
  if (!ip || more.length > 0 || length === undefined || !/^\d{1,4}$/.test(length)) return undefined;
  if (Number(length) > (ip.mapped ? 128 : widthOf(ip))) return undefined;
  return { ip, length: Number(length), sloppyLength: length.length > 1 && length.startsWith("0") };
}
const hostBits = (cidr: Cidr): bigint => {
  const free = BigInt((cidr.ip.mapped ? 128 : widthOf(cidr.ip)) - cidr.length);
  return cidr.ip.bits & ((1n << free) - 1n);
};
/** The network in canonical form: host bits cleared. */
export const formatCidr = (cidr: Cidr): string =>
  `${formatIp({ ...cidr.ip, bits: cidr.ip.bits - hostBits(cidr) })}/${cidr.ip.mapped ? cidr.length - 96 : cidr.length}`;
/** Whether `inner` lies within `outer` and is longer. */
export function isStrictSubnet(outer: Cidr, inner: Cidr): boolean {
  if (outer.ip.family !== inner.ip.family || inner.length <= outer.length) return false;
  const shift = BigInt(widthOf(outer.ip) - outer.length);
  return outer.ip.bits >> shift === inner.ip.bits >> shift;
}

/** The rule for addresses in fields of old: any spelling but leading zeros and mapped addresses. */
export function checkIp(found: FieldError[], field: string, value: string): Ip | undefined {
  const ip = parseIp(value);
  if (!ip) found.push(invalidValue(field, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
  else if (ip.sloppy) found.push(invalidValue(field, value, "must not have leading 0s"));
  else if (ip.mapped) found.push(invalidValue(field, value, "must not be an IPv4-mapped IPv6 address"));
  return ip;
}
/** The rule for addresses in newer fields: the canonical spelling only. */
export function checkCanonicalIp(found: FieldError[], field: string, value: string): Ip | undefined {
  const before = found.length;
  const ip = checkIp(found, field, value);
  if (ip && found.length === before && formatIp(ip) !== value)
    found.push(invalidValue(field, value, `must be in canonical form (${JSON.stringify(formatIp(ip))})`));
  return ip;
}
/** As checkIp, for CIDRs. */
export function checkCidr(found: FieldError[], field: string, value: string): Cidr | undefined {
  const cidr = parseCidr(value);
  if (!cidr) {
    found.push(invalidValue(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
  } else if (cidr.ip.sloppy || cidr.sloppyLength) {
    found.push(invalidValue(field, value, "must not have leading 0s in IP or prefix length"));
  } else if (cidr.ip.mapped) {
    found.push(invalidValue(field, value, "must not have an IPv4-mapped IPv6 address"));
  } else if (hostBits(cidr) !== 0n) {
    found.push(invalidValue(field, value, "must not have bits set beyond the prefix length"));
  }
  return cidr;
}
/** As checkCanonicalIp, for CIDRs. */
export function checkCanonicalCidr(found: FieldError[], field: string, value: string): Cidr | undefined {
  const before = found.length;
  const cidr = checkCidr(found, field, value);
  if (cidr && found.length === before && formatCidr(cidr) !== value)
    found.push(invalidValue(field, value, `must be in canonical form (${JSON.stringify(formatCidr(cidr))})`));
  return cidr;
}

/** The warning for an address that clients may read differently. */
export function ipWarnings(field: string, value: string): string[] {
  const ip = parseIp(value);
  if (!ip) return [];
  const canonical = formatIp(ip);
  if (ip.sloppy || ip.mapped)
    return [`${field}: non-standard IP address ${JSON.stringify(value)} is invalid: use ${JSON.stringify(canonical)}`];
  if (ip.family === 4 || canonical === value) return [];
  return [
    `${field}: IPv6 address ${JSON.stringify(value)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`,
  ];
}
/** As ipWarnings, for CIDRs. */
export function cidrWarnings(field: string, value: string): string[] {
  const cidr = parseCidr(value);
  if (!cidr) return [];
  const quoted = JSON.stringify(value);
  const canonical = JSON.stringify(formatCidr(cidr));
  const warnings: string[] = [];
  if (hostBits(cidr) !== 0n) {
    const single = JSON.stringify(`${formatIp(cidr.ip)}/${cidr.length}`);
    warnings.push(`${field}: CIDR value ${quoted} is ambiguous in this context (should be ${canonical} or ${single}?)`);
  }
  if (cidr.ip.sloppy || cidr.ip.mapped || cidr.sloppyLength)
    warnings.push(`${field}: non-standard CIDR value ${quoted} is invalid: use ${canonical}`);
  else if (warnings.length === 0 && cidr.ip.family === 6 && formatCidr(cidr) !== value)
    warnings.push(`${field}: IPv6 CIDR value ${quoted} should be in RFC 5952 canonical format (${canonical})`);
  return warnings;
}

const inRange = (ip: Ip, prefix: bigint, length: number): boolean => ip.bits >> BigInt(widthOf(ip) - length) === prefix;
/** An address that traffic from another machine can be sent to. */
export function checkEndpointIp(found: FieldError[], field: string, value: string): void {
  const ip = parseIp(value);
  if (!ip) return void found.push(invalidValue(field, value, "must be a valid IP address"));
  const v4 = ip.family === 4;
  const refuse = (detail: string): void => void found.push(invalidValue(field, value, `may not be ${detail}`));
  if (ip.bits === 0n) refuse(`unspecified (${value})`);
  if (v4 ? inRange(ip, 127n, 8) : ip.bits === 1n) refuse("in the loopback range (127.0.0.0/8, ::1/128)");
  if (v4 ? inRange(ip, 0xa9fen, 16) : inRange(ip, 0x3fan, 10))
    refuse("in the link-local range (169.254.0.0/16, fe80::/10)");
  if (v4 ? inRange(ip, 0xe00000n, 24) : ip.bits >> 120n === 0xffn && ((ip.bits >> 112n) & 0xfn) === 2n)
    refuse("in the link-local multicast range (224.0.0.0/24, ff02::/10)");
}

/** An address with the length of its network, as a device has it: 192.168.1.5/24. */
export function checkInterfaceAddress(found: FieldError[], field: string, value: string): void {
  const cidr = parseCidr(value);
  if (!cidr) {
    const text = "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)";
    return void found.push(invalidValue(field, value, text));
  }
  const { ip, length } = cidr;
  const canonical = `${formatIp(ip)}/${ip.mapped && length > 32 ? length - 96 : length}`;
  if (value !== canonical) found.push(invalidValue(field, value, `must be in canonical form ("${canonical}")`));
}
