// /healthz, /livez and /readyz: one check a line, each with a path of its own; ?verbose shows all, ?exclude leaves out.
import type { Reply } from "#server/pipeline.ts";
import type { PathHandler } from "#server/dispatch.ts";

export interface HealthCheck {
  readonly name: string;
  /** Why it fails; undefined when it does not. */
  check(): Promise<string | undefined> | string | undefined;
  /** Where it is asked; absent: everywhere. */
  readonly at?: readonly Endpoint[];
}

const endpoints = ["healthz", "livez", "readyz"] as const;
export type Endpoint = (typeof endpoints)[number];
/** Told of each check that is made for an endpoint as a whole. */
export type ObserveCheck = (name: string, endpoint: Endpoint, isFine: boolean) => void;
/** The path of each check alone. */
export const healthCheckPaths = (checks: readonly HealthCheck[]): string[] =>
  endpoints.flatMap((endpoint) => relevantTo(endpoint, checks).map(({ name }) => `/${endpoint}/${name}`));
const relevantTo = (endpoint: Endpoint, checks: readonly HealthCheck[]): readonly HealthCheck[] =>
  checks.filter((c) => !c.at || c.at.includes(endpoint));
const text = (code: number, body: string): Reply => ({
  type: "raw",
  code,
  contentType: "text/plain; charset=utf-8",
  body,
  headers: { "x-content-type-options": "nosniff" },
});

async function all(
  endpoint: Endpoint,
  checks: readonly HealthCheck[],
  query: URLSearchParams,
  observe: ObserveCheck,
): Promise<Reply> {
  const excluded = new Set(query.getAll("exclude"));
  const lines: string[] = [];
  const failed: string[] = [];
  for (const { name, check } of checks) {
    if (excluded.delete(name)) {
      lines.push(`[+]${name} excluded: ok`);
      continue;
    }
    const failure = await check();
    observe(name, endpoint, failure === undefined);
    if (failure === undefined) lines.push(`[+]${name} ok`);
    else {
      // The reason may tell of the inside; the log has it.
      lines.push(`[-]${name} failed: reason withheld`);
      failed.push(name);
    }
  }
  if (excluded.size > 0) {
    const names = [...excluded]
      .toSorted()
      .map((name) => JSON.stringify(name))
      .join(",");
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
  }
  if (failed.length > 0) return text(500, `${lines.join("\n")}\n${endpoint} check failed\n`);
  return text(200, query.has("verbose") ? `${lines.join("\n")}\n${endpoint} check passed\n` : "ok");
}

/** Upstream: whatever the method. */
export function healthPaths(checks: readonly HealthCheck[], observe: ObserveCheck = () => undefined): PathHandler {
  return async ({ path, query }) => {
    const [, endpoint, ...rest] = path.split("/");
    const known = endpoints.find((e) => e === endpoint);
    if (!known) return undefined;
    const relevant = checks.filter(({ at }) => !at || at.includes(known));
    if (rest.length === 0) return all(known, relevant, query, observe);
    const one = relevant.find((c) => c.name === rest.join("/"));
    if (!one) return undefined;
    const failure = await one.check();
    if (failure !== undefined) return text(500, `internal server error: ${one.name} failed\n`);
    return { type: "raw", code: 200, contentType: "text/plain; charset=utf-8", body: "ok" };
  };
}
