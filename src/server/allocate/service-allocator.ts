// Cluster addresses and node ports of Services: chosen by the server or checked where the client chose. What is taken
// follows from the stored Services, plus what writes under way have reserved; nothing else is kept.
import { Service } from "#api/core/service.ts";
import { ApiError, invalid } from "#api/errors.ts";
import { invalidValue, type FieldError } from "#api/field-error.ts";
import { cloneJson } from "#api/json.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { Registry } from "#server/registry.ts";
import type { Revision } from "#store/store.ts";
import {
  addressClaims,
  ipsOf,
  portClaims,
  portsOf,
  release,
  take,
  type Claim,
  type ClaimKind,
  type ServiceKey,
} from "./claims.ts";
import { IpRange } from "./ip-range.ts";
import { settleFamilies } from "./ip-families.ts";
import { pick } from "./pick.ts";

const claimAttempts = 16;

export interface Reservation {
  /** The write has ended: at this revision, or not at all. */
  settle(written: Revision | undefined): Promise<void> | void;
}
/** Fills in what is allocated; called before validation. Throws ApiError. */
export type Reserve = (
  of: AnyKind,
  draft: Draft<KubeObject>,
  old: KubeObject | undefined,
  dryRun: boolean,
) => Promise<Reservation> | undefined;

interface Held {
  readonly ips: Set<string>;
  readonly ports: Set<number>;
  /** Unknown as long as the write is under way. */
  revision?: Revision;
}
type Spec = NonNullable<Draft<Service>["spec"]>;
type Port = NonNullable<NonNullable<Spec["ports"]>[number]>;

const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: Spec): boolean =>
  type === "NodePort" || (type === "LoadBalancer" && allocateLoadBalancerNodePorts !== false);

export class ServiceAllocator {
  readonly #registry: Registry;
  readonly #random: Random;
  readonly #range: IpRange;
  readonly #nodePorts: { readonly from: number; readonly to: number };
  readonly #held = new Set<Held>();
  readonly #addressClaims: ClaimKind;
  /** Absent: this server is the only one of its store. */
  readonly #portClaims: ClaimKind | undefined;
  #builtFrom = -1;
  #ips = new Set<string>();
  #ports = new Set<number>();
  /** For whom is being allocated. */
  #service: ServiceKey = "";
  /** What others turned out to have, until the caches show it. */
  readonly #lost = new Set<string>();

