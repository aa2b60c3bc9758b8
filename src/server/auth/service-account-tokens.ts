// Service account tokens: signed claims, bound to the account and, when asked, to a pod, node or secret.
import type { KeyObject } from "node:crypto";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import { uuid, type Random } from "#base/random.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { UserInfo } from "#server/pipeline.ts";
import type { TokenAuthenticator, Verified } from "./tokens/token-authenticator.ts";
import { TokenSigner } from "./tokens/token-signer.ts";

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

export class ServiceAccountTokens implements TokenAuthenticator {
  readonly name = "service account tokens";
  readonly #options: TokenOptions;
  readonly signer: TokenSigner;

  constructor(options: TokenOptions) {
    this.#options = options;
    this.signer = new TokenSigner(options.signingKey);
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
    return { token: this.signer.sign(body), expiresAtMs: body.exp * 1000 };
  }
  /** Undefined when the token is not ours, is out of time, or what it is bound to is gone. */
  verify(token: string, audiences: readonly string[] = this.#options.audiences): Verified | undefined {
    const claims = this.signer.check(token) as Claims | undefined;
    if (!claims?.["kubernetes.io"]) return undefined;
    const seconds = this.#options.clock.now() / 1000;
    if (claims.iss !== this.#options.issuer || seconds >= claims.exp || seconds < claims.nbf - 60) return undefined;
    const accepted = audiences.filter((a) => claims.aud.includes(a));
    if (accepted.length === 0 || !this.#stillBound(claims["kubernetes.io"])) return undefined;
    return { user: userOf(claims), audiences: accepted };
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
  jwks(): object {
    return this.signer.jwks();
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
