// Chance, passed in: a seeded source makes a test repeatable.
import { randomBytes, randomFillSync } from "node:crypto";

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  bytes(length: number): Uint8Array;
}

/** Asking the system costs more than what it gives: small wishes are met from a supply. */
const supply = new Uint8Array(8 * 1024);
const largestServing = 64;
let served = supply.length;
function serving(length: number): Uint8Array {
  if (served + length > supply.length) {
    randomFillSync(supply);
    served = 0;
  }
  const bytes = supply.slice(served, served + length);
  supply.fill(0, served, (served += length)); // nobody else shall learn them
  return bytes;
}

export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (length) => (length > largestServing ? randomBytes(length) : serving(length)),
};

/** A repeatable source (mulberry32). Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const bytes = (length: number): Uint8Array => {
    const all = new Uint8Array(length);
    for (let i = 0; i < length; i++) all[i] = Math.floor(next() * 256);
    return all;
  };
  return { next, bytes };
}

const suffixLetters = "bcdfghjklmnpqrstvwxz2456789";
/** Random letters and digits that cannot form words, as in generated object names. */
export const randomSuffix = (random: Random, length: number): string =>
  Array.from({ length }, () => suffixLetters[Math.floor(random.next() * suffixLetters.length)]).join("");

/** A version 4 UUID. */
export function uuid(random: Random): string {
  const b = random.bytes(16);
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(b.buffer, b.byteOffset, b.byteLength).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
