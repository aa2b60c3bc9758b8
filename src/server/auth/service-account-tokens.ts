// Service account tokens: signed claims, bound to the account and, when asked, to a pod, node or secret.
import type { KeyObject } from "node:crypto";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { keyText, type Kind, type KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import { uuid, type Random } from "#base/random.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { UserInfo } from "#server/pipeline.ts";
import type { TokenAuthenticator, Verdict } from "./tokens/token-authenticator.ts";
import { TokenSigner } from "./tokens/token-signer.ts";

interface Bound {
  readonly name: string;
  /** Absent: of a node that is not there. */
  readonly uid?: string;
}
export interface KubernetesClaims {
  readonly namespace: string;
  readonly serviceaccount: Bound;
  readonly pod?: Bound;
  readonly node?: Bound;
  readonly secret?: Bound;
  /** Seconds since the epoch: from then on the token is stale, but still good. */
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

/** Clocks may differ by that. */
const leewaySeconds = 60;
/** Upstream: what is being deleted counts as long as clocks may differ. */
const isLongDeleted = ({ metadata: { deletionTimestamp } }: KubeObject, nowMs: number): boolean =>
  deletionTimestamp !== undefined && Date.parse(deletionTimestamp) < nowMs - leewaySeconds * 1000;
const goList = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;
const wrongAudience = (of: readonly string[], asked: readonly string[]): string =>
  `token audiences ${goList(of)} is invalid for the target audiences ${goList(asked)}`;

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
    bound: KubernetesClaims,
    audiences: readonly string[],
    expiresInSeconds: number,
    warnAfterSeconds?: number,
  ): { readonly token: string; readonly id: string } {
    const now = Math.floor(this.#options.clock.now() / 1000);
    const claims = warnAfterSeconds === undefined ? bound : { ...bound, warnafter: now + warnAfterSeconds };
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
    return { token: this.signer.sign(body), id: body.jti };
  }
  /** Undefined when the token is not of this issuer. */
  verify(token: string, audiences: readonly string[] = this.#options.audiences): Verdict {
    if (TokenSigner.claimsIn(token)?.["iss"] !== this.#options.issuer) return undefined;
    const claims = this.signer.check(token) as Claims | undefined;
    if (!claims?.["kubernetes.io"]) return { refused: "go-jose/go-jose: error in cryptographic primitive" };
    const accepted = audiences.filter((a) => claims.aud.includes(a));
    const refused = accepted.length === 0 ? wrongAudience(claims.aud, audiences) : this.#problem(claims);
    return refused === undefined ? { user: userOf(claims), audiences: accepted } : { refused };
  }
  /** Why it does not hold any more. */
  #problem({ exp, nbf, iat, "kubernetes.io": claims }: Claims): string | undefined {
    const nowMs = this.#options.clock.now();
    if (nowMs / 1000 - leewaySeconds > exp) return "service account token has expired";
    if (nowMs / 1000 + leewaySeconds < nbf) return "service account token is not valid yet";
    if (nowMs / 1000 + leewaySeconds < iat) return "service account token is issued in the future";
    const { namespace, serviceaccount: own } = claims;
    const account = this.#options.objects.get(ServiceAccount, `${namespace}/${own.name}`);
    if (!account) return `serviceaccounts ${JSON.stringify(own.name)} not found`;
    const { uid = "" } = account.metadata;
    if (uid !== own.uid) return `service account UID (${uid}) does not match claim (${own.uid})`;
    if (isLongDeleted(account, nowMs)) return `service account ${namespace}/${own.name} has been deleted`;
    return (
      this.#unbound(Secret, "secret", claims.secret, namespace, nowMs) ??
      this.#unbound(Pod, "pod", claims.pod, namespace, nowMs) ??
      (claims.pod ? undefined : this.#unbound(Node, "node", claims.node, "", nowMs))
    );
  }
  #unbound<T extends KubeObject>(
    kind: Kind<T>,
    word: string,
    bound: Bound | undefined,
    namespace: string,
    nowMs: number,
  ): string | undefined {
    if (!bound) return undefined;
    const object = this.#options.objects.get(kind, keyText({ namespace, name: bound.name }));
    if (!object) return "service account token has been invalidated";
    const { uid = "" } = object.metadata;
    if (uid !== bound.uid)
      return `${word} UID (${uid}) does not match service account ${word} ref claim (${bound.uid ?? ""})`;
    return isLongDeleted(object, nowMs) ? "service account token has been invalidated" : undefined;
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
    extra["authentication.kubernetes.io/pod-uid"] = [own.pod.uid ?? ""];
  }
  if (own.node) {
    extra["authentication.kubernetes.io/node-name"] = [own.node.name];
    if (own.node.uid) extra["authentication.kubernetes.io/node-uid"] = [own.node.uid];
  }
  return {
    name: claims.sub,
    ...(own.serviceaccount.uid ? { uid: own.serviceaccount.uid } : {}),
    groups: ["system:serviceaccounts", `system:serviceaccounts:${own.namespace}`, "system:authenticated"],
    extra,
  };
}
