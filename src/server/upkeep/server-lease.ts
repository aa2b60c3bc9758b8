// The server's own Lease, by which people and other servers see that it is there. Where several servers share a store,
// those whose Leases go on changing are the endpoints of the Service default/kubernetes. Whether one has stopped is
// judged by when its Lease was last seen to change, so clocks may differ.
import { createHash } from "node:crypto";
import { Lease } from "#api/coordination/lease.ts";
import { deepEqual } from "#api/json.ts";
import { apiVersionOf, keyText, type AnyKind, type KubeObject } from "#api/kind.ts";
import { formatMicroTime, parseTime } from "#api/time.ts";
import { uuid } from "#base/random.ts";
import { timestamp, type ApiContext } from "#server/api-context.ts";
import { apiEndpoints, type Advertised } from "./bootstrap.ts";

export interface ServerIdentity {
  /** Differs between servers of one store. */
  readonly name: string;
  /** Where pods reach it; absent: it is no endpoint. */
  readonly advertise?: Advertised;
  /** Other servers work on the same store. */
  readonly isShared: boolean;
}

const namespace = "kube-system";
const identityLabel = "apiserver.kubernetes.io/identity";
const identity = "kube-apiserver";
const addressAnnotation = "timonier.dev/advertise";
const durationSeconds = 3600;
/** Alone there is nobody to tell: a third of the Lease's time. */
const aloneMs = (durationSeconds * 1000) / 3;
const sharedMs = 10_000;
/** Without a change for so long a server is no endpoint any more. */
const silentMs = 30_000;

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
/** RFC 4648, in lower case and without padding. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31] : text;
}
/** Upstream: of both the name and the kind of server, each behind its length. */
export function serverLeaseName(serverName: string): string {
  const hash = createHash("sha256");
  for (const part of [serverName, identity]) {
    const bytes = Buffer.from(part);
    hash.update(Uint8Array.of(bytes.length >> 8, bytes.length & 255)).update(bytes);
  }
  return `apiserver-${base32(hash.digest().subarray(0, 16))}`;
}

class ServerLeases {
  readonly #context: ApiContext;
  readonly #identity: ServerIdentity;
  readonly #key: string;
  readonly #holder: string;
  /** When each Lease was last seen to change, in monotonic milliseconds. */
  readonly #seen = new Map<string, { readonly version: string; readonly at: number }>();

