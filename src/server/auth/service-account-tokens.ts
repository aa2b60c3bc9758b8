// Service account tokens: signed JSON Web Tokens (RS256, RFC 7519), bound to the account and, when asked, to a pod,
// node or secret. node:crypto verifies them in one synchronous call, which is what the hot path needs.
import { createHash, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import { uuid, type Random } from "#base/random.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { UserInfo } from "#server/pipeline.ts";

interface Bound {
  readonly name: string;
  readonly uid: string;
}
export interface KubernetesClaims {
  readonly namespace: string;
  readonly serviceaccount: Bound;
  readonly pod?: Bound;
  readonly node?: Bound;
  readonly secret?: Bound;
  readonly warnafter?: number;
}
interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly jti: string;
  readonly "kubernetes.io": KubernetesClaims;
}
export interface TokenOptions {
  readonly issuer: string;
  /** Accepted when a token or a review names no other. */
  readonly audiences: readonly string[];
  readonly signingKey: KeyObject;
  readonly objects: StoredObjects;
  readonly clock: Clock;
  readonly random: Random;
}
export interface Verified {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString("base64url");
const cacheLimit = 4096;

export class ServiceAccountTokens {
  readonly #options: TokenOptions;
  readonly #publicKey: KeyObject;
  /** Id of the signing key in token headers and in the key set. */
  readonly keyId: string;
  /** Tokens whose signature was found good, by the token's text. */
  readonly #checked = new Map<string, Claims>();

  constructor(options: TokenOptions) {
    this.#options = options;
    this.#publicKey = createPublicKey(options.signingKey);
    const der = this.#publicKey.export({ type: "spki", format: "der" });
    this.keyId = createHash("sha256").update(der).digest("base64url");
  }
  get issuer(): string {
    return this.#options.issuer;
  }
  get defaultAudiences(): readonly string[] {
    return this.#options.audiences;
  }
  /** `expiresInSeconds` from now. */
  issue(
    claims: KubernetesClaims,
    audiences: readonly string[],
    expiresInSeconds: number,
  ): { token: string; expiresAtMs: number } {
    const now = Math.floor(this.#options.clock.now() / 1000);
    const body: Claims = {
      aud: audiences,
      exp: now + expiresInSeconds,
      iat: now,
      iss: this.#options.issuer,
      jti: uuid(this.#options.random),
      "kubernetes.io": claims,
      nbf: now,
      sub: `system:serviceaccount:${claims.namespace}:${claims.serviceaccount.name}`,
    };
    const head = base64url(JSON.stringify({ alg: "RS256", kid: this.keyId }));
    const text = `${head}.${base64url(JSON.stringify(body))}`;
    const signature = sign("RSA-SHA256", Buffer.from(text), this.#options.signingKey);
    return { token: `${text}.${base64url(signature)}`, expiresAtMs: body.exp * 1000 };
  }
  /** Undefined when the token is not ours, is out of time, or what it is bound to is gone. */
  verify(token: string, audiences: readonly string[] = this.#options.audiences): Verified | undefined {
    const claims = this.#checked.get(token) ?? this.#checkSignature(token);
    if (!claims) return undefined;
    const seconds = this.#options.clock.now() / 1000;
    if (claims.iss !== this.#options.issuer || seconds >= claims.exp || seconds < claims.nbf - 60) return undefined;
    const accepted = audiences.filter((a) => claims.aud.includes(a));
    if (accepted.length === 0 || !this.#stillBound(claims["kubernetes.io"])) return undefined;
    return { user: userOf(claims), audiences: accepted };
  }
  #checkSignature(token: string): Claims | undefined {
    const parts = token.split(".");
    if (parts.length !== 3 || token.length > 16_384) return undefined;
    const [head, body, signature] = parts as [string, string, string];
    const header = parseJsonObject(head);
    if (header?.["alg"] !== "RS256" || header["kid"] !== this.keyId) return undefined;
    const good = verify(
      "RSA-SHA256",
      Buffer.from(`${head}.${body}`),
      this.#publicKey,
      Buffer.from(signature, "base64url"),
    );
    const claims = good ? (parseJsonObject(body) as Claims | undefined) : undefined;
    if (!claims?.["kubernetes.io"]) return undefined;
    if (this.#checked.size >= cacheLimit) this.#checked.delete(this.#checked.keys().next().value!);
    this.#checked.set(token, claims);
    return claims;
  }
  #stillBound(claims: KubernetesClaims): boolean {
    const { objects } = this.#options;
    const same = (object: KubeObject | undefined, bound: Bound | undefined): boolean =>
      !bound || object?.metadata.uid === bound.uid;
    const inNamespace = (bound: Bound | undefined): string => `${claims.namespace}/${bound?.name ?? ""}`;
    return (
      same(objects.get(ServiceAccount, inNamespace(claims.serviceaccount)), claims.serviceaccount) &&
      (!claims.pod || same(objects.get(Pod, inNamespace(claims.pod)), claims.pod)) &&
      (!claims.secret || same(objects.get(Secret, inNamespace(claims.secret)), claims.secret)) &&
      (!claims.node || claims.pod !== undefined || same(objects.get(Node, claims.node.name), claims.node))
    );
  }
  /** RFC 7517 key set for /openid/v1/jwks. */
  jwks(): object {
    const jwk = this.#publicKey.export({ format: "jwk" });
    return { keys: [{ use: "sig", kty: jwk.kty, kid: this.keyId, alg: "RS256", n: jwk.n, e: jwk.e }] };
  }
  /** /.well-known/openid-configuration */
  discovery(jwksUri: string): object {
    return {
      issuer: this.#options.issuer,
      jwks_uri: jwksUri,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    };
  }
}

function parseJsonObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // not JSON: not a token of ours
  }
}
function userOf(claims: Claims): UserInfo {
  const own = claims["kubernetes.io"];
  const extra: Record<string, readonly string[]> = {
    "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`],
  };
  if (own.pod) {
    extra["authentication.kubernetes.io/pod-name"] = [own.pod.name];
    extra["authentication.kubernetes.io/pod-uid"] = [own.pod.uid];
  }
  if (own.node) {
    extra["authentication.kubernetes.io/node-name"] = [own.node.name];
    if (own.node.uid) extra["authentication.kubernetes.io/node-uid"] = [own.node.uid];
  }
  return {
    name: claims.sub,
    uid: own.serviceaccount.uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${own.namespace}`, "system:authenticated"],
    extra,
  };
}
