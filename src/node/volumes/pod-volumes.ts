// The volumes of one pod: set up together, kept current one refresh at a time, and taken down whole. Taking down needs
// no memory of what was set up, so it also cleans after an agent that died.
import type { Timer } from "#base/clock.ts";
import { ConfigError } from "#node/config/config-error.ts";
import { expand, unknownNames } from "#node/config/expansion.ts";
import { removeWithMounts } from "#node/host/host-files.ts";
import { volumePlugins } from "./all.ts";
import type { MountedVolume, VolumeParts, VolumePlugin } from "./volume-plugin.ts";
import { uidOf, type Container, type Pod, type Volume, type VolumeMount } from "#node/pod/types.ts";

/** Which volume could not be set up, and why. */
export class VolumeError extends Error {
  readonly volume: string;
  constructor(volume: string, message: string, options?: ErrorOptions) {
    super(`MountVolume.SetUp failed for volume ${JSON.stringify(volume)} : ${message}`, options);
    this.volume = volume;
  }
}
const retryMs = 10_000;

export class PodVolumes {
  readonly #parts: VolumeParts;
  readonly #uid: string;
  readonly #failed: (error: VolumeError) => void;
  readonly #signal: AbortSignal;
  readonly #mounted = new Map<string, MountedVolume>();
  readonly #dueAt = new Map<string, number>();
  #pod: Pod;
  #timer: Timer | undefined;
  #refreshing: Promise<void> | undefined;
  #again = false;

