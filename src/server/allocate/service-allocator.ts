// Cluster addresses and node ports of Services: chosen by the server or checked where the client chose. What is taken
// follows from the stored Services, plus what writes under way have reserved; nothing else is kept.
import { Service } from "#api/core/service.ts";
import { ApiError, invalid } from "#api/errors.ts";
import { invalidValue, type FieldError } from "#api/field-error.ts";
import { parseIp } from "#api/meta/ip.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import type { Random } from "#base/random.ts";
import type { Registry } from "#server/registry.ts";
import type { Revision } from "#store/store.ts";
import { IpRange } from "./ip-range.ts";
import { pick } from "./pick.ts";

export interface Reservation {
  /** The write has ended: at this revision, or not at all. */
  settle(written: Revision | undefined): void;
}
/** Fills in what is allocated; called before validation. Throws ApiError. */
export type Reserve = (of: AnyKind, draft: Draft<KubeObject>, old: KubeObject | undefined) => Reservation | undefined;

interface Held {
  readonly ips: Set<string>;
  readonly ports: Set<number>;
  /** Unknown as long as the write is under way. */
  revision?: Revision;
}
type Spec = NonNullable<Draft<Service>["spec"]>;
type Port = NonNullable<NonNullable<Spec["ports"]>[number]>;

const ipsOf = (service: Service): readonly string[] =>
  (service.spec.clusterIPs ?? (service.spec.clusterIP ? [service.spec.clusterIP] : [])).filter((ip) => ip !== "None");
const portsOf = (service: Service): number[] => [
  ...(service.spec.ports ?? []).flatMap((p) => (p.nodePort ? [p.nodePort] : [])),
  ...(service.spec.healthCheckNodePort ? [service.spec.healthCheckNodePort] : []),
];
const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: Spec): boolean =>
  type === "NodePort" || (type === "LoadBalancer" && allocateLoadBalancerNodePorts !== false);

export class ServiceAllocator {
  readonly #registry: Registry;
  readonly #random: Random;
  readonly #range: IpRange;
  readonly #nodePorts: { readonly from: number; readonly to: number };
  readonly #held = new Set<Held>();
  #builtFrom = -1;
  #ips = new Set<string>();
  #ports = new Set<number>();

