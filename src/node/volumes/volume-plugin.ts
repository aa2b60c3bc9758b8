// A kind of volume. Setting up twice is harmless: a restarted agent does it again for pods that run.
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { HostFiles } from "#node/host/host-files.ts";
import type { ImageFiles } from "#node/images/image-files.ts";
import type { NodePaths } from "#node/pod/paths.ts";
import type { Pod, Volume } from "#node/pod/types.ts";
import type { References } from "#node/references.ts";
import type { TokenSource } from "./tokens.ts";

export interface VolumeParts {
  readonly files: HostFiles;
  readonly paths: NodePaths;
  readonly references: References;
  readonly tokens: TokenSource;
  readonly imageFiles: ImageFiles;
  readonly clock: Clock;
  readonly random: Random;
  /** What the node gives to pods. */
  readonly allocatable: () => Readonly<Record<string, string>>;
}
export interface MountedVolume {
  readonly hostPath: string;
  readonly readOnly?: boolean;
  /** Brings the content up to date with the pod and what it refers to; answers when it is due again. */
  readonly refresh?: (pod: Pod, signal: AbortSignal) => Promise<number | undefined>;
  /** When `refresh` is first due, in milliseconds since the epoch. */
  readonly dueAt?: number;
}
export interface VolumePlugin<Source extends object = object> {
  /** The field of a Volume that holds its source. */
  readonly field: Exclude<keyof Volume, "name">;
  /** Name of its directories below a pod's, as upstream has it. */
  readonly directory: string;
  /** Throws when it cannot be set up (yet). */
  setUp(
    source: Source,
    context: { readonly pod: Pod; readonly name: string; readonly parts: VolumeParts },
    signal: AbortSignal,
  ): Promise<MountedVolume>;
  /** Only where unmounting and removing its directory is not enough. */
  tearDown?(directory: string, parts: VolumeParts, signal: AbortSignal): Promise<void>;
}
/** Keeps the source's type while plugins of all kinds stand in one list. */
export const defineVolume = <Source extends object>(plugin: VolumePlugin<Source>): VolumePlugin =>
  plugin as unknown as VolumePlugin;