  /** `failed` is told of a refresh that went wrong; it is tried again. */
  constructor(parts: VolumeParts, pod: Pod, failed: (error: VolumeError) => void, signal: AbortSignal) {
    this.#parts = parts;
    this.#pod = pod;
    this.#uid = uidOf(pod);
    this.#failed = failed;
    this.#signal = signal;
  }
  /** Throws VolumeError. What is set up stays so. */
  async setUp(pod: Pod, signal: AbortSignal): Promise<void> {
    this.#pod = pod;
    const missing = (pod.spec.volumes ?? []).filter((v) => !this.#mounted.has(v.name));
    const results = await Promise.allSettled(missing.map((volume) => this.#setUpOne(volume, signal)));
    this.#schedule();
    signal.throwIfAborted();
    for (const result of results) if (result.status === "rejected") throw result.reason as Error;
  }
  async #setUpOne(volume: Volume, signal: AbortSignal): Promise<void> {
    const plugin = pluginOf(volume);
    try {
      if (!plugin) throw new Error(`volumes of type ${typeOf(volume)} are not available on this node`);
      const source = volume[plugin.field] ?? {};
      const mounted = await plugin.setUp(source, { pod: this.#pod, name: volume.name, parts: this.#parts }, signal);
      this.#mounted.set(volume.name, mounted);
      if (mounted.dueAt !== undefined) this.#dueAt.set(volume.name, mounted.dueAt);
    } catch (error) {
      throw new VolumeError(volume.name, (error as Error).message, { cause: error });
    }
  }
  get readOnlyNames(): ReadonlySet<string> {
    return new Set([...this.#mounted].flatMap(([name, mounted]) => (mounted.readOnly ? [name] : [])));
  }
  /** The host path of each mount of a container; sub-paths are mounted on the way. Throws ConfigError. */
  async mountSources(container: Container, valueOf: (name: string) => string | undefined): Promise<string[]> {
    const sources: string[] = [];
    for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
      const mounted = this.#mounted.get(mount.name);
      if (!mounted)
        throw new ConfigError(
          `cannot find volume ${JSON.stringify(mount.name)} to mount into container ${JSON.stringify(container.name)}`,
        );
      const sub = subPathOf(mount, valueOf);
      sources.push(sub === "" ? mounted.hostPath : await this.#bindSubPath(mounted, mount, sub, container, index));
    }
    return sources;
  }
  async #bindSubPath(
    mounted: MountedVolume,
    mount: VolumeMount,
    sub: string,
    container: Container,
    index: number,
  ): Promise<string> {
    const { files, paths } = this.#parts;
    const target = paths.subPathDirectory(this.#uid, mount.name, container.name, index);
    try {
      await removeWithMounts(files, target);
      await files.bindInside(mounted.hostPath, sub, target);
    } catch (error) {
      const message = `failed to prepare subPath for volumeMount ${JSON.stringify(mount.name)} of container ${JSON.stringify(container.name)}`;
      throw new ConfigError(message, "CreateContainerConfigError", { cause: error });
    }
    return target;
  }
  /** The pod or something it refers to has changed. Never throws. */
  refresh(pod: Pod): void {
    this.#pod = pod;
    this.#again = true;
    this.#refreshing ??= this.#refreshAll().finally(() => (this.#refreshing = undefined));
  }
  async #refreshAll(): Promise<void> {
    while (this.#again && !this.#signal.aborted) {
      this.#again = false;
      for (const [name, { refresh }] of this.#mounted) if (refresh) await this.#refreshOne(name, refresh);
    }
    this.#schedule();
  }
  async #refreshOne(name: string, refresh: NonNullable<MountedVolume["refresh"]>): Promise<void> {
    try {
      const dueAt = await refresh(this.#pod, this.#signal);
      if (dueAt === undefined) this.#dueAt.delete(name);
      else this.#dueAt.set(name, dueAt);
    } catch (error) {
      if (this.#signal.aborted) return;
      this.#dueAt.set(name, this.#parts.clock.now() + retryMs);
      this.#failed(new VolumeError(name, (error as Error).message, { cause: error }));
    }
  }
  #schedule(): void {
    this.#timer?.stop();
    const dueAt = Math.min(...this.#dueAt.values());
    if (dueAt === Infinity || this.#signal.aborted) return;
    this.#timer = this.#parts.clock.after(dueAt - this.#parts.clock.now(), () => this.refresh(this.#pod));
  }
  /** Stops keeping volumes current; they stay mounted. */
  leave(): void {
    this.#timer?.stop();
    this.#dueAt.clear();
  }
  async tearDown(signal: AbortSignal): Promise<void> {
    this.leave();
    this.#again = false;
    await this.#refreshing;
    this.#mounted.clear();
    await tearDownVolumes(this.#uid, this.#parts, signal);
  }
}
/** Unmounts and removes everything of a pod but its logs. */
export async function tearDownVolumes(uid: string, parts: VolumeParts, signal: AbortSignal): Promise<void> {
  const { files, paths } = parts;
  for (const plugin of volumePlugins)
    if (plugin.tearDown)
      for (const name of await files.list(paths.volumeDirectory(uid, plugin.directory, "")))
        await plugin.tearDown(paths.volumeDirectory(uid, plugin.directory, name), parts, signal);
  await removeWithMounts(files, paths.podDirectory(uid));
  await removeWithMounts(files, `${paths.memoryRoot}/${uid}`);
}

/** A volume without any source is an emptyDir. */
function pluginOf(volume: Volume): VolumePlugin | undefined {
  const type = typeOf(volume);
  return volumePlugins.find((plugin) => plugin.field === type);
}
const typeOf = (volume: Volume): string =>
  Object.keys(volume).find((key) => key !== "name" && volume[key as keyof Volume] !== undefined) ?? "emptyDir";

function subPathOf(mount: VolumeMount, valueOf: (name: string) => string | undefined): string {
  const missing = mount.subPathExpr ? unknownNames(mount.subPathExpr, valueOf) : [];
  if (missing.length > 0)
    throw new ConfigError(
      `failed to expand subPathExpr ${JSON.stringify(mount.subPathExpr)}: missing value for ${JSON.stringify(missing[0])}`,
    );
  const sub = mount.subPathExpr ? expand(mount.subPathExpr, valueOf) : (mount.subPath ?? "");
  if (sub.startsWith("/")) throw new ConfigError(`error SubPath ${JSON.stringify(sub)} must not be an absolute path`);
  if (sub.split("/").includes(".."))
    throw new ConfigError(`unable to provision SubPath ${JSON.stringify(sub)}: must not contain '..'`);
  return sub;
}
