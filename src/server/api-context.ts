// What every verb works with.
import type { KubeObject } from "#api/kind.ts";
import type { ResourceName } from "#api/errors.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { AdmissionChain } from "./admission/admission.ts";
import type { Reserve } from "./allocate/service-allocator.ts";
import type { DecodeProtobuf } from "./body.ts";
import type { DropDisabled } from "./features/drop-disabled.ts";
import type { FeatureGates } from "./features/feature-gates.ts";
import type { Storage } from "./cache/storage.ts";
import type { Authenticated, Authorizer, Handler } from "./pipeline.ts";
import type { Registry, Served } from "./registry.ts";

export interface ApiContext {
  readonly storage: Storage;
  readonly registry: Registry;
  readonly admission: AdmissionChain;
  readonly authorizer: Authorizer;
  /** Allocates what the server gives out (Service addresses and ports); absent: nothing is. */
  readonly reserve?: Reserve;
  /** Absent: bodies in protobuf are refused. */
  readonly decodeProtobuf?: DecodeProtobuf;
  /** Absent: as upstream has them by default. */
  readonly gates?: FeatureGates;
  /** Takes out what belongs to features that are off; absent: everything is kept. */
  readonly dropDisabled?: DropDisabled;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A request about a served kind. */
export interface ResourceCall extends Authenticated {
  readonly served: Served;
}
export type Verb = (context: ApiContext) => Handler<ResourceCall>;

/** The name of the asked resource in messages. */
export const resourceName = (call: ResourceCall): ResourceName => call.served.of;
export const keyOf = (call: ResourceCall): string => call.served.key(call.info.namespace, call.info.name);
/** RFC 3339 with whole seconds, as metadata has it. */
export function timestamp(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond.second)
    lastSecond = { second, text: `${new Date(second * 1000).toISOString().slice(0, -5)}Z` };
  return lastSecond.text;
}
/** Many objects are written within one second. */
let lastSecond = { second: NaN, text: "" };
export const versionOf = (object: KubeObject): string => object.metadata.resourceVersion ?? "";
