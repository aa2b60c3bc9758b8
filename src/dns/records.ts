// Cluster names to records, by the Kubernetes DNS specification 1.1.0. Pure: a question and a view of the cluster in,
// an answer out; undefined where the name is not ours and is to be forwarded.
import { rcodes, recordTypes, type Answer, type Question, type Record, type RecordData } from "#dns/message.ts";

export interface NamedPort {
  readonly name: string;
  /** "tcp", "udp" or "sctp". */
  readonly protocol: string;
  readonly port: number;
}
export interface HeadlessEndpoint {
  readonly ips: readonly string[];
  /** The pod's host name, or else one made from its address. */
  readonly hostname: string;
  readonly ports: readonly NamedPort[];
}
export type ServiceEntry =
  | { readonly type: "address"; readonly ips: readonly string[]; readonly ports: readonly NamedPort[] }
  | { readonly type: "headless"; readonly endpoints: readonly HeadlessEndpoint[] }
  | { readonly type: "alias"; readonly target: string };

export interface ClusterView {
  /** Cluster domain in lower case, for example cluster.local. */
  readonly zone: string;
  service(namespace: string, name: string): ServiceEntry | undefined;
  hasNamespace(namespace: string): boolean;
  /** The full name behind an address: of a service, or of an endpoint of a headless one. */
  nameOf(ip: string): string | undefined;
  /** Moves with every change; the serial of the zone. */
  readonly serial: number;
}
const ttlSeconds = 5;
const schemaVersion = "1.1.0";

const answerOf = (
  rcode: number,
  answers: readonly Record[],
  authority: readonly Record[],
  additional: readonly Record[] = [],
): Answer => ({
  rcode,
  authoritative: true,
  answers,
  authority,
  additional,
});
const record = (name: string, data: RecordData): Record => ({ ...data, name, ttlSeconds });

function startOfAuthority(view: ClusterView): Record {
  const data = {
    type: "SOA",
    primary: `ns.dns.${view.zone}`,
    mailbox: `hostmaster.${view.zone}`,
    serial: view.serial,
    minimumSeconds: ttlSeconds,
  } as const;
  return record(view.zone, data);
}
const addressType = (ip: string): "A" | "AAAA" => (ip.includes(":") ? "AAAA" : "A");
const addresses = (name: string, ips: readonly string[]): Record[] =>
  ips.map((ip) => record(name, { type: addressType(ip), address: ip }));
const ofType = (records: readonly Record[], type: number): Record[] =>
  type === recordTypes.ANY ? [...records] : records.filter((r) => recordTypes[r.type] === type);

/** Records that exist under a name; undefined when the name does not exist. */
interface Found {
  readonly records: readonly Record[];
  readonly additional?: readonly Record[];
}

function serviceRecords(name: string, base: string, labels: readonly string[], entry: ServiceEntry): Found | undefined {
  if (entry.type === "alias")
    return labels.length === 0 ? { records: [record(name, { type: "CNAME", target: entry.target })] } : undefined;
  if (labels.length === 0) {
    const ips = entry.type === "address" ? entry.ips : entry.endpoints.flatMap((e) => e.ips);
    return ips.length ? { records: addresses(name, [...new Set(ips)]) } : undefined;
  }
  if (labels.length === 2 && labels[0]!.startsWith("_") && labels[1]!.startsWith("_"))
    return portRecords(name, base, labels[0]!.slice(1), labels[1]!.slice(1), entry);
  if (labels.length === 1 && entry.type === "headless") {
    const hosts = entry.endpoints.filter((e) => e.hostname === labels[0]);
    return hosts.length
      ? {
          records: addresses(
            name,
            hosts.flatMap((e) => e.ips),
          ),
        }
      : undefined;
  }
  return undefined;
}
function portRecords(
  name: string,
  base: string,
  port: string,
  protocol: string,
  entry: Exclude<ServiceEntry, { type: "alias" }>,
): Found | undefined {
  const matches = (p: NamedPort): boolean => p.name !== "" && p.name === port && p.protocol === protocol;
  const srv = (target: string, p: NamedPort, weight: number): Record =>
    record(name, { type: "SRV", priority: 0, weight, port: p.port, target });
  if (entry.type === "address") {
    const found = entry.ports.find(matches);
    return found && { records: [srv(base, found, 100)], additional: addresses(base, entry.ips) };
  }
  const hits = entry.endpoints.flatMap((e) => e.ports.filter(matches).map((p) => ({ e, p })));
  if (hits.length === 0) return undefined;
  const weight = Math.max(1, Math.floor(100 / hits.length));
  return {
    records: hits.map(({ e, p }) => srv(`${e.hostname}.${base}`, p, weight)),
    additional: hits.flatMap(({ e }) => addresses(`${e.hostname}.${base}`, e.ips)),
  };
}

