// Seals the values of some resources: the first key seals, every key opens. A value that was not sealed by the first one
// is stale, and is written anew when there is an occasion.
import type { Cipher } from "./providers.ts";

export const sealPrefix = "k8s:enc:";

/** One key of one provider, or none at all for values that stay as they are. */
export interface Method {
  /** "k8s:enc:aesgcm:v1:key1:", or "" for values as they are. */
  readonly prefix: string;
  readonly cipher?: Cipher;
}
export interface Opened {
  readonly value: Uint8Array;
  readonly isStale: boolean;
}
/** A value that no key of the configuration opens. */
export class Unsealable extends Error {
  constructor(place: string, cause?: unknown) {
    super(`${place} cannot be decrypted: no key of the encryption configuration opens it`, { cause });
  }
}

const startsWith = (value: Uint8Array, prefix: Uint8Array): boolean =>
  value.length >= prefix.length && prefix.every((byte, i) => value[i] === byte);
const anySeal = Buffer.from(sealPrefix);
export const isSealed = (value: Uint8Array): boolean => startsWith(value, anySeal);

export class Sealer {
  readonly #methods: readonly (Method & { readonly bytes: Buffer })[];
  constructor(methods: readonly Method[]) {
    this.#methods = methods.map((method) => ({ ...method, bytes: Buffer.from(method.prefix) }));
  }
  seal(plain: Uint8Array, place: string): Uint8Array {
    const { cipher, bytes } = this.#methods[0]!;
    return cipher ? Buffer.concat([bytes, cipher.seal(plain, place)]) : plain;
  }
  open(value: Uint8Array, place: string): Opened {
    const plain = !isSealed(value);
    let cause: unknown;
    for (const [i, { cipher, bytes }] of this.#methods.entries()) {
      if (cipher ? !startsWith(value, bytes) : !plain) continue;
      try {
        return { value: cipher ? cipher.open(value.subarray(bytes.length), place) : value, isStale: i > 0 };
      } catch (error) {
        cause = error; // another key may have had this name
      }
    }
    throw new Unsealable(place, cause);
  }
}