  constructor(options: {
    readonly registry: Registry;
    readonly clock: Clock;
    readonly random: Random;
    readonly serviceCidr: string;
    readonly nodePorts: { readonly from: number; readonly to: number };
    /** Other servers give out addresses and ports of the same ranges. */
    readonly isShared?: boolean;
  }) {
    this.#registry = options.registry;
    this.#addressClaims = addressClaims(options.registry.storage, options);
    this.#portClaims = options.isShared ? portClaims(options.registry.storage, options) : undefined;
    this.#random = options.random;
    this.#range = new IpRange(options.serviceCidr);
    this.#nodePorts = options.nodePorts;
  }
  /** What is claimed and kept right (keep-claims.ts). */
  get claimKinds(): readonly ClaimKind[] {
    return [this.#addressClaims, ...(this.#portClaims ? [this.#portClaims] : [])];
  }
  readonly reserve: Reserve = (of, draft, old, dryRun) => {
    // A write to the status has the very spec that stands there, which is frozen.
    if (of !== Service || (old && (draft as Draft<Service>).spec === (old as Service).spec)) return undefined;
    return this.#reserve(draft as Draft<Service>, old as Service | undefined, dryRun);
  };
  async #reserve(service: Draft<Service>, old: Service | undefined, dryRun: boolean): Promise<Reservation> {
    const asked = cloneJson(service.spec ?? {});
    for (let attempt = 1; ; attempt++) {
      const held = this.#hold(service, old);
      const claims = dryRun ? [] : this.#claimsOf(held);
      const { name = "", namespace = "" } = service.metadata ?? {};
      // A name that is still to be made up gets its claims when the Service is there.
      const lost = name ? await this.#takeAll(claims, `${namespace}/${name}`) : undefined;
      if (!lost) return this.#reservation(held, claims, `${namespace}/${name}`);
      this.#held.delete(held);
      this.#lost.add(lost.name);
      if (attempt === claimAttempts)
        throw new ApiError("InternalError", "Internal error occurred: failed to allocate: others are faster");
      service.spec = cloneJson(asked);
    }
  }
  /** Synchronous: between looking for what is free and holding it nothing else happens in this process. */
  #hold(service: Draft<Service>, old: Service | undefined): Held {
    this.#refresh();
    this.#service = `${service.metadata?.namespace ?? ""}/${service.metadata?.name ?? ""}`;
    const held: Held = { ips: new Set(), ports: new Set() };
    const own = { ips: new Set(old ? ipsOf(old) : []), ports: new Set(old ? portsOf(old) : []) };
    const errors = this.#allocate((service.spec ??= {}), held, own, old);
    if (errors.length > 0) throw invalid(Service, service.metadata?.name ?? "", errors);
    this.#held.add(held);
    return held;
  }
  #claimsOf({ ips, ports }: Held): Claim[] {
    const portKind = this.#portClaims;
    return [
      ...Array.from(ips, (name): Claim => ({ kind: this.#addressClaims, name })),
      ...(portKind ? Array.from(ports, (port): Claim => ({ kind: portKind, name: String(port) })) : []),
    ];
  }
  /** The claim that somebody else has; the others are given back then. */
  async #takeAll(claims: readonly Claim[], service: ServiceKey): Promise<Claim | undefined> {
    const { storage } = this.#registry;
    for (const [i, claim] of claims.entries()) {
      if (await take(storage, claim, service)) continue;
      for (const taken of claims.slice(0, i)) await release(storage, taken, service);
      return claim;
    }
    return undefined;
  }
  #reservation(held: Held, claims: readonly Claim[], service: ServiceKey): Reservation {
    return {
      settle: async (written) => {
        if (written !== undefined) {
          held.revision = written;
          return;
        }
        for (const claim of claims) await release(this.#registry.storage, claim, service);
        this.#held.delete(held);
      },
    };
  }
  #refresh(): void {
    const shown = this.#registry.storage.revision;
    for (const held of this.#held) if (held.revision !== undefined && held.revision <= shown) this.#held.delete(held);
    const version = this.#registry.version(Service);
    if (version === this.#builtFrom) return;
    this.#builtFrom = version;
    this.#lost.clear();
    this.#ips = new Set();
    this.#ports = new Set();
    for (const service of this.#registry.list(Service)) {
      for (const ip of ipsOf(service)) this.#ips.add(ip);
      for (const port of portsOf(service)) this.#ports.add(port);
    }
  }
  #isIpFree(ip: string): boolean {
    if (this.#ips.has(ip) || this.#lost.has(ip) || this.#isClaimed(this.#addressClaims, ip)) return false;
    return ![...this.#held].some((held) => held.ips.has(ip));
  }
  /** By anybody but the Service at hand, whose predecessor of the same name may just have gone. */
  #isClaimed(kind: ClaimKind | undefined, name: string): boolean {
    const claim = kind?.cache.get(name);
    return claim !== undefined && kind!.ownerOf(claim.object) !== this.#service;
  }
  #isPortFree(port: number): boolean {
    if (this.#ports.has(port) || this.#lost.has(String(port)) || this.#isClaimed(this.#portClaims, String(port)))
      return false;
    return ![...this.#held].some((held) => held.ports.has(port));
  }

  #allocate(spec: Spec, held: Held, own: Held, old: Service | undefined): FieldError[] {
    const errors = spec.type === "ExternalName" ? [] : this.#address(spec, held, own, old);
    if (errors.length > 0) return errors;
    return [...this.#portErrors(spec, held, own)];
  }
  #address(spec: Spec, held: Held, own: Held, old: Service | undefined): FieldError[] {
    const errors = settleFamilies(spec, old?.spec, this.#range.family === 4 ? "IPv4" : "IPv6");
    if (errors.length > 0 || spec.clusterIP === "None") return errors;
    const asked = spec.clusterIPs?.[0];
    if (!asked) {
      const ip = this.#anyIp();
      held.ips.add(ip);
      spec.clusterIP = ip;
      spec.clusterIPs = [ip];
      return [];
    }
    if (own.ips.has(asked)) return [];
    // That an address cannot change is for validation to say.
    if (old && old.spec.type !== "ExternalName" && old.spec.clusterIP) return [];
    const failed = (why: string): FieldError[] => [
      invalidValue("spec.clusterIPs", [asked], `failed to allocate IP ${asked}: ${why}`),
    ];
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