  constructor(options: {
    readonly registry: Registry;
    readonly random: Random;
    readonly serviceCidr: string;
    readonly nodePorts: { readonly from: number; readonly to: number };
  }) {
    this.#registry = options.registry;
    this.#random = options.random;
    this.#range = new IpRange(options.serviceCidr);
    this.#nodePorts = options.nodePorts;
  }
  readonly reserve: Reserve = (of, draft, old) => {
    // A write to the status has the very spec that stands there, which is frozen.
    if (of !== Service || (old && (draft as Draft<Service>).spec === (old as Service).spec)) return undefined;
    this.#refresh();
    const service = draft as Draft<Service>;
    const held: Held = { ips: new Set(), ports: new Set() };
    const own = { ips: new Set(old ? ipsOf(old as Service) : []), ports: new Set(old ? portsOf(old as Service) : []) };
    const errors = this.#allocate((service.spec ??= {}), held, own);
    if (errors.length > 0) throw invalid(Service, service.metadata?.name ?? "", errors);
    this.#held.add(held);
    return {
      settle: (written) => {
        if (written === undefined) this.#held.delete(held);
        else held.revision = written;
      },
    };
  };
  #refresh(): void {
    const shown = this.#registry.storage.revision;
    for (const held of this.#held) if (held.revision !== undefined && held.revision <= shown) this.#held.delete(held);
    const version = this.#registry.version(Service);
    if (version === this.#builtFrom) return;
    this.#builtFrom = version;
    this.#ips = new Set();
    this.#ports = new Set();
    for (const service of this.#registry.list(Service)) {
      for (const ip of ipsOf(service)) this.#ips.add(ip);
      for (const port of portsOf(service)) this.#ports.add(port);
    }
  }
  #isIpFree(ip: string): boolean {
    return !this.#ips.has(ip) && ![...this.#held].some((held) => held.ips.has(ip));
  }
  #isPortFree(port: number): boolean {
    return !this.#ports.has(port) && ![...this.#held].some((held) => held.ports.has(port));
  }

  #allocate(spec: Spec, held: Held, own: Held): FieldError[] {
    const errors = spec.type === "ExternalName" ? [] : this.#address(spec, held, own);
    if (errors.length > 0) return errors;
    return [...this.#portErrors(spec, held, own)];
  }
  #address(spec: Spec, held: Held, own: Held): FieldError[] {
    const family = this.#range.family === 4 ? "IPv4" : "IPv6";
    if (spec.ipFamilyPolicy === "RequireDualStack" && spec.clusterIP !== "None")
      return [
        invalidValue(
          "spec.ipFamilyPolicy",
          spec.ipFamilyPolicy,
          "this cluster is not configured for dual-stack services",
        ),
      ];
    spec.ipFamilyPolicy ??= "SingleStack";
    if (!spec.ipFamilies?.length) spec.ipFamilies = [family];
    const asked = spec.clusterIP || spec.clusterIPs?.[0];
    if (asked === "None") {
      spec.clusterIP = "None";
      spec.clusterIPs = ["None"];
      return [];
    }
    if (!asked) {
      const ip = this.#anyIp();
      held.ips.add(ip);
      spec.clusterIP = ip;
      spec.clusterIPs = [ip];
      return [];
    }
    spec.clusterIP = asked;
    spec.clusterIPs ??= [asked];
    if (own.ips.has(asked)) return [];
    const failed = (why: string): FieldError[] => [
      invalidValue("spec.clusterIPs", [asked], `failed to allocate IP ${asked}: ${why}`),
    ];
    // What is no address at all is for validation to say.
    if (!parseIp(asked)) return [];
    if (!this.#range.contains(asked))
      return failed(
        `the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${this.#range.text}`,
      );
    if (!this.#isIpFree(asked)) return failed("provided IP is already allocated");
    held.ips.add(asked);
    return [];
  }
  #anyIp(): string {
    const range = { size: this.#range.size, from: this.#range.firstDynamic };
    const offset = pick(range, (candidate) => this.#isIpFree(this.#range.at(candidate)), this.#random);
    if (offset === undefined)
      throw new ApiError("InternalError", "Internal error occurred: failed to allocate a serviceIP: range is full");
    return this.#range.at(offset);
  }

  *#portErrors(spec: Spec, held: Held, own: Held): Generator<FieldError> {
    const ports = (spec.ports ?? []) as Port[];
    const isNeeded = needsNodePorts(spec);
    for (const [i, port] of ports.entries()) {
      const shared = ports.slice(0, i).filter((p) => p.protocol !== port.protocol);
      if (port.nodePort && spec.type === "ClusterIP") continue;
      if (port.nodePort) {
        if (own.ports.has(port.nodePort) || shared.some((p) => p.nodePort === port.nodePort)) continue;
        yield* this.#claim(`spec.ports[${i}].nodePort`, port.nodePort, held);
      } else if (isNeeded)
        port.nodePort = shared.find((p) => p.port === port.port && p.nodePort)?.nodePort ?? this.#anyPort(held);
    }
    if (spec.type !== "LoadBalancer" || spec.externalTrafficPolicy !== "Local") return;
    if (!spec.healthCheckNodePort) spec.healthCheckNodePort = this.#anyPort(held);
    else if (!own.ports.has(spec.healthCheckNodePort))
      yield* this.#claim("spec.healthCheckNodePort", spec.healthCheckNodePort, held);
  }
  *#claim(field: string, port: number, held: Held): Generator<FieldError> {
    const { from, to } = this.#nodePorts;
    if (port < from || port > to)
      yield invalidValue(
        field,
        port,
        `provided port is not in the valid range. The range of valid ports is ${from}-${to}`,
      );
    else if (!this.#isPortFree(port) || held.ports.has(port))
      yield invalidValue(field, port, "provided port is already allocated");
    else held.ports.add(port);
  }
  #anyPort(held: Held): number {
    const { from, to } = this.#nodePorts;
    const size = to - from + 1;
    const first = size < 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128);
    const isFree = (offset: number): boolean => this.#isPortFree(from + offset) && !held.ports.has(from + offset);
    const offset = pick({ size, from: first }, isFree, this.#random);
    if (offset === undefined)
      throw new ApiError("InternalError", "Internal error occurred: failed to allocate a nodePort: range is full");
    held.ports.add(from + offset);
    return from + offset;
  }
}
