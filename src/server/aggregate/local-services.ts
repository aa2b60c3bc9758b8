// Keeps APIService objects for the group-versions that this server answers itself: those that are built in are made and
// brought up to date once, at start; those of custom resources follow their definitions.
import { APIService } from "#api/apiregistration/api-service.ts";
import { applySchemaDefaults, decodeObject } from "#api/decode.ts";
import { isReason } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import type { AnyKind, GroupVersion, KubeObject } from "#api/kind.ts";
import { formatTime } from "#api/time.ts";
import { uuid } from "#base/random.ts";
import type { ApiContext } from "#server/api-context.ts";
import type { Served } from "#server/registry.ts";
import { serverUser } from "#server/upkeep/keep.ts";
import { changeStored } from "#server/verbs/change-stored.ts";
import { prepareForCreate, withMetadata } from "#server/verbs/prepare.ts";
import { localPriority } from "./priorities.ts";
import { nameOfService } from "./remote-services.ts";

const label = "kube-aggregator.kubernetes.io/automanaged";
type Management = "onstart" | "true";
interface Wanted {
  readonly management: Management;
  readonly spec: object;
}

/** By name. The group of APIServices has none itself. */
export function wantedServices(kinds: readonly AnyKind[]): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const { group, version, custom } of kinds) {
    if (group === APIService.group) continue;
    const of: GroupVersion = { group, version };
    const name = nameOfService(of);
    if (wanted.has(name)) continue;
    const priority = localPriority(of);
    wanted.set(name, {
      management: custom ? "true" : "onstart",
      spec: {
        ...(group ? { group } : {}),
        version,
        groupPriorityMinimum: priority.group,
        versionPriority: priority.version,
      },
    });
  }
  return wanted;
}
const managementOf = ({ metadata }: KubeObject): string | undefined => metadata.labels?.[label];

export class LocalServices {
  readonly #context: ApiContext;
  readonly #served: Served;
  readonly #signal: AbortSignal;
  /** Names of objects that were there at start, and not yet looked at. */
  readonly #atStart: Set<string>;
  #isFirst = true;

  constructor(context: ApiContext, served: Served, signal: AbortSignal) {
    this.#context = context;
    this.#served = served;
    this.#signal = signal;
    this.#atStart = new Set([...served.cache.list()].map(({ key }) => key));
  }
  /** Brings all objects into line. */
  async keep(): Promise<void> {
    const { registry } = this.#context;
    const wanted = wantedServices(registry.kinds());
    for (const [name, { management, spec }] of wanted)
      if (management === "true" || this.#isFirst) await this.#ensure(name, management, spec);
    for (const service of [...registry.list(APIService)]) {
      await this.#tellAvailable(service);
      const name = service.metadata.name!;
      const management = managementOf(service);
      const isStray = management === "true" || (management === "onstart" && this.#isFirst && this.#atStart.has(name));
      if (isStray && !wanted.has(name)) await this.#delete(name);
    }
    this.#isFirst = false;
  }
  async #ensure(name: string, management: Management, spec: object): Promise<void> {
    const { storage, clock, random } = this.#context;
    const before = this.#served.cache.get(name);
    if (!before) {
      const object = { metadata: { name, labels: { [label]: management } }, spec };
      const draft = withMetadata(decodeObject(APIService as AnyKind, object, { unknownFields: "ignore" }).draft);
      applySchemaDefaults(APIService, draft);
      const facts = { now: clock.now(), user: serverUser, dryRun: false, uid: uuid(random) };
      prepareForCreate(APIService, draft, facts);
      await storage.put(this.#served.cache, name, draft as KubeObject, 0);
      return;
    }
    const isManaged = managementOf(before.object) !== undefined;
    if (isManaged)
      await this.#change(name, (service) => (deepEqual(service.spec, spec) ? service : { ...service, spec }));
  }
  /** One that named another server before may still say that this is not available. */
  async #tellAvailable({ metadata, spec, status }: APIService): Promise<void> {
    const reasonOf = (conditions = status?.conditions): string | undefined =>
      conditions?.find((c) => c.type === "Available")?.reason;
    if (spec.service || reasonOf() === "Local") return;
    const condition = {
      type: "Available",
      status: "True",
      lastTransitionTime: formatTime(this.#context.clock.now()),
      reason: "Local",
      message: "Local APIServices are always available",
    };
    await this.#change(metadata.name!, (service) => ({ ...service, status: { conditions: [condition] } }));
  }
  async #change(name: string, change: (service: APIService) => object): Promise<void> {
    const write = (object: KubeObject): KubeObject => change(object as APIService) as KubeObject;
    try {
      await changeStored(this.#context, this.#served, name, write, this.#signal);
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
  }
  async #delete(name: string): Promise<void> {
    const { storage } = this.#context;
    const stored = this.#served.cache.get(name);
    if (stored) await storage.delete(this.#served.cache, stored);
  }
}
