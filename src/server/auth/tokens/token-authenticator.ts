// Whose token is this? Several authenticators are asked in turn; one that fails is logged and passed over, so that a
// webhook that is down keeps nobody out whom another one knows.
import type { Log } from "#base/log.ts";
import type { UserInfo } from "#server/pipeline.ts";

export interface Verified {
  readonly user: UserInfo;
  /** Of the asked ones, those that the token is good for. */
  readonly audiences: readonly string[];
}
export interface TokenAuthenticator {
  readonly name: string;
  /** `audiences`: any of these will do. Undefined: not a token of mine, or not a good one. */
  verify(
    token: string,
    audiences: readonly string[],
    signal: AbortSignal,
  ): Promise<Verified | undefined> | Verified | undefined;
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
  async verify(
    token: string,
    signal: AbortSignal,
    audiences: readonly string[] = this.audiences,
  ): Promise<Verified | undefined> {
    for (const authenticator of this.#authenticators)
      try {
        const pending = authenticator.verify(token, audiences, signal);
        const verified = pending instanceof Promise ? await pending : pending;
        if (verified) return { ...verified, user: withAuthenticated(verified.user) };
      } catch (error) {
        signal.throwIfAborted();
        this.#log.warn("a token could not be checked", { authenticator: authenticator.name, error });
      }
    return undefined;
  }
}
