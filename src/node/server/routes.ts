// What a request to the node's server means. Pure.

export type Route =
  | { readonly type: "healthz" | "pods" | "summary" | "metrics" | "resourceMetrics" | "cadvisorMetrics" }
  | {
      readonly type: "exec" | "attach" | "containerLogs";
      readonly namespace: string;
      readonly pod: string;
      /** When the path names it. */
      readonly uid?: string;
      readonly container: string;
    }
  | { readonly type: "portForward"; readonly namespace: string; readonly pod: string; readonly uid?: string };

const fixed: Readonly<Record<string, Route>> = {
  "/healthz": { type: "healthz" },
  "/healthz/ping": { type: "healthz" },
  "/pods": { type: "pods" },
  "/stats/summary": { type: "summary" },
  "/metrics": { type: "metrics" },
  "/metrics/resource": { type: "resourceMetrics" },
  "/metrics/cadvisor": { type: "cadvisorMetrics" },
};

/** `path` is still encoded. Undefined for what is not served. */
export function routeOf(path: string): Route | undefined {
  const whole = path.length > 1 ? path.replace(/\/$/, "") : path;
  const known = fixed[whole];
  if (known) return known;
  const [type, ...parts] = whole.slice(1).split("/").map(decoded);
  if (parts.some((part) => part === undefined || part === "")) return undefined;
  const [namespace, pod, third, fourth] = parts as string[];
  if (!namespace || !pod) return undefined;
  if (type === "portForward" && parts.length <= 3)
    return { type, namespace, pod, ...(third === undefined ? {} : { uid: third }) };
  if (type === "containerLogs" && third && parts.length === 3) return { type, namespace, pod, container: third };
  if ((type === "exec" || type === "attach") && third && parts.length <= 4)
    return fourth === undefined
      ? { type, namespace, pod, container: third }
      : { type, namespace, pod, uid: third, container: fourth };
  return undefined;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined; // a malformed escape names nothing
  }
}

/** The part of nodes/ that RBAC grants for a route. */
export function subresourceOf(route: Route): string {
  switch (route.type) {
    case "summary":
      return "stats";
    case "metrics":
    case "resourceMetrics":
    case "cadvisorMetrics":
      return "metrics";
    default:
      return "proxy";
  }
}
