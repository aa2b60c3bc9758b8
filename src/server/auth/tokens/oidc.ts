// Tokens of an OpenID Connect provider. Its keys are fetched when the first token comes, and again when a token names a
// key that is not among them.
import type { Clock } from "#base/clock.ts";
import type { AskJson } from "#server/auth/http-json.ts";
import type { UserInfo } from "#server/pipeline.ts";
import { cachedTokens } from "./token-cache.ts";
import type { TokenAuthenticator } from "./token-authenticator.ts";

export interface OidcOptions {
  /** https, without a slash at the end unless the provider's tokens have one. */
  readonly issuerUrl: string;
  /** A token must be for one of these. */
  readonly clientId: string | readonly string[];
  /** Default "sub". */
  readonly usernameClaim?: string;
  /** Default "<issuerUrl>#", and none for the claim "email"; "-": none. */
  readonly usernamePrefix?: string;
  readonly groupsClaim?: string;
  readonly groupsPrefix?: string;
  readonly uidClaim?: string;
  readonly requiredClaims?: Readonly<Record<string, string>>;
  /** Default RS256 alone. */
  readonly signingAlgorithms?: readonly string[];
  /** PEM. */
  readonly ca?: string;
}
type Claims = Readonly<Record<string, unknown>>;
type Jose = typeof import("jose");
type KeySet = ReturnType<Jose["createLocalJWKSet"]>;

const cacheMs = 10_000;
const keysAgainMs = 30_000;

/** The claim `iss` of a token that is not verified yet. */
function issuerOf(token: string): unknown {
  const part = token.split(".")[1] ?? "";
  try {
    return (JSON.parse(Buffer.from(part, "base64url").toString()) as Claims)["iss"];
  } catch {
    return undefined; // no JSON Web Token
  }
}

const textClaim = (claims: Claims, name: string): string | undefined => {
  const value = claims[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};
/** Whom verified claims name. */
export function userOfClaims(claims: Claims, options: OidcOptions): UserInfo | undefined {
  const { usernameClaim = "sub", groupsClaim, groupsPrefix = "" } = options;
  const name = textClaim(claims, usernameClaim);
  if (!name) return undefined;
  if (usernameClaim === "email" && "email_verified" in claims && claims["email_verified"] !== true) return undefined;
  for (const [claim, value] of Object.entries(options.requiredClaims ?? {}))
    if (claims[claim] !== value) return undefined;
  const usual = usernameClaim === "email" ? "" : `${options.issuerUrl}#`;
  const prefix = options.usernamePrefix === "-" ? "" : (options.usernamePrefix ?? usual);
  const groups = groupsClaim === undefined ? [] : [claims[groupsClaim] ?? []].flat();
  if (!groups.every((group) => typeof group === "string")) return undefined;
  const uid = options.uidClaim && textClaim(claims, options.uidClaim);
  return { name: prefix + name, groups: groups.map((group) => groupsPrefix + group), ...(uid ? { uid } : {}) };
}

export function oidcTokens(
  options: OidcOptions & { readonly ask: AskJson; readonly clock: Clock },
): TokenAuthenticator {
  const { issuerUrl, clientId, clock } = options;
  const algorithms = [...(options.signingAlgorithms ?? ["RS256"])];
  let keys: { readonly set: Promise<KeySet>; readonly at: number } | undefined;
  const fetchKeys = async (jose: Jose, signal: AbortSignal): Promise<KeySet> => {
    const tls = options.ca ? { ca: options.ca } : {};
    const place = `${issuerUrl.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const found = (await options.ask({ url: place, ...tls }, signal)) as { issuer?: string; jwks_uri?: string };
    if (found.issuer !== issuerUrl || !found.jwks_uri)
      throw new Error(`the provider calls itself ${found.issuer ?? "nothing"} instead of ${issuerUrl}`);
    const set = await options.ask({ url: found.jwks_uri, ...tls }, signal);
    return jose.createLocalJWKSet(set as Parameters<Jose["createLocalJWKSet"]>[0]);
  };
  const keySet = (jose: Jose, signal: AbortSignal, isStale: boolean): Promise<KeySet> => {
    if (keys && !(isStale && clock.now() - keys.at >= keysAgainMs)) return keys.set;
    const made = { set: fetchKeys(jose, signal), at: clock.now() };
    keys = made;
    made.set.catch(() => {
      if (keys === made) keys = undefined;
    });
    return made.set;
  };
  const claimsOf = async (token: string, signal: AbortSignal): Promise<Claims | undefined> => {
    const jose = await import("jose");
    const rules = { issuer: issuerUrl, audience: [clientId].flat(), algorithms, currentDate: new Date(clock.now()) };
    for (const isStale of [false, true])
      try {
        return (await jose.jwtVerify(token, await keySet(jose, signal, isStale), rules)).payload;
      } catch (error) {
        if (!(error instanceof jose.errors.JOSEError)) throw error;
        if (!(error instanceof jose.errors.JWKSNoMatchingKey)) return undefined;
      }
    return undefined;
  };
  const inner: TokenAuthenticator = {
    name: "OpenID Connect",
    async verify(token, audiences, signal) {
      const claims = await claimsOf(token, signal);
      const user = claims && userOfClaims(claims, options);
      return user && { user, audiences };
    },
  };
  const cached = cachedTokens(inner, { clock, goodMs: cacheMs, badMs: 0 });
  return {
    name: inner.name,
    verify: (token, audiences, signal) =>
      issuerOf(token) === issuerUrl ? cached.verify(token, audiences, signal) : undefined,
  };
}
