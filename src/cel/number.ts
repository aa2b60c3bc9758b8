// Arithmetic on int64, uint64 and double, with the errors of cel-go. Integers stay numbers while the result is safe; the
// rest goes through bigint.
import { fail } from "./failure.ts";
import { Double, Uint, intOf } from "./value.ts";
import type { Int } from "./value.ts";

export const minInt = -(1n << 63n);
export const maxInt = (1n << 63n) - 1n;
const maxUint = (1n << 64n) - 1n;

/** The int64 of a bigint; fails when it lies beyond. */
export const checkedInt = (value: bigint): Int =>
  value < minInt || value > maxInt ? fail("integer overflow") : intOf(value);
export const checkedUint = (value: bigint): Uint =>
  value < 0n || value > maxUint ? fail("unsigned integer overflow") : new Uint(value);

const bothNumbers = (a: Int, b: Int): boolean => typeof a === "number" && typeof b === "number";
export function addInt(a: Int, b: Int): Int {
  if (bothNumbers(a, b)) {
    const sum = (a as number) + (b as number);
    if (Number.isSafeInteger(sum)) return sum;
  }
  return checkedInt(BigInt(a) + BigInt(b));
}
export function subtractInt(a: Int, b: Int): Int {
  if (bothNumbers(a, b)) {
    const difference = (a as number) - (b as number);
    if (Number.isSafeInteger(difference)) return difference;
  }
  return checkedInt(BigInt(a) - BigInt(b));
}
export function multiplyInt(a: Int, b: Int): Int {
  if (bothNumbers(a, b)) {
    const product = (a as number) * (b as number);
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return checkedInt(BigInt(a) * BigInt(b));
}
export function divideInt(a: Int, b: Int): Int {
  if (b === 0) return fail("division by zero");
  // `+ 0` turns a negative zero into the one zero that integers have.
  if (bothNumbers(a, b)) return Math.trunc((a as number) / (b as number)) + 0;
  return checkedInt(BigInt(a) / BigInt(b));
}
export function moduloInt(a: Int, b: Int): Int {
  if (b === 0) return fail("modulus by zero");
  if (bothNumbers(a, b)) return ((a as number) % (b as number)) + 0;
  if (b === -1 && BigInt(a) === minInt) return fail("integer overflow");
  return intOf(BigInt(a) % BigInt(b));
}
export const negateInt = (a: Int): Int => (typeof a === "number" ? 0 - a : checkedInt(-a));

export const addUint = (a: Uint, b: Uint): Uint => checkedUint(a.value + b.value);
export const subtractUint = (a: Uint, b: Uint): Uint => checkedUint(a.value - b.value);
export const multiplyUint = (a: Uint, b: Uint): Uint => checkedUint(a.value * b.value);
export const divideUint = (a: Uint, b: Uint): Uint =>
  b.value === 0n ? fail("division by zero") : new Uint(a.value / b.value);
export const moduloUint = (a: Uint, b: Uint): Uint =>
  b.value === 0n ? fail("modulus by zero") : new Uint(a.value % b.value);

/** The bounds themselves are refused too, as upstream does: near them a double cannot tell. */
export function doubleToInt(value: number): Int {
  if (!(value > -(2 ** 63) && value < 2 ** 63)) return fail("integer overflow");
  return intOf(BigInt(Math.trunc(value)));
}
export function doubleToUint(value: number): Uint {
  if (!(value >= 0 && value < 2 ** 64)) return fail("unsigned integer overflow");
  return new Uint(BigInt(Math.trunc(value)));
}

const plainInt = /^[+-]?[0-9]+$/;
/** Undefined where Go would not read a base-10 int64. */
export function readInt(text: string): Int | undefined {
  if (!plainInt.test(text) || text.length > 64) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return value < minInt || value > maxInt ? undefined : intOf(value);
}
export function readUint(text: string): Uint | undefined {
  if (!/^[0-9]+$/.test(text) || text.length > 64) return undefined;
  const value = BigInt(text);
  return value > maxUint ? undefined : new Uint(value);
}
const plainDouble = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const infinity = /^([+-]?)inf(?:inity)?$/i;
export function readDouble(text: string): Double | undefined {
  if (plainDouble.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? new Double(value) : undefined;
  }
  if (/^nan$/i.test(text)) return new Double(Number.NaN);
  const sign = infinity.exec(text)?.[1];
  return sign === undefined ? undefined : new Double(sign === "-" ? -Infinity : Infinity);
}

/** The shortest digits without an exponent, as Go's 'f' with precision -1. */
export function plainDigits(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  const text = Object.is(value, -0) ? "-0" : String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", first = "", rest = "", exponent = "0"] = match;
  const digits = first + rest;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return digits.length <= point
    ? sign + digits.padEnd(point, "0")
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
/** As Go's %g: an exponent below 1e-4 and from 1e6. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return plainDigits(value);
  const exponent = Number(value.toExponential().split("e")[1]);
  if (exponent >= -4 && exponent < 6) return plainDigits(value);
  return exponentText(value.toExponential());
}
/** So many decimals, of numbers of any size; what lies in the middle goes to the even digit, as in Go. */
export function fixedText(value: number, decimals: number): string {
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${decimals ? `.${"0".repeat(decimals)}` : ""}`;
  const places = Math.min(decimals, 60);
  return evenText(value.toFixed(places), value.toFixed(places + 40)) + "0".repeat(decimals - places);
}
/** With an exponent of at least two digits. */
export function scientificText(value: number, decimals: number): string {
  const places = Math.min(decimals, 60);
  const [exact = "", exponent = ""] = value.toExponential(places + 40).split("e");
  const [rounded = "", final = exponent] = value.toExponential(places).split("e");
  const digits = final === exponent ? evenText(rounded, exact) : rounded;
  return exponentText(`${digits}${"0".repeat(decimals - places)}e${final}`);
}
/** Takes one off the last digit where the exact number lies just in the middle and the rounded one is odd. */
function evenText(rounded: string, exact: string): string {
  const kept = exact.slice(0, exact.length - 40).replace(/\.$/, "");
  const isMiddle = /^5(?:0{39})$/.test(exact.slice(-40));
  const isOdd = /[13579]$/.test(rounded);
  return isMiddle && isOdd && kept !== rounded ? kept : rounded;
}
/** Go writes at least two digits of exponent. */
const exponentText = (text: string): string => text.replace(/e([+-])(\d)$/, "e$10$2");
