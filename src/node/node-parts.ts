// What the parts of one node's agent share. Made once, by the agent.
import type { Service } from "#api/core/service.ts";
import type { Clock } from "#base/clock.ts";
import type { Limiter } from "#base/limiter.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Tracer } from "#base/tracing/tracer.ts";
import type { Client } from "#client/client.ts";
import type { Cgroups } from "#node/host/cgroups.ts";
import type { DnsFacts } from "#node/config/dns.ts";
import type { HostFiles } from "#node/host/host-files.ts";
import type { Images } from "#node/images/images.ts";
import type { NodePaths } from "#node/pod/paths.ts";
import type { Prober } from "#node/probes/prober.ts";
import type { References } from "./references.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";
import type { StatusWriter } from "#node/status/status-writer.ts";
import type { VolumeParts } from "#node/volumes/volume-plugin.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";

export interface NodeParts {
  readonly nodeName: string;
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  /** Prefix of container ids in statuses. */
  readonly runtimeName: string;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly files: HostFiles;
  readonly paths: NodePaths;
  readonly images: Images;
  readonly references: References;
  readonly cgroups: Cgroups;
  readonly volumes: VolumeParts;
  readonly prober: Prober;
  readonly status: StatusWriter;
  readonly dns: DnsFacts;
  /** The node's own /etc/hosts. */
  readonly nodeHosts: string;
  readonly memoryCapacityBytes: number;
  hostIPs(): readonly string[];
  /** Services of a namespace; waits until they are known. */
  services(namespace: string, signal: AbortSignal): Promise<readonly Service[]>;
  /** Sandboxes and containers that are being made at a time. */
  readonly starts: Limiter;
  /** Absent: what the agent does is not recorded. */
  readonly tracer?: Tracer;
  /** Aborted when the agent stops. Pods go on. */
  readonly signal: AbortSignal;
}
