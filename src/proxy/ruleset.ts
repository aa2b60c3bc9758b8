// The nftables table of the service proxy: data in maps, and one pair of chains per *number* of endpoints, shared by
// all services, so that a change touches a few elements whatever the number of services. Pure text.
import { createHash } from "node:crypto";
import type { AddressTarget, Endpoint, NodePortTarget, Target, Targets } from "#proxy/targets.ts";

export interface TableFacts {
  /** Of the nft table; one per cluster. */
  readonly table: string;
  readonly serviceCidr: string;
  /** All pods of the cluster. */
  readonly podCidr: string;
  readonly bridge: string;
  /** Service addresses that the node answers itself. */
  readonly ownAddresses: readonly string[];
}
/** Marks connections through a node port, whose source address is replaced on the way out. */
const throughNode = "0x4000";

/** The table with its chains and empty maps. Loading it over an older one replaces that at once. */
export function baseTable(facts: TableFacts): string {
  const own = facts.ownAddresses.length ? `elements = { ${facts.ownAddresses.join(", ")} };` : "";
  return `add table ip ${facts.table}
delete table ip ${facts.table}
table ip ${facts.table} {
  map service { type ipv4_addr . inet_proto . inet_service : verdict; }
  map endpoint { type ipv4_addr . inet_proto . inet_service . mark : ipv4_addr . inet_service; }
  map node_port { type inet_proto . inet_service : verdict; }
  map node_port_endpoint { type inet_proto . inet_service . mark : ipv4_addr . inet_service; }
  map affinity { type ipv4_addr . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; flags dynamic,timeout; timeout 3h; size 65536; }
  map empty_service { type ipv4_addr . inet_proto . inet_service : verdict; }
  map empty_node_port { type inet_proto . inet_service : verdict; }
  set hairpin { type ipv4_addr . ipv4_addr; }
  set own_address { type ipv4_addr; ${own} }
  set pod_cidr { type ipv4_addr; flags interval; elements = { ${facts.podCidr} }; }
  set service_cidr { type ipv4_addr; flags interval; elements = { ${facts.serviceCidr} }; }

  chain prerouting { type nat hook prerouting priority dstnat; policy accept; jump services; }
  chain output { type nat hook output priority -100; policy accept; jump services; }
  chain services {
    ip daddr . meta l4proto . th dport vmap @service
    fib daddr type local meta l4proto . th dport vmap @node_port
  }
  chain pick { meta l4proto { tcp, udp } dnat ip to ip daddr . meta l4proto . th dport . meta mark map @endpoint; }
  chain np_pick { ct mark set ${throughNode}; meta l4proto { tcp, udp } dnat ip to meta l4proto . th dport . meta mark map @node_port_endpoint; }
  chain npl_pick { meta l4proto { tcp, udp } dnat ip to meta l4proto . th dport . meta mark map @node_port_endpoint; }
  chain postrouting { type nat hook postrouting priority srcnat; policy accept;
    ct status dnat ip saddr . ip daddr @hairpin masquerade fully-random
    ct mark ${throughNode} masquerade fully-random
    ct status dnat ip saddr != @pod_cidr ct original ip daddr @service_cidr masquerade fully-random
    ip saddr @pod_cidr ip daddr != @pod_cidr oifname != "${facts.bridge}" ip daddr != 224.0.0.0/4 masquerade fully-random
  }
  chain refuse { meta l4proto tcp reject with tcp reset; reject; }
  chain martians { type filter hook prerouting priority -300; policy accept; iifname "${facts.bridge}" ip daddr 127.0.0.0/8 drop; }
  chain forward_check { type filter hook forward priority -110; policy accept;
    ct state new ip daddr . meta l4proto . th dport vmap @empty_service
    ct state new ip daddr @service_cidr goto refuse
  }
  chain output_check { type filter hook output priority -90; policy accept;
    ip daddr @own_address accept
    ct state new ip daddr . meta l4proto . th dport vmap @empty_service
    ct state new ip daddr @service_cidr goto refuse
  }
  chain input_check { type filter hook input priority -110; policy accept; ct state new meta l4proto . th dport vmap @empty_node_port; }
}
`;
}

