// Whether the server behind an APIService can be asked: its Service, its endpoints, then its discovery document.
import type { APIService } from "#api/apiregistration/api-service.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { Clock } from "#base/clock.ts";
import type { Registry } from "#server/registry.ts";
import { WebhookFailure } from "#server/webhook/caller.ts";
import { fetchFrom, Unreachable } from "./fetch-json.ts";
import type { RemoteServices } from "./remote-services.ts";

export interface Availability {
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}
const no = (reason: string, message: string): Availability => ({ status: "False", reason, message });
const serviceLabel = "kubernetes.io/service-name";
const timeoutMs = 5_000;
const attempts = 5;

/** What the stored objects say against it; undefined: nothing. */
function objections(registry: Registry, { spec }: APIService): Availability | undefined {
  const { namespace = "", name = "", port = 443 } = spec.service ?? {};
  const where = `service/${name} in ${JSON.stringify(namespace)}`;
  const service = registry.get(Service, `${namespace}/${name}`);
  if (!service) return no("ServiceNotFound", `${where} is not present`);
  if ((service.spec.type ?? "ClusterIP") !== "ClusterIP") return undefined;
  const servicePort = service.spec.ports?.find((p) => p.port === port);
  if (!servicePort) return no("ServicePortError", `${where} is not listening on port ${port}`);
  const slices = [...registry.list(EndpointSlice, namespace)].filter((s) => s.metadata.labels?.[serviceLabel] === name);
  if (slices.length === 0) return no("EndpointsNotFound", `cannot find endpointslices for ${where}`);
  const portName = servicePort.name ?? "";
  const hasAddress = slices.some(
    ({ endpoints, ports }) =>
      endpoints?.some((e) => e.conditions?.ready ?? true) &&
      ports?.some((p) => (p.name ?? "") === portName && p.port !== undefined),
  );
  if (hasAddress) return undefined;
  const missing = `endpointslices for ${where} have no addresses with port name ${JSON.stringify(portName)}`;
  return no("MissingEndpoints", missing);
}

export async function checkAvailability(
  service: APIService,
  { registry, services, clock }: { registry: Registry; services: RemoteServices; clock: Clock },
  signal: AbortSignal,
): Promise<Availability> {
  const found = objections(registry, service);
  if (found) return found;
  const { group = "", version = "" } = service.spec;
  const path = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const problems = await Promise.all(Array.from({ length: attempts }, () => ask()));
  if (problems.includes(undefined)) return { status: "True", reason: "Passed", message: "all checks passed" };
  return no("FailedDiscoveryCheck", problems[0]!);

  /** What is wrong with one answer. */
  async function ask(): Promise<string | undefined> {
    const target = reach();
    if (typeof target === "string") return target;
    const url = target.base + path;
    try {
      const { code } = await fetchFrom(target, path, { accept: "application/json", timeoutMs, clock }, signal);
      if (code >= 200 && code < 300) return undefined;
      return `failing or missing response from ${url}: bad status from ${url}: ${code}`;
    } catch (error) {
      if (error instanceof Unreachable) return `failing or missing response from ${url}: ${error.message}`;
      throw error;
    }
  }
  function reach(): ReturnType<RemoteServices["target"]> | string {
    try {
      return services.target(service);
    } catch (error) {
      if (error instanceof WebhookFailure) return error.message;
      throw error;
    }
  }
}
