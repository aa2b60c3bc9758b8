// /metrics, and the metrics of the server itself, under upstream's names.
import type { Metrics } from "#base/metrics.ts";
import type { Storage } from "#server/cache/storage.ts";
import type { Reply, Routed, Stage } from "#server/pipeline.ts";
import { qualified } from "#api/errors.ts";
import type { Clock } from "#base/clock.ts";
import type { PathHandler } from "#server/dispatch.ts";
import type { Registry } from "#server/registry.ts";

export const metricsPath =
  (metrics: Metrics, at = "/metrics"): PathHandler =>
  ({ path, method }) =>
    path === at && method === "GET"
      ? { type: "raw", code: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", body: metrics.text() }
      : undefined;

export function observeStorage(metrics: Metrics, registry: Registry, storage: Storage): void {
  const stored = (): Map<string, { size: number; watchers: number }> =>
    new Map(
      registry
        .all()
        .filter((served) => !served.of.storedAs && served.of.verbs.includes("list"))
        .map(({ of, cache }) => [qualified(of), { size: cache.size, watchers: cache.watcherCount }]),
    );
  metrics.observed("apiserver_storage_objects", "Stored objects by resource.", () =>
    Array.from(stored(), ([resource, { size }]) => ({ labels: { resource }, value: size })),
  );
  metrics.observed("apiserver_longrunning_requests", "Watches that are open, by resource.", () =>
    Array.from(stored(), ([resource, { watchers }]) => ({ labels: { verb: "WATCH", resource }, value: watchers })),
  );
  metrics.observed("apiserver_storage_revision", "Revision of the store that the caches show.", () => [
    { labels: {}, value: storage.revision },
  ]);
}

const codeOf = (reply: Reply): number => (reply.type === "object" || reply.type === "raw" ? reply.code : 200);
const reportedVerbs: Readonly<Record<string, string>> = {
  get: "GET",
  list: "LIST",
  watch: "WATCH",
  create: "POST",
  post: "POST",
  update: "PUT",
  put: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

/** Counts and times every request; outside of `recover`, so that errors are replies already. */
export function measure(metrics: Metrics, clock: Clock): Stage<Routed> {
  const total = metrics.counter("apiserver_request_total", "Requests by verb, resource and code.");
  const seconds = metrics.histogram(
    "apiserver_request_duration_seconds",
    "Time to the answer, by verb and resource; watches and streams are left out.",
  );
  return (next) => async (call) => {
    const start = clock.monotonic();
    const reply = await next(call);
    const { info } = call;
    const verb = reportedVerbs[info.verb] ?? "OTHER";
    // Names that do not exist must not become series.
    const isKnown = info.isResource && codeOf(reply) !== 404;
    const labels = {
      verb,
      group: isKnown ? info.group : "",
      version: isKnown ? info.version : "",
      resource: isKnown ? info.resource : "",
      subresource: isKnown ? info.subresource : info.isResource ? "" : pathLabel(call.path),
    };
    total.add({ ...labels, code: String(codeOf(reply)) });
    if (reply.type !== "watch" && reply.type !== "taken") seconds.observe(labels, (clock.monotonic() - start) / 1000);
    return reply;
  };
}
const knownPaths = new Set(["healthz", "livez", "readyz", "version", "metrics", "api", "apis", "openapi"]);
const pathLabel = (path: string): string => {
  const head = path.split("/")[1] ?? "";
  return knownPaths.has(head) ? `/${head}` : "";
};
