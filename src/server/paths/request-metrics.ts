// What is counted of every request, under upstream's names and with its labels, which dashboards and alerts go by. Series
// are looked up once for each kind of request: this stands before everything.
import type { Clock } from "#base/clock.ts";
import type { Metrics } from "#base/metrics.ts";
import type { Reply, RequestInfo, Routed, Stage } from "#server/pipeline.ts";
import { isLongRunning } from "#server/stages/limits.ts";

const sliBuckets = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
export const requestBuckets: readonly number[] = [0.005, 0.025, ...sliBuckets];

const codeOf = (reply: Reply): number => (reply.type === "object" || reply.type === "raw" ? reply.code : 200);
const verbs: Readonly<Record<string, string>> = {
  get: "GET",
  list: "LIST",
  watch: "WATCH",
  create: "POST",
  post: "POST",
  update: "PUT",
  put: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETECOLLECTION",
  head: "HEAD",
  options: "OPTIONS",
};
const connects = new Set(["attach", "exec", "portforward", "proxy"]);
const readVerbs = new Set(["get", "list", "watch", "head", "options"]);

function verbOf({ info, headers }: Routed): string {
  if (connects.has(info.subresource)) return "CONNECT";
  if (info.verb === "patch" && headers["content-type"]?.startsWith("application/apply-patch")) return "APPLY";
  return verbs[info.verb] ?? "other";
}
function scopeOf({ isResource, name, verb, namespace }: RequestInfo): string {
  if (!isResource) return "";
  if (name !== "" || verb === "create") return "resource";
  return namespace !== "" ? "namespace" : "cluster";
}
const knownPaths = new Set(["healthz", "livez", "readyz", "version", "metrics", "api", "apis", "openapi"]);
const pathLabel = (path: string): string => {
  const head = path.split("/")[1] ?? "";
  return knownPaths.has(head) ? `/${head}` : "";
};

interface Series {
  readonly count: () => void;
  readonly time: (seconds: number) => void;
  readonly timeForObjectives: (seconds: number) => void;
  readonly isOver: () => void;
}
const mostSeries = 20_000;

class RequestSeries {
  readonly #known = new Map<string, Series>();
  readonly #make: (labels: Readonly<Record<string, string>>, code: string) => Series;

  constructor(metrics: Metrics) {
    const total = metrics.counter("apiserver_request_total", "Requests by verb, resource and code.");
    const seconds = metrics.histogram(
      "apiserver_request_duration_seconds",
      "Time to the answer, by verb and resource; watches and streams are left out.",
      requestBuckets,
    );
    const objectives = metrics.histogram(
      "apiserver_request_sli_duration_seconds",
      "Time to the answer as it counts for objectives, by verb and resource.",
      sliBuckets,
    );
    const terminations = metrics.counter(
      "apiserver_request_terminations_total",
      "Requests that the server ended to protect itself.",
    );
    this.#make = (labels, code) => {
      const { dry_run: _, ...rest } = labels;
      const isEnded = code === "429" || code === "504";
      return {
        count: total.of({ code, ...labels }),
        time: seconds.of(labels),
        timeForObjectives: objectives.of(rest),
        isOver: isEnded ? terminations.of({ code, ...rest }) : () => undefined,
      };
    };
  }
  of(call: Routed, code: number): Series {
    const { info, path } = call;
    // Names that do not exist must not become series.
    const isKnown = info.isResource && code !== 404;
    const verb = verbOf(call);
    const scope = isKnown ? scopeOf(info) : "";
    const dryRun = isKnown && call.query.get("dryRun") === "All" ? "All" : "";
    const what = isKnown ? `${info.group}/${info.version}/${info.resource}/${info.subresource}` : pathLabel(path);
    const key = `${verb} ${code} ${scope} ${dryRun} ${what}`;
    let found = this.#known.get(key);
    if (!found) {
      const labels = {
        component: isKnown ? "apiserver" : "",
        dry_run: dryRun,
        group: isKnown ? info.group : "",
        resource: isKnown ? info.resource : "",
        scope,
        subresource: isKnown ? info.subresource : info.isResource ? "" : pathLabel(path),
        verb,
        version: isKnown ? info.version : "",
      };
      found = this.#make(labels, String(code));
      if (this.#known.size < mostSeries) this.#known.set(key, found);
    }
    return found;
  }
}

/** Counts and times every request; outside of `recover`, so that errors are replies already. */
export function measure(metrics: Metrics, clock: Clock): Stage<Routed> {
  const series = new RequestSeries(metrics);
  const underWay = { readOnly: 0, mutating: 0 };
  metrics.observed("apiserver_current_inflight_requests", "Short requests that are under way.", () =>
    Object.entries(underWay).map(([kind, value]) => ({ labels: { request_kind: kind }, value })),
  );
  return (next) => async (call) => {
    const start = clock.monotonic();
    const isShort = !isLongRunning(call);
    const side = readVerbs.has(call.info.verb) ? "readOnly" : "mutating";
    if (isShort) underWay[side]++;
    try {
      const reply = await next(call);
      const one = series.of(call, codeOf(reply));
      one.count();
      one.isOver();
      if (reply.type !== "watch" && reply.type !== "taken") {
        const seconds = (clock.monotonic() - start) / 1000;
        one.time(seconds);
        if (isShort) one.timeForObjectives(seconds);
      }
      return reply;
    } finally {
      if (isShort) underWay[side]--;
    }
  };
}
