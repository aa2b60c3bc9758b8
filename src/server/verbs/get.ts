// get: one object, from the cache, as fresh as asked.
import { badRequest, notFound } from "#api/errors.ts";
import { keyOf, type Verb } from "#server/api-context.ts";
import { flag } from "#server/stages/route.ts";
import { waitUntilFresh } from "./freshness.ts";
import { storedReply } from "./reply.ts";

/** What clients of old asked for is refused rather than left out. */
function refuseExport(query: URLSearchParams): void {
  if (query.has("export") && flag(query, "export"))
    throw badRequest("the export parameter, deprecated since v1.14, is no longer supported");
}

export const get: Verb = (context) => async (call) => {
  refuseExport(call.query);
  await waitUntilFresh(context, call.query.get("resourceVersion") ?? "", call.signal);
  const stored = call.served.cache.get(keyOf(call));
  if (!stored) throw notFound(call.served.of, call.info.name);
  await call.served.prepare?.([stored]);
  return storedReply(call.served, stored);
};
