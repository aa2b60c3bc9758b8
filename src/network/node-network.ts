// The node's side of the pod network: the bridge that pods hang on, with the gateway's address and the service address
// that cluster DNS answers on. Made before the first pod, so that nothing waits for the CNI plugin to do it.
import { writeFile } from "node:fs/promises";
import { runProgram } from "#base/program.ts";

export interface NodeNetworkFacts {
  readonly bridge: string;
  /** First address of the node's pod range, for example 10.244.0.1. */
  readonly gateway: string;
  /** Prefix length of the node's pod range. */
  readonly prefixLength: number;
  /** Service addresses that the node answers itself. */
  readonly ownAddresses: readonly string[];
  readonly mtu: number;
}
interface Link {
  readonly ifname: string;
  readonly mtu: number;
  readonly operstate: string;
}
interface LinkAddresses {
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

/** Lines for `ip -batch` that lead from what is there to what is wanted; pure. */
export function planBridge(
  facts: NodeNetworkFacts,
  found: { readonly link: boolean; readonly addresses: readonly string[] },
): string[] {
  const wanted = [`${facts.gateway}/${facts.prefixLength}`, ...facts.ownAddresses.map((a) => `${a}/32`)];
  const lines: string[] = [];
  if (!found.link) lines.push(`link add ${facts.bridge} type bridge`);
  lines.push(`link set ${facts.bridge} mtu ${facts.mtu} up`);
  for (const address of wanted)
    if (!found.addresses.includes(address)) lines.push(`addr add ${address} dev ${facts.bridge}`);
  for (const address of found.addresses)
    if (!wanted.includes(address)) lines.push(`addr del ${address} dev ${facts.bridge}`);
  return lines;
}

async function look(bridge: string): Promise<{ link: boolean; addresses: string[] }> {
  const links = JSON.parse((await runProgram("ip", ["-j", "link", "show"])) || "[]") as readonly Link[];
  if (!links.some((l) => l.ifname === bridge)) return { link: false, addresses: [] };
  const shown = JSON.parse(
    (await runProgram("ip", ["-j", "-4", "addr", "show", "dev", bridge])) || "[]",
  ) as readonly LinkAddresses[];
  const infos = shown.flatMap((s) => s.addr_info ?? []);
  return { link: true, addresses: infos.flatMap((i) => (i.local ? [`${i.local}/${i.prefixlen ?? 32}`] : [])) };
}

/** `name` as a path below /proc/sys. */
const writeSysctl = (name: string, value: string): Promise<void> => writeFile(`/proc/sys/${name}`, value);

/** Idempotent. Forwarding is switched on for the host, as the bridge plugin would do with the first pod. */
export async function setUpNodeNetwork(facts: NodeNetworkFacts): Promise<void> {
  await runProgram("ip", ["-batch", "-"], `${planBridge(facts, await look(facts.bridge)).join("\n")}\n`);
  await writeSysctl("net/ipv4/ip_forward", "1");
  // Connections of the node itself to a node port on 127.0.0.1 are sent on to pods with that source address, and
  // rewritten on the way out. The proxy's table drops what pods send to 127.0.0.0/8.
  await writeSysctl(`net/ipv4/conf/${facts.bridge}/route_localnet`, "1");
}