  constructor(context: ApiContext, own: ServerIdentity) {
    const name = serverLeaseName(own.name);
    this.#context = context;
    this.#identity = own;
    this.#key = keyText({ namespace, name });
    this.#holder = `${name}_${uuid(context.random)}`;
  }
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, registry } = this.#context;
    const { isShared } = this.#identity;
    const cache = registry.storage.cache(Lease.group, Lease.plural);
    using _leases = cache.onEvent(({ type, stored }) => {
      const isOther = stored.key !== this.#key && isServer(stored.object);
      if (isShared && isOther && type !== "MODIFIED" && !signal.aborted) void this.#attempt(() => this.#endpoints());
    });
    while (!signal.aborted) {
      await this.#attempt(() => this.#renew());
      await this.#attempt(() => this.#forgetOld());
      if (isShared) await this.#attempt(() => this.#endpoints());
      await clock.sleep(isShared ? sharedMs : aloneMs, signal).catch(() => undefined); // The server is stopping.
    }
    // The others need not wait until it has been silent for long enough.
    if (isShared) await this.#leave().catch((error: unknown) => log.warn("the server's Lease stays behind", { error }));
  }
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#context.log.error("the server's Lease could not be kept", { error });
    }
  }
  /** Changes what stands under a key, or makes it. Whoever is faster has the same in mind. */
  async #write(kind: AnyKind, key: string, change: (old: KubeObject | undefined) => KubeObject): Promise<void> {
    const { storage, registry } = this.#context;
    const served = registry.find(kind.group, kind.version, kind.plural);
    if (!served) return;
    const stored = await storage.read(served.cache, key);
    const old = stored && served.show(stored);
    const next = change(old);
    if (next !== old) await storage.put(served.cache, key, await served.toStored(next), stored?.revision ?? 0);
  }
  #made(kind: AnyKind, metadata: KubeObject["metadata"], rest: object): KubeObject {
    const { clock, random } = this.#context;
    const made = { uid: uuid(random), creationTimestamp: timestamp(clock.now()) };
    return { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata: { ...metadata, ...made }, ...rest };
  }
  #renew(): Promise<void> {
    const { clock } = this.#context;
    const { name, advertise } = this.#identity;
    const renewTime = formatMicroTime(clock.now());
    return this.#write(Lease, this.#key, (old) => {
      const labels = { [identityLabel]: identity, "kubernetes.io/hostname": name };
      const annotations = advertise ? { [addressAnnotation]: JSON.stringify(advertise) } : undefined;
      const spec = { holderIdentity: this.#holder, leaseDurationSeconds: durationSeconds, renewTime };
      const described = { labels, ...(annotations ? { annotations } : {}) };
      if (!old) return this.#made(Lease, { name: serverLeaseName(name), namespace, ...described }, { spec });
      return { ...old, metadata: { ...old.metadata, ...described }, spec } as KubeObject;
    });
  }
  *#others(): Iterable<Lease> {
    for (const lease of this.#context.registry.list(Lease, namespace))
      if (isServer(lease) && lease.metadata.name !== serverLeaseName(this.#identity.name)) yield lease;
  }
  /** Leases whose time has been over for as long again. */
  async #forgetOld(): Promise<void> {
    const { clock, storage, registry } = this.#context;
    const cache = registry.storage.cache(Lease.group, Lease.plural);
    for (const { metadata, spec } of Array.from(this.#others())) {
      const ends = parseTime(spec.renewTime ?? metadata.creationTimestamp!) + 2 * durationSeconds * 1000;
      const stored = cache.get(keyText({ namespace, name: metadata.name! }));
      if (stored && ends < clock.now()) await storage.delete(cache, stored);
    }
  }
  #isAlive(lease: Lease): boolean {
    const { clock } = this.#context;
    const name = lease.metadata.name!;
    const version = lease.metadata.resourceVersion ?? "";
    const seen = this.#seen.get(name);
    if (seen?.version !== version) this.#seen.set(name, { version, at: clock.monotonic() });
    return seen?.version !== version || clock.monotonic() - seen.at < silentMs;
  }
  async #endpoints(): Promise<void> {
    const others = Array.from(this.#others()).filter((lease) => this.#isAlive(lease));
    const addresses = [this.#identity.advertise, ...others.map(addressOf)].filter((one) => one !== undefined);
    if (addresses.length === 0) return;
    for (const { kind, object } of apiEndpoints(addresses)) {
      const { metadata, ...wanted } = object as unknown as KubeObject;
      await this.#write(kind, keyText({ namespace: metadata.namespace!, name: metadata.name! }), (old) => {
        if (!old) return this.#made(kind, metadata, wanted);
        const isRight = Object.entries(wanted).every(([field, value]) =>
          deepEqual((old as unknown as Record<string, unknown>)[field], value),
        );
        return isRight ? old : { ...old, ...wanted };
      });
    }
  }
  async #leave(): Promise<void> {
    const { storage } = this.#context;
    const cache = storage.cache(Lease.group, Lease.plural);
    const stored = await storage.read(cache, this.#key);
    if (stored && (stored.object as Lease).spec.holderIdentity === this.#holder) await storage.delete(cache, stored);
  }
}

const isServer = ({ metadata }: KubeObject): boolean =>
  metadata.namespace === namespace && metadata.labels?.[identityLabel] === identity;
function addressOf({ metadata }: Lease): Advertised | undefined {
  try {
    const { address, port } = JSON.parse(metadata.annotations?.[addressAnnotation] ?? "{}") as Partial<Advertised>;
    return typeof address === "string" && typeof port === "number" ? { address, port } : undefined;
  } catch {
    return undefined; // somebody has written something else there
  }
}

/** Until `signal` is aborted. */
export const keepServerLease = (context: ApiContext, own: ServerIdentity, signal: AbortSignal): Promise<void> =>
  new ServerLeases(context, own).run(signal);
