// Limits on requests that are meant to be short: a deadline, and how many may be under way at once.
import { ApiError } from "#api/errors.ts";
import type { Clock } from "#base/clock.ts";
import type { RequestInfo, Routed, Stage } from "#server/pipeline.ts";

const timeoutMs = 60_000;
const streams = new Set(["attach", "exec", "log", "portforward", "proxy"]);

/** Subresources that are streams in a form of their own. */
export const isStreamed = (info: RequestInfo): boolean => streams.has(info.subresource);
/** Watches and streams may last; everything else has a deadline. */
export const isLongRunning = ({ info }: Routed): boolean => info.verb === "watch" || isStreamed(info);

/** Ends a request that takes too long; its signal is aborted. */
export const deadline =
  (clock: Clock): Stage<Routed> =>
  (next) =>
  async (call) => {
    if (isLongRunning(call) || call.peer.trustedUser) return next(call);
    const expiry = new AbortController();
    const signal = AbortSignal.any([call.signal, expiry.signal]);
    const { promise: expired, reject } = Promise.withResolvers<never>();
    const error = new ApiError("Timeout", "request did not complete within the allotted timeout", {
      details: { retryAfterSeconds: 0 },
    });
    using _timer = clock.after(timeoutMs, () => {
      expiry.abort(error);
      reject(error);
    });
    return await Promise.race([next({ ...call, signal }), expired]);
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
