// The ways of sealing a value, each under a prefix that names it and the key, as upstream writes them: who knows the key
// can read the store of another server. The place of a value is sealed with it where the cipher allows that.
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "#base/random.ts";

export interface SealingKey {
  readonly name: string;
  readonly secret: Uint8Array;
}
/** With one key. */
export interface Cipher {
  seal(plain: Uint8Array, place: string): Uint8Array;
  /** Throws where the value is not what was sealed. */
  open(sealed: Uint8Array, place: string): Uint8Array;
}
export interface Provider {
  /** Between "k8s:enc:" and the version. */
  readonly name: string;
  readonly keySizes: readonly number[];
  create(secret: Uint8Array, random: Random): Promise<Cipher> | Cipher;
}

const nonceBytes = 12;
const tagBytes = 16;
const aesgcm: Provider = {
  name: "aesgcm",
  keySizes: [16, 24, 32],
  create: (secret, random) => {
    const algorithm = `aes-${(secret.length * 8) as 128 | 192 | 256}-gcm` as const;
    return {
      seal(plain, place) {
        const nonce = random.bytes(nonceBytes);
        const cipher = createCipheriv(algorithm, secret, nonce).setAAD(Buffer.from(place));
        return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      },
      open(sealed, place) {
        if (sealed.length < nonceBytes + tagBytes) throw new Error("the sealed value is cut off");
        const end = sealed.length - tagBytes;
        const cipher = createDecipheriv(algorithm, secret, sealed.subarray(0, nonceBytes))
          .setAAD(Buffer.from(place))
          .setAuthTag(sealed.subarray(end));
        return Buffer.concat([cipher.update(sealed.subarray(nonceBytes, end)), cipher.final()]);
      },
    };
  },
};

const blockBytes = 16;
/** Says nothing of whether somebody has changed the value; kept because upstream has it. */
const aescbc: Provider = {
  name: "aescbc",
  keySizes: [16, 24, 32],
  create: (secret, random) => {
    const algorithm = `aes-${secret.length * 8}-cbc`;
    return {
      seal(plain) {
        const start = random.bytes(blockBytes);
        const cipher = createCipheriv(algorithm, secret, start);
        return Buffer.concat([start, cipher.update(plain), cipher.final()]);
      },
      open(sealed) {
        const cipher = createDecipheriv(algorithm, secret, sealed.subarray(0, blockBytes));
        return Buffer.concat([cipher.update(sealed.subarray(blockBytes)), cipher.final()]);
      },
    };
  },
};

const boxNonceBytes = 24;
const secretbox: Provider = {
  name: "secretbox",
  keySizes: [32],
  create: async (secret, random) => {
    const { xsalsa20poly1305 } = await import("@noble/ciphers/salsa.js");
    return {
      seal(plain) {
        const nonce = random.bytes(boxNonceBytes);
        return Buffer.concat([nonce, xsalsa20poly1305(secret, nonce).encrypt(Uint8Array.from(plain))]);
      },
      open(sealed) {
        const nonce = Uint8Array.from(sealed.subarray(0, boxNonceBytes));
        return xsalsa20poly1305(secret, nonce).decrypt(Uint8Array.from(sealed.subarray(boxNonceBytes)));
      },
    };
  },
};

export const providers: readonly Provider[] = [aesgcm, aescbc, secretbox];
