// Passes requests for the group-versions of other servers on to them, with the name of the user.
import { Readable } from "node:stream";
import type { APIService } from "#api/apiregistration/api-service.ts";
import { ApiError } from "#api/errors.ts";
import { apiVersionOf, type GroupVersion } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import { bodyLimitBytes } from "#server/body.ts";
import { forward, forwardedHeaders, forwardUpgrade, wantsUpgrade } from "#server/connect/forward.ts";
import type { Authenticated, Reply, Stage } from "#server/pipeline.ts";
import { WebhookFailure } from "#server/webhook/caller.ts";
import type { RemoteDiscovery } from "./remote-discovery.ts";
import { isAvailable, userHeaders, type RemoteServices, type RemoteTarget } from "./remote-services.ts";

export interface Remote {
  readonly services: RemoteServices;
  readonly discovery: RemoteDiscovery;
  readonly clock: Clock;
}

/** The other server that a path is for: of its resources, its discovery, or its OpenAPI documents. */
function serviceFor(path: string, { services, discovery }: Remote): APIService | undefined {
  const match = /^\/apis\/([^/]+)\/([^/]+)(?:\/|$)/.exec(path);
  if (match) return services.find({ group: match[1]!, version: match[2]! });
  if (!path.startsWith("/openapi/v3/apis/")) return undefined;
  const document = path.slice("/openapi/v3/".length);
  const isOf = (of: GroupVersion): boolean =>
    document === `apis/${apiVersionOf(of)}` || document === `apis/${of.group}`;
  const of = discovery.all().find((one) => isOf(one) && one.openApi?.v3?.[document] !== undefined);
  return of && services.find(of);
}
/** As upstream's aggregator says what it cannot pass on: not as a Status. */
const unavailable = (message = "service unavailable"): Reply => ({
  type: "raw",
  code: 503,
  contentType: "text/plain; charset=utf-8",
  headers: { "x-content-type-options": "nosniff" },
  body: `${message}\n`,
});

export const aggregate =
  (remote: Remote): Stage<Authenticated> =>
  (next) =>
  async (call) => {
    const service = serviceFor(call.path, remote);
    if (!service) return next(call);
    if (!isAvailable(service)) return unavailable();
    const target = reach(() => remote.services.target(service));
    return target ? pass(call, target, remote.clock) : unavailable();
  };
function reach(find: () => RemoteTarget): RemoteTarget | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof WebhookFailure) return undefined;
    throw error;
  }
}

async function pass(call: Authenticated, { base, host, tls, agent }: RemoteTarget, clock: Clock): Promise<Reply> {
  const search = call.query.toString();
  const target = {
    url: new URL(`${base}${call.rawPath}${search ? `?${search}` : ""}`),
    tls,
    agent,
    headers: { ...forwardedHeaders(call), host, "audit-id": call.id, ...userHeaders(call.user) },
  };
  try {
    if (wantsUpgrade(call)) return await forwardUpgrade(call, target, clock);
    return withoutRedirect(await forward(await withBody(call), target));
  } catch (error) {
    const isUnreached = error instanceof ApiError && error.cause !== undefined;
    if (!isUnreached || call.signal.aborted) throw error;
    return unavailable(error.message);
  }
}
/** A server must not send clients, who come with their credentials for this one, elsewhere. */
function withoutRedirect(reply: Reply): Reply {
  if (reply.type !== "raw" || reply.code < 300 || reply.code > 399 || !reply.headers?.["location"]) return reply;
  if (reply.body instanceof Readable) reply.body.destroy();
  const body = "the backend attempted to redirect this request, which is not permitted";
  return { type: "raw", code: 502, contentType: "text/plain; charset=utf-8", body };
}
/** The body may have been read already (stages/body-first.ts). */
async function withBody(call: Authenticated): Promise<Authenticated> {
  if (call.parsedBody !== undefined || call.method === "GET" || call.method === "HEAD") return call;
  const bytes = await call.body(bodyLimitBytes);
  return { ...call, bodyStream: once(bytes) };
}
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
