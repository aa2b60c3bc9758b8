import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FieldError } from "#api/field-error.ts";
import * as i from "./ip.ts";

const said = (check: (found: FieldError[], field: string, value: string) => unknown, value: string): string[] => {
  const found: FieldError[] = [];
  check(found, "ip", value);
  const shown = `Invalid value: ${JSON.stringify(value)}: `;
  return found.map(({ message }) => (message.startsWith(shown) ? message.slice(shown.length) : message));
};

test("addresses in canonical form", () => {
  const table: readonly [string, string | undefined][] = [
    ["10.0.0.1", "10.0.0.1"],
    ["010.0.0.001", "10.0.0.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["fe80::10.0.0.1", "fe80::a00:1"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["", undefined],
    ["10.0.0", undefined],
    ["256.0.0.1", undefined],
    ["1::2::3", undefined],
    ["1:2:3:4:5:6:7:8:9", undefined],
    [":::", undefined],
    ["fe80::1%eth0", undefined],
    ["12345::", undefined],
  ];
  for (const [text, canonical] of table) {
    const ip = i.parseIp(text);
    assert.equal(ip && i.formatIp(ip), canonical, text);
  }
});

test("networks in canonical form", () => {
  const table: readonly [string, string | undefined][] = [
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["10.0.0.1/32", "10.0.0.1/32"],
    ["2001:db8::1/64", "2001:db8::/64"],
    ["::ffff:10.1.2.3/104", "10.0.0.0/8"],
    ["10.0.0.0/33", undefined],
    ["::/129", undefined],
    ["10.0.0.0", undefined],
    ["10.0.0.0/8/8", undefined],
    ["10.0.0.0/-1", undefined],
  ];
  for (const [text, canonical] of table) {
    const cidr = i.parseCidr(text);
    assert.equal(cidr && i.formatCidr(cidr), canonical, text);
  }
});

test("what is wrong with an address or network", () => {
  const table: readonly [Parameters<typeof said>[0], string, string[]][] = [
    [i.checkIp, "10.0.0.1", []],
    [i.checkIp, "2001:DB8::1", []],
    [i.checkIp, "x", ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]],
    [i.checkIp, "10.0.0.01", ["must not have leading 0s"]],
    [i.checkIp, "::ffff:10.0.0.1", ["must not be an IPv4-mapped IPv6 address"]],
    [i.checkCanonicalIp, "2001:DB8::1", ['must be in canonical form ("2001:db8::1")']],
    [i.checkCidr, "10.0.0.0/8", []],
    [i.checkCidr, "10.0.0.0", ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]],
    [i.checkCidr, "10.0.0.0/08", ["must not have leading 0s in IP or prefix length"]],
    [i.checkCidr, "10.0.0.1/8", ["must not have bits set beyond the prefix length"]],
    [i.checkCidr, "::ffff:10.0.0.0/104", ["must not have an IPv4-mapped IPv6 address"]],
    [i.checkCanonicalCidr, "2001:DB8::/32", ['must be in canonical form ("2001:db8::/32")']],
    [i.checkInterfaceAddress, "192.168.1.5/24", []],
    [i.checkInterfaceAddress, "2001:DB8::5/64", ['must be in canonical form ("2001:db8::5/64")']],
    [i.checkEndpointIp, "10.0.0.1", []],
    [i.checkEndpointIp, "0.0.0.0", ["may not be unspecified (0.0.0.0)"]],
    [i.checkEndpointIp, "127.1.2.3", ["may not be in the loopback range (127.0.0.0/8, ::1/128)"]],
    [i.checkEndpointIp, "fe80::1", ["may not be in the link-local range (169.254.0.0/16, fe80::/10)"]],
    [i.checkEndpointIp, "224.0.0.5", ["may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"]],
    [i.checkEndpointIp, "ff02::5", ["may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"]],
  ];
  for (const [check, value, details] of table) assert.deepEqual(said(check, value), details, value);
});

test("warnings for spellings that clients may read differently", () => {
  assert.deepEqual(i.ipWarnings("ip", "10.0.0.1"), []);
  assert.deepEqual(i.ipWarnings("ip", "010.0.0.1"), [
    'ip: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"',
  ]);
  assert.deepEqual(i.ipWarnings("ip", "1:0::1"), [
    'ip: IPv6 address "1:0::1" should be in RFC 5952 canonical format ("1::1")',
  ]);
  assert.deepEqual(i.cidrWarnings("net", "10.1.0.0/8"), [
    'net: CIDR value "10.1.0.0/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.0.0/8"?)',
  ]);
  assert.deepEqual(i.cidrWarnings("net", "10.0.0.0/08"), [
    'net: non-standard CIDR value "10.0.0.0/08" is invalid: use "10.0.0.0/8"',
  ]);
});

test("a network lies within a larger one", () => {
  const within = (outer: string, inner: string): boolean => i.isStrictSubnet(i.parseCidr(outer)!, i.parseCidr(inner)!);
  assert.ok(within("10.0.0.0/8", "10.1.0.0/16"));
  assert.ok(!within("10.0.0.0/8", "10.0.0.0/8"));
  assert.ok(!within("10.0.0.0/8", "11.0.0.0/16"));
  assert.ok(!within("::/0", "10.0.0.0/16"));
});

test("laws: the canonical form stays as it is and is the same address", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const ip = i.parseIp(text);
      assert.ok(ip, text);
      const canonical = i.formatIp(ip);
      assert.equal(i.formatIp(i.parseIp(canonical)!), canonical);
      assert.equal(i.parseIp(canonical)!.bits, ip.bits);
      assert.deepEqual(said(i.checkCanonicalIp, canonical), []);
    }),
  );
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(32), (text, length) => {
      const canonical = i.formatCidr(i.parseCidr(`${text}/${length}`)!);
      assert.deepEqual(said(i.checkCanonicalCidr, canonical), []);
      assert.equal(i.formatCidr(i.parseCidr(canonical)!), canonical);
    }),
  );
});
