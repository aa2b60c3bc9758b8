// Tokens of service accounts for pods: asked from the API, and asked again at four fifths of their life, or after a
// day where they live longer.
import { ServiceAccount } from "#api/core/service-account.ts";
import { parseTime } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import type { Pod } from "#node/pod/types.ts";

export interface TokenRequestOptions {
  /** "" is the API server. */
  readonly audience: string;
  readonly expirationSeconds: number;
}
export interface IssuedToken {
  readonly token: string;
  /** When to ask for the next one. */
  readonly refreshAt: number;
}
export interface TokenSource {
  get(pod: Pod, options: TokenRequestOptions, signal: AbortSignal): Promise<IssuedToken>;
  forgetPod(uid: string): void;
}
interface TokenAnswer {
  readonly status?: { readonly token?: string; readonly expirationTimestamp?: string };
}
const dayMs = 86_400_000;
const mostJitterMs = 10_000;

export function createTokens(parts: {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
}): TokenSource {
  const { client, clock, random } = parts;
  const known = new Map<string, Map<string, IssuedToken>>();
  const request = async (pod: Pod, options: TokenRequestOptions, signal: AbortSignal): Promise<IssuedToken> => {
    const { namespace = "", name = "", uid = "" } = pod.metadata;
    const askedAt = clock.now();
    const answer = await client.post<TokenAnswer>(
      ServiceAccount,
      { namespace, name: pod.spec.serviceAccountName || "default" },
      "token",
      {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          audiences: options.audience ? [options.audience] : [],
          expirationSeconds: options.expirationSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      },
      signal,
    );
    const { token, expirationTimestamp } = answer.status ?? {};
    if (!token) throw new Error("the API answered a token request without a token");
    const endsAt = expirationTimestamp ? parseTime(expirationTimestamp) : askedAt + options.expirationSeconds * 1000;
    const refreshAt = askedAt + Math.min((endsAt - askedAt) * 0.8, dayMs) - random.next() * mostJitterMs;
    return { token, refreshAt: Math.max(refreshAt, askedAt + 1000) };
  };
  return {
    async get(pod, options, signal) {
      const uid = pod.metadata.uid ?? "";
      const own = known.get(uid) ?? new Map<string, IssuedToken>();
      known.set(uid, own);
      const key = JSON.stringify([pod.spec.serviceAccountName, options.audience, options.expirationSeconds]);
      const held = own.get(key);
      if (held && clock.now() < held.refreshAt) return held;
      const issued = await request(pod, options, signal);
      own.set(key, issued);
      return issued;
    },
    forgetPod: (uid) => void known.delete(uid),
  };
}
/** Tokens that no server knows, for simulated nodes. */
export const simulatedTokens: TokenSource = {
  get: async (pod) => ({ token: `simulated.${pod.metadata.uid}`, refreshAt: Infinity }),
  forgetPod: () => undefined,
};
