// What other servers say they serve, as far as APIServices name it: kept in the form of the aggregated document.
import type { APIService } from "#api/apiregistration/api-service.ts";
import { isObject } from "#api/json.ts";
import type { GroupVersion } from "#api/kind.ts";
import { parseApiVersion } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import { WebhookFailure } from "#server/webhook/caller.ts";
import { fetchFrom, Unreachable } from "./fetch-json.ts";
import type { Priority } from "./priorities.ts";
import { fetchOpenApi, type Fetch, type RemoteOpenApi } from "./remote-openapi.ts";
import { nameOfService, type RemoteServices } from "./remote-services.ts";

export interface RemoteVersion extends GroupVersion {
  readonly priority: Priority;
  /** Of an aggregated discovery document. */
  readonly resources: readonly object[];
  readonly isStale: boolean;
  /** Absent: it was never told. */
  readonly openApi?: RemoteOpenApi;
}
const aggregatedType =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
const timeoutMs = 5_000;

interface Asking {
  readonly of: GroupVersion;
  readonly before: RemoteOpenApi | undefined;
  readonly services: RemoteServices;
  readonly clock: Clock;
}

export class RemoteDiscovery {
  readonly #versions = new Map<string, RemoteVersion>();
  #changes = 0;
  /** Moves when `all` does. */
  get version(): number {
    return this.#changes;
  }
  all(): readonly RemoteVersion[] {
    return [...this.#versions.values()];
  }
  forget(of: GroupVersion): void {
    if (this.#versions.delete(nameOfService(of))) this.#changes++;
  }
  /** Asks the server anew. While it does not answer it has no resources, but what it documented before stands. */
  async refresh(service: APIService, services: RemoteServices, clock: Clock, signal: AbortSignal): Promise<void> {
    const { group = "", version = "", groupPriorityMinimum, versionPriority } = service.spec;
    const of = { group, version };
    const priority = { group: groupPriorityMinimum ?? 0, version: versionPriority ?? 0 };
    const before = this.#versions.get(nameOfService(of));
    const asking = { of, before: before?.openApi, services, clock };
    const found = await this.#ask(service, asking, signal);
    const openApi = found?.openApi ?? before?.openApi;
    const next: RemoteVersion = {
      ...of,
      priority,
      resources: found?.resources ?? [],
      isStale: found === undefined,
      ...(openApi === undefined ? {} : { openApi }),
    };
    const { openApi: _, ...short } = next;
    const { openApi: known, ...shortBefore } = before ?? {};
    if (openApi === known && JSON.stringify(short) === JSON.stringify(shortBefore)) return;
    this.#versions.set(nameOfService(of), next);
    this.#changes++;
  }
  async #ask(
    service: APIService,
    { of, before, services, clock }: Asking,
    signal: AbortSignal,
  ): Promise<{ resources: readonly object[]; openApi: RemoteOpenApi } | undefined> {
    try {
      const target = services.target(service);
      const fetch: Fetch = (path, accept, etag = "") =>
        fetchFrom(target, path, { accept, etag, timeoutMs, clock }, signal);
      const whole = await getJson(fetch, "/apis", aggregatedType);
      const listed =
        resourcesOf(whole, of) ??
        legacyResources(await getJson(fetch, `/apis/${of.group}/${of.version}`, "application/json"));
      return listed && { resources: listed, openApi: await fetchOpenApi(fetch, of, before) };
    } catch (error) {
      if (error instanceof Unreachable || error instanceof WebhookFailure) return undefined;
      throw error;
    }
  }
}

/** Undefined for what is no JSON, or no good answer. */
async function getJson(fetch: Fetch, path: string, accept: string): Promise<unknown> {
  const { code, body } = await fetch(path, accept);
  if (code !== 200) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // The other server does not know better.
  }
}
const listIn = (value: unknown, name: string): readonly Record<string, unknown>[] =>
  isObject(value) && Array.isArray(value[name]) ? value[name].filter(isObject) : [];

/** From an aggregated document; undefined where it is none, or does not have the version. */
export function resourcesOf(document: unknown, { group, version }: GroupVersion): readonly object[] | undefined {
  if (!isObject(document) || document["kind"] !== "APIGroupDiscoveryList") return undefined;
  const entry = listIn(document, "items").find(({ metadata }) => isObject(metadata) && metadata["name"] === group);
  const found = entry && listIn(entry, "versions").find((v) => v["version"] === version);
  return found && listIn(found, "resources");
}
/** From the document of one version, whose subresources stand beside the resources. */
export function legacyResources(document: unknown): readonly object[] | undefined {
  if (!isObject(document) || document["kind"] !== "APIResourceList") return undefined;
  const own = parseApiVersion(String(document["groupVersion"] ?? ""));
  const responseKind = (r: Record<string, unknown>): object => ({
    group: r["group"] ?? own.group,
    version: r["version"] ?? own.version,
    kind: r["kind"] ?? "",
  });
  const entries = listIn(document, "resources").map((r) => ({ ...r, name: String(r["name"] ?? "") }) as Entry);
  return entries
    .filter(({ name }) => !name.includes("/"))
    .map((resource) => {
      const { name, singularName = "", namespaced, verbs = [], shortNames, categories } = resource;
      const inner = entries.filter((e) => e.name.startsWith(`${name}/`));
      return {
        resource: name,
        responseKind: responseKind(resource),
        scope: namespaced ? "Namespaced" : "Cluster",
        singularResource: singularName,
        verbs,
        ...(shortNames ? { shortNames } : {}),
        ...(categories ? { categories } : {}),
        ...(inner.length > 0
          ? {
              subresources: inner.map((sub) => ({
                subresource: sub.name.slice(name.length + 1),
                responseKind: responseKind(sub),
                verbs: sub.verbs ?? [],
              })),
            }
          : {}),
      };
    });
}
type Entry = Record<string, unknown> & {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced?: boolean;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
};
