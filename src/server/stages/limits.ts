// Limits on requests that are meant to be short: a deadline, and how many may be under way at once.
import { ApiError, badRequest } from "#api/errors.ts";
import { parseDuration, TimeError } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { RequestInfo, Routed, Stage } from "#server/pipeline.ts";

const timeoutMs = 60_000;
const streams = new Set(["attach", "exec", "log", "portforward", "proxy"]);

/** Subresources that are streams in a form of their own. */
export const isStreamed = (info: RequestInfo): boolean => streams.has(info.subresource);
/** Watches and streams may last; everything else has a deadline. */
export const isLongRunning = ({ info, path }: Routed): boolean =>
  info.verb === "watch" || info.verb === "proxy" || isStreamed(info) || path.startsWith("/debug/pprof/");

/** How long the client wants to wait; nothing and less mean as long as the server does. */
function askedMs(query: URLSearchParams): number | undefined {
  const text = query.get("timeout");
  if (!text) return undefined;
  try {
    const ms = parseDuration(text);
    return ms > 0 ? ms : undefined;
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    throw badRequest(`invalid timeout specified in the request URL - ${error.message}`);
  }
}

/** Ends a request that takes too long; its signal is aborted. */
export const deadline =
  (clock: Clock): Stage<Routed> =>
  (next) =>
  async (call) => {
    if (isLongRunning(call) || call.peer.trustedUser) return next(call);
    const limitMs = Math.min(timeoutMs, askedMs(call.query) ?? timeoutMs);
    const expiry = new AbortController();
    const { promise: expired, reject } = Promise.withResolvers<never>();
    using _timer = clock.after(Math.max(0, call.receivedAt + limitMs - clock.now()), () => {
      const error = new ApiError("Timeout", "Timeout: request did not complete within the allotted timeout", {
        details: {},
      });
      expiry.abort(error);
      reject(error);
    });
    // By hand, for AbortSignal.any costs each request several times as much.
    const cancel = (): void => expiry.abort(call.signal.reason);
    if (call.signal.aborted) cancel();
    else call.signal.addEventListener("abort", cancel);
    try {
      return await Promise.race([next({ ...call, signal: expiry.signal }), expired]);
    } finally {
      call.signal.removeEventListener("abort", cancel);
    }
  };

export interface InFlightLimits {
  readonly reading: number;
  readonly writing: number;
}
export const inFlightLimits: InFlightLimits = { reading: 400, writing: 200 };
const reads = new Set(["get", "list", "watch", "head", "options"]);

/** 429 when too much is under way. In-process callers are the cluster itself and are not counted. */
export function maxInFlight(limits: InFlightLimits = inFlightLimits): Stage<Routed> {
  const underWay = { reading: 0, writing: 0 };
  return (next) => async (call) => {
    if (isLongRunning(call) || call.peer.trustedUser) return next(call);
    const side = reads.has(call.info.verb) ? "reading" : "writing";
    if (underWay[side] >= limits[side])
      throw new ApiError("TooManyRequests", "Too many requests, please try again later.", {
        details: { retryAfterSeconds: 1 },
      });
    underWay[side]++;
    try {
      return await next(call);
    } finally {
      underWay[side]--;
    }
  };
}
