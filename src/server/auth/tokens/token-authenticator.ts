// Whose token is this? Several authenticators are asked in turn; one that fails is logged and passed over, so that a
// webhook that is down keeps nobody out whom another one knows.
import type { Log } from "#base/log.ts";
import type { UserInfo } from "#server/pipeline.ts";

export interface Verified {
  readonly user: UserInfo;
  /** Of the asked ones, those that the token is good for. */
  readonly audiences: readonly string[];
  /** For who uses the token. */
  readonly warnings?: readonly string[];
}
/** It is a token of mine, but not a good one. */
export interface Refused {
  readonly refused: string;
}
export type Verdict = Verified | Refused | undefined;
export interface TokenAuthenticator {
  readonly name: string;
  /** `audiences`: any of these will do. Undefined: not a token of mine, or there is nothing to say about it. */
  verify(token: string, audiences: readonly string[], signal: AbortSignal): Promise<Verdict> | Verdict;
}

const authenticated = "system:authenticated";
/** Everybody who said who he is; a proxy may have had an anonymous user. */
export const withAuthenticated = (user: UserInfo): UserInfo =>
  user.groups.includes(authenticated) || user.groups.includes("system:unauthenticated")
    ? user
    : { ...user, groups: [...user.groups, authenticated] };

export class TokenAuthenticators {
  readonly #authenticators: readonly TokenAuthenticator[];
  readonly #log: Log;
  /** What a token must be good for when nothing else is asked. */
  readonly audiences: readonly string[];

  constructor(options: {
    readonly authenticators: readonly TokenAuthenticator[];
    readonly audiences: readonly string[];
    readonly log: Log;
  }) {
    this.#authenticators = options.authenticators;
    this.audiences = options.audiences;
    this.#log = options.log;
  }
  async verify(token: string, signal: AbortSignal): Promise<Verified | undefined> {
    const found = await this.check(token, signal);
    return "user" in found ? found : undefined;
  }
  /** As `verify`, with the reasons of those who refused the token or could not check it. */
  async check(
    token: string,
    signal: AbortSignal,
    audiences: readonly string[] = this.audiences,
  ): Promise<Verified | { readonly reasons: readonly string[] }> {
    const reasons: string[] = [];
    for (const authenticator of this.#authenticators)
      try {
        const pending = authenticator.verify(token, audiences, signal);
        const verified = pending instanceof Promise ? await pending : pending;
        if (!verified) continue;
        if ("user" in verified) return { ...verified, user: withAuthenticated(verified.user) };
        reasons.push(verified.refused);
      } catch (error) {
        signal.throwIfAborted();
        this.#log.warn("a token could not be checked", { authenticator: authenticator.name, error });
        reasons.push(error instanceof Error ? error.message : String(error));
      }
    return { reasons };
  }
}
