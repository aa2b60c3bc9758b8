// Answers of the node's server to plain requests.
import { availableParallelism } from "node:os";
import { loggedContainer } from "./containers.ts";
import { readLog } from "./logs/read-log.ts";
import { logOptions } from "./query.ts";
import { cadvisorMetrics, resourceMetrics } from "./resource-metrics.ts";
import type { Route } from "./routes.ts";
import type { NodeContext } from "./server.ts";
import { summary } from "./summary.ts";

export interface NodeRequest {
  readonly route: Route;
  readonly method: string;
  readonly query: URLSearchParams;
}
export interface Answer {
  readonly code: number;
  /** Plain text when absent. */
  readonly contentType?: string;
  readonly body: string | AsyncIterable<Uint8Array>;
}

const json = (value: unknown): Answer => ({ code: 200, contentType: "application/json", body: JSON.stringify(value) });
const metricsText = (body: string): Answer => ({ code: 200, contentType: "text/plain; version=0.0.4", body });

export async function answer(context: NodeContext, request: NodeRequest, signal: AbortSignal): Promise<Answer> {
  const { route, method } = request;
  const isStream = route.type === "exec" || route.type === "attach" || route.type === "portForward";
  if (!isStream && method !== "GET" && method !== "HEAD") return { code: 405, body: "Method Not Allowed" };
  switch (route.type) {
    case "healthz":
      return { code: 200, body: "ok" };
    case "pods":
      return json({ kind: "PodList", apiVersion: "v1", metadata: {}, items: context.pods.list() });
    case "summary":
      return json(summary(context.nodeName, await context.usage(signal)));
    case "metrics":
      return metricsText(context.agentMetrics.text() + (context.metrics?.() ?? ""));
    case "resourceMetrics":
      return metricsText(resourceMetrics(await context.usage(signal)));
    case "cadvisorMetrics":
      return metricsText(cadvisorMetrics(await context.usage(signal), availableParallelism()));
    case "containerLogs":
      return containerLog(context, route, request.query, signal);
    default:
      return { code: 400, body: "Upgrade request required" };
  }
}

type LogRoute = Extract<Route, { readonly container: string }>;

/** The log as bytes, or a refusal in the words that clients know. */
export function containerLog(
  context: NodeContext,
  route: LogRoute,
  query: URLSearchParams,
  signal: AbortSignal,
): Answer {
  const { pods, clock } = context;
  const options = logOptions(query, clock.now());
  if (!options) return { code: 422, body: '{"message": "Invalid request."}' };
  const located = pods.find(route.namespace, route.pod);
  if (!located) return { code: 404, body: `pod "${route.pod}" does not exist` };
  const choice = loggedContainer(located.pod, route.container, options.previous);
  if ("refusal" in choice) return { code: choice.code, body: choice.refusal };
  const path = located.logPath(choice.id);
  if (path === undefined)
    return { code: 400, body: `the log of container "${route.container}" in pod "${route.pod}" is no longer there` };
  return { code: 200, body: readLog({ path, options, ended: () => pods.ended(choice.id, signal) }, signal) };
}