/** Whether a name without records of its own has names below it, so that it exists. */
function inner(view: ClusterView, labels: readonly string[]): boolean {
  if (labels.length === 0) return true;
  const last = labels[labels.length - 1]!;
  if (last !== "svc" && last !== "pod") return false;
  if (labels.length === 1) return true;
  if (labels.length === 2) return view.hasNamespace(labels[0]!);
  return false;
}
function podRecords(name: string, dashed: string): Found | undefined {
  const m = /^(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$/.exec(dashed);
  const parts = m?.slice(1).map(Number);
  return parts?.every((p) => p < 256) ? { records: addresses(name, [parts.join(".")]) } : undefined;
}

function inZone(question: Question, view: ClusterView): Answer {
  const { name, type } = question;
  const labels = name === view.zone ? [] : name.slice(0, -view.zone.length - 1).split(".");
  const authority = [startOfAuthority(view)];
  let found: Found | undefined;
  if (labels.length === 0) found = { records: authority };
  else if (labels.length === 1 && labels[0] === "dns-version")
    found = { records: [record(name, { type: "TXT", texts: [schemaVersion] })] };
  else if (labels.length >= 3) {
    const [service, namespace, what] = labels.slice(-3) as [string, string, string];
    if (what === "svc") {
      const entry = view.service(namespace, service);
      const base = `${service}.${namespace}.svc.${view.zone}`;
      if (entry) found = serviceRecords(name, base, labels.slice(0, -3), entry);
      if (entry && !found && isPrefixOfPorts(labels.slice(0, -3))) found = { records: [] };
    } else if (what === "pod" && labels.length === 3 && view.hasNamespace(namespace)) found = podRecords(name, service);
  }
  if (!found && inner(view, labels)) found = { records: [] };
  if (!found) return answerOf(rcodes.nameError, [], authority);
  const alias = found.records.find((r) => r.type === "CNAME");
  const answers = alias ? [alias] : ofType(found.records, type);
  if (answers.length === 0) return answerOf(rcodes.noError, [], authority);
  return answerOf(rcodes.noError, answers, [], found.additional ?? []);
}
/** "_tcp" alone exists below a service that has ports. */
const isPrefixOfPorts = (labels: readonly string[]): boolean => labels.length === 1 && labels[0]!.startsWith("_");

/** The address in a reverse name. */
export function reverseAddress(name: string): string | undefined {
  if (name.endsWith(".in-addr.arpa")) {
    const parts = name.slice(0, -".in-addr.arpa".length).split(".");
    return parts.length === 4 ? parts.reverse().join(".") : undefined;
  }
  if (name.endsWith(".ip6.arpa")) {
    const digits = name.slice(0, -".ip6.arpa".length).split(".").reverse();
    if (digits.length !== 32) return undefined;
    return Array.from({ length: 8 }, (_, i) => digits.slice(i * 4, i * 4 + 4).join("")).join(":");
  }
  return undefined;
}

/** Undefined: not a name of the cluster. An alias' target outside the zone is for the caller to follow. */
export function answer(question: Question, view: ClusterView): Answer | undefined {
  const { name, type } = question;
  if (name === view.zone || name.endsWith(`.${view.zone}`)) return inZone(question, view);
  const ip = reverseAddress(name);
  const target = ip && view.nameOf(ip);
  if (!target) return undefined;
  const ptr = record(name, { type: "PTR", target });
  return answerOf(rcodes.noError, type === recordTypes.PTR || type === recordTypes.ANY ? [ptr] : [], []);
}
