// /metrics, and the metrics of the server itself, under upstream's names.
import type { Metrics } from "#base/metrics.ts";
import type { Storage } from "#server/cache/storage.ts";
import { APIService } from "#api/apiregistration/api-service.ts";
import { qualified } from "#api/errors.ts";
import type { PathHandler } from "#server/dispatch.ts";
import type { Registry, Served } from "#server/registry.ts";

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
  const listed = (): readonly Served[] =>
    registry.all().filter((served) => !served.of.storedAs && served.of.verbs.includes("list"));
  metrics.observed("apiserver_resource_objects", "Stored objects by group and resource.", () =>
    listed().map(({ of, cache }) => ({ labels: { group: of.group, resource: of.plural }, value: cache.size })),
  );
  const everywhere = { component: "apiserver", scope: "cluster", subresource: "", verb: "WATCH" };
  metrics.observed("apiserver_longrunning_requests", "Watches that are open, by resource.", () =>
    listed().map(({ of: { group, version, plural: resource }, cache }) => ({
      labels: { ...everywhere, group, version, resource },
      value: cache.watcherCount,
    })),
  );
  metrics.observed("aggregator_unavailable_apiservice", "API services that do not answer.", () =>
    Array.from(
      registry.find(APIService.group, "v1", APIService.plural) ? registry.list(APIService) : [],
      ({ metadata, status }) => {
        const available = status?.conditions?.find(({ type }) => type === "Available");
        return { labels: { name: metadata.name ?? "" }, value: available?.status === "False" ? 1 : 0 };
      },
    ),
  );
  metrics.observed("apiserver_storage_revision", "Revision of the store that the caches show.", () => [
    { labels: {}, value: storage.revision },
  ]);
}
