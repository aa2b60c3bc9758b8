// The pod's name on its own network: host name, domain, and the /etc/hosts file that containers get.
import { ConfigError } from "./config-error.ts";
import type { Pod } from "#node/pod/types.ts";

const mostHostnameCharacters = 63;
const mostFqdnCharacters = 64;

export interface PodName {
  /** What the kernel is told. */
  readonly hostname: string;
  /** "" without a subdomain. */
  readonly domain: string;
  readonly shortName: string;
}
/** Throws ConfigError when a full name is wanted that the kernel cannot hold. */
export function podNameOf(pod: Pod, clusterDomain: string): PodName {
  const { spec, metadata } = pod;
  if (spec.hostnameOverride) return { hostname: spec.hostnameOverride, domain: "", shortName: spec.hostnameOverride };
  const name = spec.hostname || metadata.name || "";
  const shortName = name.slice(0, mostHostnameCharacters).replace(/[-.]+$/, "");
  const domain = spec.subdomain ? `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` : "";
  if (!spec.setHostnameAsFQDN || !domain) return { hostname: shortName, domain, shortName };
  const hostname = `${shortName}.${domain}`;
  if (hostname.length > mostFqdnCharacters)
    throw new ConfigError(
      `Failed to construct FQDN from pod hostname and cluster domain, FQDN ${hostname} is too long (64 characters is the max, ${hostname.length} characters requested)`,
    );
  return { hostname, domain, shortName };
}

const fixedLines = [
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::0\tip6-localnet",
  "fe00::0\tip6-mcastprefix",
  "fe00::1\tip6-allnodes",
  "fe00::2\tip6-allrouters",
];
/** Upstream: the first line is looked for by conformance tests, to tell a managed file from the image's own. */
export function hostsFile(
  pod: Pod,
  facts: { podIPs: readonly string[]; clusterDomain: string; nodeHosts: string },
): string {
  const aliases = aliasLines(pod);
  if (pod.spec.hostNetwork) return `# Kubernetes-managed hosts file (host network).\n${facts.nodeHosts}${aliases}`;
  const { shortName, domain } = podNameOf(pod, facts.clusterDomain);
  const names = domain ? `${shortName}.${domain}\t${shortName}` : shortName;
  const own = facts.podIPs.map((ip) => `${ip}\t${names}`);
  return `${["# Kubernetes-managed hosts file.", ...fixedLines, ...own].join("\n")}\n${aliases}`;
}
function aliasLines(pod: Pod): string {
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length === 0) return "";
  const lines = aliases.map((alias) => [alias.ip, ...(alias.hostnames ?? [])].join("\t"));
  return `\n# Entries added by HostAliases.\n${lines.join("\n")}\n`;
}
/** Containers that mount something there themselves keep it. */
export const mountsOwnHosts = (mountPaths: readonly string[]): boolean => mountPaths.includes("/etc/hosts");
