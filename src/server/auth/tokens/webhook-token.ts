// Tokens that somebody else knows: he is sent a TokenReview and answers whose they are.
import type { Clock } from "#base/clock.ts";
import type { AskJson, JsonRequest } from "#server/auth/http-json.ts";
import { cachedTokens } from "./token-cache.ts";
import type { TokenAuthenticator, Verified } from "./token-authenticator.ts";

export interface WebhookTokenOptions {
  readonly target: Omit<JsonRequest, "body">;
  readonly ask: AskJson;
  readonly clock: Clock;
  readonly cacheMs?: number;
}
const usualCacheMs = 120_000;
const attempts = 4;
const firstPauseMs = 500;
const growth = 1.5;

interface ReviewStatus {
  readonly authenticated?: boolean;
  readonly user?: {
    readonly username?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly audiences?: readonly string[];
}

function verifiedBy(status: ReviewStatus | undefined, audiences: readonly string[]): Verified | undefined {
  const { username, uid, groups = [], extra } = status?.user ?? {};
  if (!status?.authenticated || !username) return undefined;
  // One that knows nothing of audiences stands for those of this server.
  const good = status.audiences ? audiences.filter((a) => status.audiences!.includes(a)) : audiences;
  if (good.length === 0) return undefined;
  return { user: { name: username, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) }, audiences: good };
}

export function webhookTokens(options: WebhookTokenOptions): TokenAuthenticator {
  const { target, ask, clock, cacheMs = usualCacheMs } = options;
  const review = async (token: string, audiences: readonly string[], signal: AbortSignal): Promise<ReviewStatus> => {
    const body = { kind: "TokenReview", apiVersion: "authentication.k8s.io/v1", spec: { token, audiences } };
    for (let attempt = 1, pauseMs = firstPauseMs; ; attempt++, pauseMs *= growth)
      try {
        const answer = (await ask({ ...target, body }, signal)) as { status?: ReviewStatus };
        return answer.status ?? {};
      } catch (error) {
        if (attempt === attempts) throw error;
        await clock.sleep(pauseMs, signal);
      }
  };
  return cachedTokens(
    {
      name: "token webhook",
      verify: async (token, audiences, signal) => verifiedBy(await review(token, audiences, signal), audiences),
    },
    { clock, goodMs: cacheMs, badMs: cacheMs },
  );
}
