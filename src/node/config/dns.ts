// The resolver configuration of a pod, by its dnsPolicy and dnsConfig. Limits are those of glibc and upstream.
import type { Pod } from "#node/pod/types.ts";

export interface ResolverConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}
export interface DnsFacts {
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** The node's own resolv.conf. */
  readonly node: ResolverConfig;
}
const mostServers = 3;
const mostSearches = 32;
const mostSearchCharacters = 2048;

const unique = (values: readonly string[]): string[] => [...new Set(values)];

/** `problem`: why the result is not what the pod asked for, as an event's reason and message. */
export function resolverConfigOf(
  pod: Pod,
  facts: DnsFacts,
): ResolverConfig & { readonly problem?: { readonly reason: string; readonly message: string } } {
  const { spec } = pod;
  const policy = spec.dnsPolicy ?? "ClusterFirst";
  const wantsCluster = policy === "ClusterFirstWithHostNet" || (policy === "ClusterFirst" && !spec.hostNetwork);
  const cluster = wantsCluster && facts.clusterDns.length > 0;
  const base: ResolverConfig =
    policy === "None"
      ? { servers: [], searches: [], options: [] }
      : cluster
        ? {
            servers: facts.clusterDns,
            searches: [...clusterSearches(pod, facts.clusterDomain), ...facts.node.searches],
            options: ["ndots:5"],
          }
        : facts.node;
  const own = spec.dnsConfig;
  const servers = unique([...base.servers, ...(own?.nameservers ?? [])]);
  const searches = unique([...base.searches, ...(own?.searches ?? [])]);
  const kept = { servers: servers.slice(0, mostServers), searches: fitting(searches) };
  const problem =
    wantsCluster && !cluster
      ? {
          reason: "MissingClusterDNS",
          message: `pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid ?? ""})". kubelet does not have ClusterDNS IP configured and cannot create Pod using "${policy}" policy. Falling back to "Default" policy.`,
        }
      : limitProblem(servers, searches, kept);
  return { ...kept, options: mergedOptions(base.options, own?.options ?? []), ...(problem ? { problem } : {}) };
}
function limitProblem(
  servers: readonly string[],
  searches: readonly string[],
  kept: { servers: readonly string[]; searches: readonly string[] },
): { reason: string; message: string } | undefined {
  const reason = "DNSConfigForming";
  if (servers.length > kept.servers.length)
    return {
      reason,
      message: `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${kept.servers.join(" ")}`,
    };
  if (searches.length > kept.searches.length)
    return {
      reason,
      message: `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${kept.searches.join(" ")}`,
    };
  return undefined;
}
const clusterSearches = (pod: Pod, domain: string): string[] =>
  domain === "" ? [] : [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain];

function fitting(searches: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const search of searches.slice(0, mostSearches)) {
    length += search.length + (kept.length > 0 ? 1 : 0);
    if (length > mostSearchCharacters) break;
    kept.push(search);
  }
  return kept;
}
type Option = NonNullable<NonNullable<Pod["spec"]["dnsConfig"]>["options"]>[number];

function mergedOptions(base: readonly string[], own: readonly Option[]): string[] {
  const byName = new Map(base.map((text) => [text.split(":")[0]!, text]));
  for (const { name = "", value } of own) byName.set(name, value === undefined ? name : `${name}:${value}`);
  return [...byName.values()];
}

/** Reads resolv.conf; the last search line counts. */
export function parseResolvConf(text: string): ResolverConfig {
  const servers: string[] = [];
  let searches: string[] = [];
  let options: string[] = [];
  for (const line of text.split("\n")) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === "nameserver" && rest[0]) servers.push(rest[0]);
    else if (word === "search" || word === "domain") searches = rest.map((s) => (s === "." ? s : s.replace(/\.$/, "")));
    else if (word === "options") options = rest;
  }
  return { servers, searches, options };
}
