// Remembers for a short time what an authenticator said of a token, and asks once for many requests at a time. Tokens
// are kept as their hashes.
import { createHash } from "node:crypto";
import type { Clock } from "#base/clock.ts";
import type { TokenAuthenticator, Verdict } from "./token-authenticator.ts";

const limit = 4096;

interface Known {
  readonly answer: Promise<Verdict>;
  /** Milliseconds since the epoch; as long as it is not known: never. */
  until: number;
}

export function cachedTokens(
  inner: TokenAuthenticator,
  options: { readonly clock: Clock; readonly goodMs: number; readonly badMs: number },
): TokenAuthenticator {
  const { clock, goodMs, badMs } = options;
  const known = new Map<string, Known>();
  const forget = (key: string, one: Known): void => {
    if (known.get(key) === one) known.delete(key);
  };
  const ask = (key: string, token: string, audiences: readonly string[]): Known => {
    // It is asked for all who wait, so one that goes away does not end it.
    const answer = Promise.resolve(inner.verify(token, audiences, new AbortController().signal));
    const one: Known = { answer, until: Infinity };
    answer.then(
      (verified) => {
        one.until = clock.now() + (verified && "user" in verified ? goodMs : badMs);
      },
      () => forget(key, one),
    );
    return one;
  };
  return {
    name: inner.name,
    verify(token, audiences) {
      const key = createHash("sha256")
        .update(JSON.stringify([token, audiences]))
        .digest("base64");
      const found = known.get(key);
      if (found && clock.now() < found.until) return found.answer;
      const one = ask(key, token, audiences);
      known.delete(key);
      known.set(key, one);
      if (known.size > limit) known.delete(known.keys().next().value!);
      return one.answer;
    },
  };
}
