// The key of service account tokens: signs JSON Web Tokens (RS256, RFC 7519) and knows its own again. node:crypto does
// both in one synchronous call, which is what the hot path needs.
import { createHash, createPublicKey, sign, verify, type KeyObject } from "node:crypto";

export type Claims = Readonly<Record<string, unknown>>;

const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString("base64url");
const cacheLimit = 4096;
const longestToken = 16_384;

export class TokenSigner {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  /** In token headers and in the key set. */
  readonly keyId: string;
  /** Tokens whose signature was found good, by the token's text. */
  readonly #checked = new Map<string, Claims>();

  constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
    const der = this.#publicKey.export({ type: "spki", format: "der" });
    this.keyId = createHash("sha256").update(der).digest("base64url");
  }
  sign(claims: object): string {
    const head = base64url(JSON.stringify({ alg: "RS256", kid: this.keyId }));
    const text = `${head}.${base64url(JSON.stringify(claims))}`;
    return `${text}.${base64url(sign("RSA-SHA256", Buffer.from(text), this.#privateKey))}`;
  }
  /** The claims of a token that this key has signed; whether they still hold is for others to say. */
  check(token: string): Claims | undefined {
    const known = this.#checked.get(token);
    if (known) return known;
    const claims = this.#read(token);
    if (!claims) return undefined;
    if (this.#checked.size >= cacheLimit) this.#checked.delete(this.#checked.keys().next().value!);
    this.#checked.set(token, claims);
    return claims;
  }
  /** What a token says, whoever made it; undefined: it is none. */
  static claimsIn(token: string): Claims | undefined {
    const parts = token.split(".");
    return parts.length === 3 && token.length <= longestToken ? parsed(parts[1]!) : undefined;
  }
  #read(token: string): Claims | undefined {
    const parts = token.split(".");
    if (parts.length !== 3 || token.length > longestToken) return undefined;
    const [head, body, signature] = parts as [string, string, string];
    const header = parsed(head);
    if (header?.["alg"] !== "RS256" || header["kid"] !== this.keyId) return undefined;
    const signed = Buffer.from(`${head}.${body}`);
    const isGood = verify("RSA-SHA256", signed, this.#publicKey, Buffer.from(signature, "base64url"));
    return isGood ? parsed(body) : undefined;
  }
  /** RFC 7517 key set for /openid/v1/jwks. */
  jwks(): object {
    const { n, e } = this.#publicKey.export({ format: "jwk" });
    return { keys: [{ use: "sig", kty: "RSA", kid: this.keyId, alg: "RS256", n, e }] };
  }
}

function parsed(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? (value as Claims) : undefined;
  } catch {
    return undefined; // not JSON: not a token of ours
  }
}
