// get: one object, from the cache, as fresh as asked.
import { notFound } from "#api/errors.ts";
import { keyOf, type Verb } from "#server/api-context.ts";
import { waitUntilFresh } from "./freshness.ts";
import { storedReply } from "./reply.ts";

export const get: Verb = (context) => async (call) => {
  await waitUntilFresh(context, call.query.get("resourceVersion") ?? "", call.signal);
  const stored = call.served.cache.get(keyOf(call));
  if (!stored) throw notFound(call.served.of, call.info.name);
  await call.served.prepare?.([stored]);
  return storedReply(call.served, stored);
};
