// Kubernetes: versions ("1.2.3-rc.1+build") as values, ordered as semver.org says.
import { nominal, textCost } from "../cost/calls.ts";
import { fail, Failure } from "../failure.ts";
import { declarer, overload } from "../library.ts";
import type { Library } from "../library.ts";
import { compareText } from "../text.ts";
import { handleType } from "../type.ts";
import { ExtensionValue, intOf } from "../value.ts";
import type { Value } from "../value.ts";

const semverType = handleType("kubernetes.Semver");
type Part = bigint | string;
export class SemverValue extends ExtensionValue {
  readonly type = semverType;
  readonly numbers: readonly bigint[];
  readonly prerelease: readonly Part[];
  constructor(numbers: readonly bigint[], prerelease: readonly Part[]) {
    super();
    this.numbers = numbers;
    this.prerelease = prerelease;
  }
  equals(other: Value): boolean {
    return other instanceof SemverValue && order(this, other) === 0;
  }
}

const quoted = (text: string): string => JSON.stringify(text);
function readNumber(name: string, text: string): bigint {
  if (!/^[0-9]*$/.test(text)) fail(`Invalid character(s) found in ${name.toLowerCase()} number ${quoted(text)}`);
  if (/^0./.test(text)) fail(`${name} number must not contain leading zeroes ${quoted(text)}`);
  if (text === "") fail('strconv.ParseUint: parsing "": invalid syntax');
  const value = BigInt(text);
  return value < 1n << 64n ? value : fail(`strconv.ParseUint: parsing ${quoted(text)}: value out of range`);
}
function readPrerelease(text: string): Part {
  if (text === "") fail("Prerelease is empty");
  if (!/^[0-9A-Za-z-]+$/.test(text)) fail(`Invalid character(s) found in prerelease ${quoted(text)}`);
  if (!/^[0-9]+$/.test(text)) return text;
  return text.length > 1 && text.startsWith("0")
    ? fail(`Numeric PreRelease version must not contain leading zeroes ${quoted(text)}`)
    : BigInt(text);
}
/** "a.b.c" in two or three parts, the last of which keeps what follows. */
function splitThree(text: string): string[] {
  const [first = "", second, ...rest] = text.split(".");
  return second === undefined ? [first] : rest.length ? [first, second, rest.join(".")] : [first, second];
}
function parse(text: string): SemverValue {
  if (text === "") fail("Version string empty");
  const [major, minor, rest] = splitThree(text);
  if (major === undefined || minor === undefined || rest === undefined)
    return fail("No Major.Minor.Patch elements found");
  const first = readNumber("Major", major);
  const second = readNumber("Minor", minor);
  const [, patch = "", , prerelease, , build] = /^([^+-]*)(-([^+]*))?(\+(.*))?$/s.exec(rest) ?? [];
  const numbers = [first, second, readNumber("Patch", patch)];
  const parts = prerelease === undefined ? [] : prerelease.split(".").map(readPrerelease);
  for (const part of build?.split(".") ?? []) {
    if (part === "") fail("Build meta data is empty");
    if (!/^[0-9A-Za-z-]+$/.test(part)) fail(`Invalid character(s) found in build meta data ${quoted(part)}`);
  }
  return new SemverValue(numbers, parts);
}
/** Without a leading "v" and leading zeros, and with the parts that are missing. */
function normalize(text: string): string {
  const parts = splitThree(text.replace(/^v/, "")).map((part) =>
    part.length > 1 ? part.replace(/^0+/, "").replace(/^(?![0-9])/, "0") : part,
  );
  if (parts.length < 3 && /[+-]/.test(parts.at(-1)!)) fail("short version cannot contain PreRelease/Build meta data");
  return [...parts, "0", "0"].slice(0, 3).join(".");
}
const semver = (text: string, loose = false): SemverValue => parse(loose ? normalize(text) : text);
function isSemver(text: string, loose = false): boolean {
  try {
    semver(text, loose);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function comparePart(a: Part, b: Part): number {
  if (typeof a === "string") return typeof b === "string" ? Math.sign(compareText(a, b)) : 1;
  return typeof b === "string" || a < b ? -1 : a > b ? 1 : 0;
}
function order(a: SemverValue, b: SemverValue): number {
  for (const [i, number] of a.numbers.entries()) if (number !== b.numbers[i]) return number < b.numbers[i]! ? -1 : 1;
  if (!a.prerelease.length || !b.prerelease.length) return Math.sign(b.prerelease.length - a.prerelease.length);
  const length = Math.min(a.prerelease.length, b.prerelease.length);
  for (let i = 0; i < length; i++) {
    const result = comparePart(a.prerelease[i]!, b.prerelease[i]!);
    if (result) return result;
  }
  return Math.sign(a.prerelease.length - b.prerelease.length);
}

const declare = declarer({ semver: semverType });
const part = (name: string, index: number) =>
  declare(name, [
    overload(
      `semver_${name}`,
      "semver.() -> int",
      ({ numbers }: SemverValue) => intOf(BigInt.asIntN(64, numbers[index]!)),
      nominal,
    ),
  ]);
export const semverLibrary: Library = {
  name: "kubernetes.semver",
  types: [semverType],
  functions: [
    declare("semver", [
      overload("string_to_semver", "(string) -> semver", semver, textCost()),
      overload("string_bool_to_semver", "(string, bool) -> semver", semver, textCost()),
    ]),
    declare("isSemver", [
      overload("is_semver_string", "(string) -> bool", isSemver, textCost()),
      overload("is_semver_string_bool", "(string, bool) -> bool", isSemver, textCost()),
    ]),
    declare("isGreaterThan", [
      overload("semver_is_greater_than", "semver.(semver) -> bool", (a, b) => order(a, b) > 0, nominal),
    ]),
    declare("isLessThan", [
      overload("semver_is_less_than", "semver.(semver) -> bool", (a, b) => order(a, b) < 0, nominal),
    ]),
    declare("compareTo", [overload("semver_compare_to", "semver.(semver) -> int", order, nominal)]),
    part("major", 0),
    part("minor", 1),
    part("patch", 2),
  ],
};
