// Scalar values: such as real objects hold, and such as no object should.
import type { ScalarName, Scalar } from "#api/schema.ts";
import type { Chance } from "./chance.ts";

export const namespaces = ["default", "n1", "kube-system", "missing"] as const;
export const names = ["a", "b", "c", "d-1"] as const;

/** Texts that parsers, patterns, keys and tables of words trip over. */
export const hostileTexts: readonly string[] = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "x\udfff\ud800y",
  "\u202e\u0000\u0007",
  "\n",
  "a\r\nX-Injected: 1",
  "é漢字🙂",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "length",
  "..",
  ".",
  "../../etc/passwd",
  "/",
  "a/b/c",
  "%2e%2e%2f",
  "%",
  "%zz",
  "*",
  "null",
  "true",
  "-1",
  "0",
  "1e309",
  "NaN",
  "0x10",
  "1Gi",
  "-0.0000000000000000000000000001",
  "99999999999999999999999999999999999999999999Ei",
  "1e999999999",
  "2026-02-30T25:61:61Z",
  "9999-12-31T23:59:59Z",
  "0000-00-00T00:00:00Z",
  "10000-01-01T00:00:00Z",
  "10.0.0.0/33",
  "10.0.0.1",
  "::ffff:10.0.0.1",
  "fe80::1%eth0",
  "300.300.300.300",
  "$(VAR)",
  "${{}}",
  "{{.}}",
  "a=b,c in (d,e),!f",
  "a in (",
  "((((((((((",
  "x".repeat(63),
  "x".repeat(64),
  "x".repeat(254),
  "a.".repeat(130),
  "-".repeat(300),
  "a".repeat(5_000),
  "a-".repeat(2_000) + "!",
  "\\".repeat(300),
  "self.spec.x == 1",
  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
  "AAAA",
  "====",
];

export const hostileNumbers: readonly number[] = [
  0,
  -0,
  -1,
  1,
  0.5,
  -2_147_483_648,
  2_147_483_647,
  2_147_483_648,
  4_294_967_296,
  9_007_199_254_740_991,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  1e21,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  65_535,
  65_536,
];

const hostileKeys = ["__proto__", "constructor", "toString", "", "a.b", "0", "$patch", "metadata", "\ud800", "length"];

/** Any JSON value, small and unlikely. */
export function junk(chance: Chance, depth = 0): unknown {
  switch (chance.below(depth > 2 ? 5 : 8)) {
    case 0:
      return null;
    case 1:
      return chance.oneIn(2);
    case 2:
      return chance.pick(hostileNumbers);
    case 3:
    case 4:
      return chance.pick(hostileTexts);
    case 5:
      return [];
    case 6:
      return Array.from({ length: chance.below(4) }, () => junk(chance, depth + 1));
    default:
      return junkObject(chance, depth);
  }
}
/** With keys of its own, whatever they are called. */
export function junkObject(chance: Chance, depth = 0): Record<string, unknown> {
  const entries = Array.from({ length: chance.below(4) }, () => [
    chance.oneIn(3) ? chance.pick(hostileTexts) : chance.pick(hostileKeys),
    junk(chance, depth + 1),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

const texts = ["a", "b", "x-1", "web", "v1", "Always", "default", "example.com", "example.com/a", "nginx:1", "/data"];
const quantities = ["0", "1", "100m", "1Gi", "1.5", "2k", "1e3"];
const times = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "1970-01-01T00:00:00Z"];

/** What a field of this name usually holds. */
function textFor(chance: Chance, name: string): string {
  if (/^(name|.*Name)$/.test(name)) return chance.pick(names);
  if (/namespace/i.test(name)) return chance.pick(namespaces);
  if (/^(ip|.*IP|address)$/.test(name)) return chance.pick(["10.96.0.9", "10.0.0.1", "fd00::1"]);
  if (/cidr/i.test(name)) return chance.pick(["10.0.0.0/24", "fd00::/64"]);
  if (/(url|host)$/i.test(name)) return chance.pick(["https://example.com/a", "example.com"]);
  if (/apiVersion$/i.test(name)) return chance.pick(["v1", "apps/v1"]);
  if (/^(kind|.*Kind)$/.test(name)) return chance.pick(["Pod", "ConfigMap", "Deployment", "ServiceAccount"]);
  if (/(path|Path)$/.test(name)) return chance.pick(["/a", "a/b", "/"]);
  if (/expression/i.test(name)) return chance.pick(["true", "object.metadata.name == 'a'", "self.x > 1"]);
  if (/schedule/.test(name)) return chance.pick(["* * * * *", "*/5 0 1 1 *"]);
  return chance.pick(texts);
}

const makers: Readonly<Record<ScalarName, (chance: Chance, name: string) => unknown>> = {
  string: textFor,
  bool: (chance) => chance.oneIn(2),
  int32: (chance, name) => (/port/i.test(name) ? 1 + chance.below(65_535) : chance.below(5)),
  int64: (chance) => chance.below(100),
  float64: (chance) => chance.below(10) / 4,
  bytes: (chance) => Buffer.from(chance.bytes(chance.below(12))).toString("base64"),
  quantity: (chance) => chance.pick(quantities),
  time: (chance) => chance.pick(times),
  microTime: (chance) => chance.pick(times),
  duration: (chance) => chance.pick(["1s", "1h0m0s", "0s"]),
  intOrString: (chance) => chance.pick<unknown>([1, 80, "25%", "http"]),
  fieldsV1: () => ({ "f:data": { "f:a": {} } }),
  rawExtension: (chance) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: chance.pick(names) } }),
  any: (chance) => chance.pick<unknown>([true, 1, "a", { a: 1 }, [1, 2]]),
};

/** A value of the scalar's type. */
export function scalarOf(chance: Chance, schema: Scalar<unknown>, name: string): unknown {
  if (schema.values?.length && !chance.oneIn(20)) return chance.pick(schema.values);
  return makers[schema.type](chance, name);
}
/** A value of the right JSON type at the edge of what it may be, or beyond. */
export function boundaryOf(chance: Chance, schema: Scalar<unknown>): unknown {
  if (schema.type === "bool") return chance.oneIn(2);
  if (schema.type === "int32" || schema.type === "int64" || schema.type === "float64")
    return chance.pick(hostileNumbers);
  if (schema.type === "intOrString" && chance.oneIn(2)) return chance.pick(hostileNumbers);
  if (schema.type === "any" || schema.type === "rawExtension" || schema.type === "fieldsV1") return junk(chance);
  return chance.pick(hostileTexts);
}
