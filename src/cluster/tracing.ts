// Tracing as upstream configures it: a TracingConfiguration in the cluster's folder of settings, for the API server and
// the node alike. Without the file nothing is recorded.
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isObject } from "#api/json.ts";
import { parseYaml } from "#api/yaml.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Service } from "#base/service.ts";
import { placeOf, SpanExporter } from "#base/tracing/exporter.ts";
import { Tracer } from "#base/tracing/tracer.ts";
import { Problem } from "./problem.ts";

export interface TracingConfiguration {
  readonly kind: "TracingConfiguration";
  readonly apiVersion: string;
  /** Of a collector that speaks OTLP over gRPC; absent: localhost:4317. */
  readonly endpoint?: string;
  /** Absent: only what comes with a trace that is recorded. */
  readonly samplingRatePerMillion?: number;
}
export const tracingFile = "tracing.yaml";
const versions = ["v1", "v1beta1", "v1alpha1"].map((version) => `apiserver.config.k8s.io/${version}`);
const fields = new Set(["kind", "apiVersion", "endpoint", "samplingRatePerMillion"]);
const most = 1_000_000;

export function tracingProblems(value: unknown): string[] {
  if (!isObject(value) || value["kind"] !== "TracingConfiguration" || !versions.includes(String(value["apiVersion"])))
    return ["it must be a TracingConfiguration of apiserver.config.k8s.io/v1"];
  const { endpoint, samplingRatePerMillion: rate } = value;
  const found = Object.keys(value).flatMap((key) => (fields.has(key) ? [] : [`${key}: unknown field`]));
  if (rate !== undefined && !Number.isInteger(rate)) found.push("samplingRatePerMillion: must be a whole number");
  else if (Number(rate) < 0) found.push("samplingRatePerMillion: sampling rate must be positive");
  else if (Number(rate) > most)
    found.push("samplingRatePerMillion: sampling rate per million must be less than or equal to one million");
  if (endpoint !== undefined && !isEndpoint(endpoint))
    found.push("endpoint: must be host:port, or begin with dns:, unix: or unix-abstract:");
  return found;
}
function isEndpoint(endpoint: unknown): boolean {
  if (typeof endpoint !== "string") return false;
  try {
    placeOf(endpoint);
    return true;
  } catch {
    return false; // That is the answer.
  }
}

/** The file's content; undefined: there is none. Throws Problem. */
export async function readTracing(file: string): Promise<TracingConfiguration | undefined> {
  if (!existsSync(file)) return undefined;
  const remedy = "correct the file or remove it, then start again";
  const refuse = (why: string): Problem => new Problem(`${file} cannot be used`, { why, remedy });
  const { value } = await parseYaml(readFileSync(file)).catch((error: unknown) => {
    throw refuse(error instanceof Error ? error.message : String(error));
  });
  const wrong = tracingProblems(value);
  if (wrong.length > 0) throw refuse(wrong.join("\n"));
  return value as TracingConfiguration;
}

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what is recorded. */
  readonly exporter: Service;
}
/** As OpenTelemetry's own libraries are told of it. */
function delayOf(env: NodeJS.ProcessEnv): { everyMs?: number } {
  const everyMs = Number(env["OTEL_BSP_SCHEDULE_DELAY"] || NaN);
  return everyMs > 0 ? { everyMs } : {};
}
/** `service` is the program's name among those of a trace: apiserver, or kubelet. */
export function createTracing(
  { endpoint = "localhost:4317", samplingRatePerMillion: samplesPerMillion = 0 }: TracingConfiguration,
  service: string,
  { clock, random, log }: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Tracing {
  const attributes = { "service.name": service, "service.instance.id": hostname() };
  const resource = { attributes, scope: "timonier" };
  const exporter = new SpanExporter({ endpoint, resource, clock, log, ...delayOf(process.env) });
  return { tracer: new Tracer({ clock, random, samplesPerMillion, sink: exporter.take }), exporter };
}