/** What the maps hold: by map, from element key to value ("" for sets), and the chains that affine services need. */
export interface Elements {
  readonly maps: ReadonlyMap<MapName, ReadonlyMap<string, string>>;
  /** Chain name to its rules; several chains of one service in the order they must be made. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
}
export const mapNames = [
  "service",
  "endpoint",
  "node_port",
  "node_port_endpoint",
  "empty_service",
  "empty_node_port",
  "hairpin",
] as const;
export type MapName = (typeof mapNames)[number];

const at = (e: Endpoint): string => `${e.ip} . ${e.port}`;
const dnatTo = (e: Endpoint, protocol: string): string => `meta l4proto ${protocol} dnat ip to ${e.ip}:${e.port}`;
const chainId = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Chains of a service whose clients stay with one endpoint; returns the chain to go to. */
function affineChains(key: string, target: Target, mark: string, chains: Map<string, readonly string[]>): string {
  const top = `aff_${chainId(key)}`;
  const parts = target.endpoints.map((e) => {
    // Named by the endpoint, so that a chain in use keeps its meaning while others come and go.
    const name = `${top}_${chainId(at(e)).slice(0, 8)}`;
    const remember = `update @affinity { ip saddr . ip daddr . meta l4proto . th dport timeout ${target.affinitySeconds}s : ${at(e)} }`;
    chains.set(name, [remember, dnatTo(e, target.protocol)]);
    return name;
  });
  const spread = parts.map((name, i) => `${i} : goto ${name}`).join(", ");
  chains.set(top, [
    ...(mark ? [`ct mark set ${mark}`] : []),
    "meta l4proto { tcp, udp } dnat ip to ip saddr . ip daddr . meta l4proto . th dport map @affinity",
    `numgen random mod ${parts.length} vmap { ${spread} }`,
  ]);
  return top;
}
function countChain(kind: "n" | "np" | "npl", count: number, chains: Map<string, readonly string[]>): string {
  const name = `${kind}${count}`;
  const pick = kind === "n" ? "pick" : `${kind}_pick`;
  chains.set(name, [count === 1 ? "meta mark set 0" : `meta mark set numgen random mod ${count}`, `goto ${pick}`]);
  return name;
}

export function elementsOf(targets: Targets): Elements {
  const maps = new Map<MapName, Map<string, string>>(mapNames.map((name) => [name, new Map<string, string>()]));
  const chains = new Map<string, readonly string[]>();
  const set = (map: MapName, key: string, value: string): void => {
    // A key can be claimed twice (two services with one external address): the first wins, as in upstream.
    if (!maps.get(map)!.has(key)) maps.get(map)!.set(key, value);
  };
  const address = (t: AddressTarget): void => {
    const key = `${t.ip} . ${t.protocol} . ${t.port}`;
    if (t.endpoints.length === 0) return set("empty_service", key, "goto refuse");
    const chain = t.affinitySeconds ? affineChains(key, t, "", chains) : countChain("n", t.endpoints.length, chains);
    set("service", key, `goto ${chain}`);
    t.endpoints.forEach((e, i) => set("endpoint", `${key} . ${i}`, at(e)));
  };
  const nodePort = (t: NodePortTarget): void => {
    const key = `${t.protocol} . ${t.port}`;
    if (t.endpoints.length === 0) return set("empty_node_port", key, "goto refuse");
    const chain = t.affinitySeconds
      ? affineChains(key, t, t.local ? "" : throughNode, chains)
      : countChain(t.local ? "npl" : "np", t.endpoints.length, chains);
    set("node_port", key, `goto ${chain}`);
    t.endpoints.forEach((e, i) => set("node_port_endpoint", `${key} . ${i}`, at(e)));
  };
  for (const t of targets.addresses) address(t);
  for (const t of targets.nodePorts) nodePort(t);
  for (const t of [...targets.addresses, ...targets.nodePorts])
    for (const e of t.endpoints) set("hairpin", `${e.ip} . ${e.ip}`, "");
  return { maps, chains };
}
export const noElements: Elements = { maps: new Map(), chains: new Map() };

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);

/** One transaction that leads from `old` to `wanted`; "" when nothing changes. */
export function changeScript(table: string, old: Elements, wanted: Elements): string {
  const lines: string[] = [];
  const removed: string[] = [];
  for (const [name, rules] of wanted.chains) {
    const before = old.chains.get(name);
    if (before && same(before, rules)) continue;
    lines.push(`add chain ip ${table} ${name}`, `flush chain ip ${table} ${name}`);
    for (const rule of rules) lines.push(`add rule ip ${table} ${name} ${rule}`);
  }
  // Chains shared by count stay: making them again costs more than keeping a handful.
  for (const name of old.chains.keys()) if (name.startsWith("aff_") && !wanted.chains.has(name)) removed.push(name);
  for (const name of mapNames) {
    const before: ReadonlyMap<string, string> = old.maps.get(name) ?? new Map();
    const after: ReadonlyMap<string, string> = wanted.maps.get(name) ?? new Map();
    const drop = [...before].filter(([k, v]) => after.get(k) !== v).map(([k]) => k);
    const add = [...after].filter(([k, v]) => before.get(k) !== v).map(([k, v]) => (v ? `${k} : ${v}` : k));
    if (drop.length) lines.push(`delete element ip ${table} ${name} { ${drop.join(", ")} }`);
    if (add.length) lines.push(`add element ip ${table} ${name} { ${add.join(", ")} }`);
  }
  // A top chain refers to its endpoint chains: empty all first, then delete.
  for (const name of removed) lines.push(`flush chain ip ${table} ${name}`);
  for (const name of removed) lines.push(`delete chain ip ${table} ${name}`);
  return lines.length ? `${lines.join("\n")}\n` : "";
}

/** UDP and affinity leave traces of endpoints that are gone; these are the ones to wipe. */
export function goneEndpoints(
  old: Elements,
  wanted: Elements,
): { readonly protocol: string; readonly key: string; readonly endpoint: string }[] {
  const out: { protocol: string; key: string; endpoint: string }[] = [];
  for (const name of ["endpoint", "node_port_endpoint"] as const) {
    const strip = (k: string): string => k.slice(0, k.lastIndexOf(" . "));
    const now = new Set([...(wanted.maps.get(name) ?? new Map<string, string>())].map(([k, v]) => `${strip(k)}>${v}`));
    for (const [k, v] of old.maps.get(name) ?? new Map<string, string>()) {
      const key = strip(k);
      if (now.has(`${key}>${v}`)) continue;
      const parts = key.split(" . ");
      out.push({ protocol: parts.length === 3 ? parts[1]! : parts[0]!, key, endpoint: v });
    }
  }
  return out;
}
