// Passes requests for the group-versions of other servers on to them, with the name of the user.
import type { GroupVersion } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import { bodyLimitBytes } from "#server/body.ts";
import { forward, forwardedHeaders, forwardUpgrade, wantsUpgrade } from "#server/connect/forward.ts";
import type { Authenticated, Reply, Stage } from "#server/pipeline.ts";
import { WebhookFailure } from "#server/webhook/caller.ts";
import { isAvailable, userHeaders, type RemoteServices, type RemoteTarget } from "./remote-services.ts";

/** The group-version that a path is about: of its resources, its discovery, or its OpenAPI document. */
function groupVersionOf(path: string): GroupVersion | undefined {
  const match = /^(?:\/openapi\/v3)?\/apis\/([^/]+)\/([^/]+)(?:\/|$)/.exec(path);
  return match ? { group: match[1]!, version: match[2]! } : undefined;
}
const unavailable: Reply = {
  type: "raw",
  code: 503,
  contentType: "text/plain; charset=utf-8",
  body: "service unavailable\n",
};

export const aggregate =
  (services: RemoteServices, clock: Clock): Stage<Authenticated> =>
  (next) =>
  async (call) => {
    const of = groupVersionOf(call.path);
    const service = of && services.find(of);
    if (!service) return next(call);
    if (!isAvailable(service)) return unavailable;
    const target = reach(() => services.target(service));
    return target ? pass(call, target, clock) : unavailable;
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
    headers: { ...forwardedHeaders(call), host, ...userHeaders(call.user) },
  };
  if (wantsUpgrade(call)) return forwardUpgrade(call, target, clock);
  return forward(await withBody(call), target);
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
