// The outermost stage: whatever goes wrong becomes a Status, is counted, and is logged once if it is our fault.
import { ApiError, isReason } from "#api/errors.ts";
import type { Log } from "#base/log.ts";
import type { Call, Reply, Stage } from "#server/pipeline.ts";
import { StoreOverloaded } from "#store/errors.ts";

export function errorReply(error: unknown, call: Call, log: Log): Extract<Reply, { type: "object" }> {
  const known = asApiError(error, call);
  if (known.code >= 500 && !isExpected(error))
    log.error("request failed", { method: call.method, path: call.path, auditId: call.id, error, cause: known.cause });
  const retryAfter = known.details?.retryAfterSeconds;
  return {
    type: "object",
    code: known.code,
    object: known.toStatus(),
    ...(retryAfter ? { headers: { "retry-after": String(retryAfter) } } : {}),
  };
}

/** A revision of the future, a deadline that is too short, a Service without endpoints: a client can have these at will, and
 * must not be able to fill the log. */
const isExpected = (error: unknown): boolean => isReason(error, "Timeout", "ServiceUnavailable");

function asApiError(error: unknown, call: Call): ApiError {
  if (error instanceof ApiError) return error;
  if (call.signal.aborted) return new ApiError("Timeout", "the request was cancelled", { cause: error });
  if (error instanceof StoreOverloaded)
    return new ApiError(
      "TooManyRequests",
      "the server has received too many requests and has asked us to try again later",
      {
        details: { retryAfterSeconds: 1 },
        cause: error,
      },
    );
  // Bodies nest up to a limit that most walks over them bear; where one does not, the body is to blame.
  if (error instanceof RangeError && error.message.includes("call stack"))
    return new ApiError("BadRequest", "the object is nested too deeply", { cause: error });
  // What failed inside stays inside.
  return new ApiError("InternalError", "Internal error occurred: the server could not complete the request", {
    details: { causes: [{ message: `see the server's log for ${call.id}` }] },
    cause: error,
  });
}

export const recover =
  <C extends Call>(log: Log): Stage<C> =>
  (next) =>
  async (call) => {
    try {
      return await next(call);
    } catch (error) {
      return errorReply(error, call, log);
    }
  };
