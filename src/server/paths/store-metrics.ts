// What is counted of the store, under the names that upstream has for its requests to etcd, whatever the store is.
import type { Clock } from "#base/clock.ts";
import type { Metrics } from "#base/metrics.ts";
import type { Store } from "#store/store.ts";
import { requestBuckets } from "./request-metrics.ts";

/** Group and resource of a key: /registry/<group>/<resource>/… */
function placeOf(key: string): { readonly group: string; readonly resource: string } {
  const [, , group = "", resource = ""] = key.split("/");
  return { group: group === "core" ? "" : group, resource };
}

/** Times what goes to the store. */
export function measureStore(metrics: Metrics, clock: Clock) {
  const total = metrics.counter("etcd_requests_total", "Requests to the store, by operation and resource.");
  const seconds = metrics.histogram(
    "etcd_request_duration_seconds",
    "Time to the store's answer, by operation and resource.",
    requestBuckets,
  );
  interface Series {
    readonly count: () => void;
    readonly time: (seconds: number) => void;
  }
  const known = new Map<string, Series>();
  const seriesOf = (operation: string, key: string): Series => {
    const place = placeOf(key);
    const id = `${operation} ${place.resource} ${place.group}`;
    let one = known.get(id);
    if (!one) {
      const labels = { group: place.group, operation, resource: place.resource };
      known.set(id, (one = { count: total.of(labels), time: seconds.of(labels) }));
    }
    return one;
  };
  const timed = async <T>(operation: string, key: string, pending: Promise<T>): Promise<T> => {
    const start = clock.monotonic();
    try {
      return await pending;
    } finally {
      const one = seriesOf(operation, key);
      one.count();
      one.time((clock.monotonic() - start) / 1000);
    }
  };
  return (store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        const call = value as (...args: unknown[]) => Promise<unknown>;
        if (name === "get" || name === "list" || name === "delete")
          return (key: string, ...rest: unknown[]) => timed(name, key, call.call(target, key, ...rest));
        if (name === "put")
          return (key: string, bytes: unknown, expected: unknown) =>
            timed(expected === 0 ? "create" : "update", key, call.call(target, key, bytes, expected));
        return call.bind(target);
      },
    });
}
