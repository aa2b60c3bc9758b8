// The body of a request arrives before the request takes a seat: a client that sends its bodies slowly, or never to their
// end, would else hold the seats of everybody who does not.
import { bodyLimitBytes } from "#server/body.ts";
import type { Authenticated, Stage } from "#server/pipeline.ts";
import { isStreamed } from "./limits.ts";

const withBodies = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** Strangers are refused without a look at what they send. */
const isStranger = ({ user }: Authenticated): boolean => user.groups.includes("system:unauthenticated");

export const bodyFirst: Stage<Authenticated> = (next) => async (call) => {
  const isRead = call.parsedBody === undefined && call.info.isResource && !isStreamed(call.info);
  if (!isRead || !withBodies.has(call.method) || isStranger(call)) return next(call);
  const bytes = await call.body(bodyLimitBytes);
  return next({ ...call, body: () => Promise.resolve(bytes) });
};
