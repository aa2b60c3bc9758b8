// What a node does for itself from time to time: rotate logs, make room for images, and evict pods under pressure.
import type { NodeParts } from "./node-parts.ts";
import { choosePod, pressureSignals, type NodePressure } from "./eviction.ts";
import { rotateLog } from "#node/host/log-rotation.ts";
import { ImageUses, imagesToRemove } from "#node/images/image-gc.ts";
import type { PodPool } from "./pod-pool.ts";
import { podKey } from "#node/pod/types.ts";

export interface UpkeepOptions {
  readonly pressure?: (signal: AbortSignal) => Promise<NodePressure>;
  /** Pressure or the list of images is another than before. */
  readonly changed: () => void;
}
const turnMs = 10_000;
const imagesEveryMs = 300_000;
const calmMs = 300_000;

export class Upkeep {
  readonly #parts: NodeParts;
  readonly #pool: PodPool;
  readonly #options: UpkeepOptions;
  readonly #images = new ImageUses();
  #pressures = { memory: false, disk: false, pids: false };
  #pressureSeenAt = { memory: -Infinity, disk: -Infinity };
  #imagesAt = 0;
  #collecting = false;

  constructor(parts: NodeParts, pool: PodPool, options: UpkeepOptions) {
    this.#parts = parts;
    this.#pool = pool;
    this.#options = options;
  }
  get pressures(): { readonly memory: boolean; readonly disk: boolean; readonly pids: boolean } {
    return this.#pressures;
  }
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(turnMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#rotateLogs(signal);
        await this.#relieve(signal);
        if (clock.now() - this.#imagesAt >= imagesEveryMs) await this.collectImages(signal);
      } catch (error) {
        if (!signal.aborted) log.warn("upkeep of the node failed", { error });
      }
    }
  }
  imagePulled(signal: AbortSignal): void {
    this.#options.changed();
    this.collectImages(signal).catch((error: unknown) => {
      if (!signal.aborted) this.#parts.log.warn("images not collected", { error });
    });
  }
  async #rotateLogs(signal: AbortSignal): Promise<void> {
    const { files, clock, runtime, log } = this.#parts;
    for (const { view } of this.#pool.workers)
      for (const run of view.alive) {
        if (run.state !== "running" || run.logPath === "") continue;
        try {
          await rotateLog(run.logPath, { files, clock, reopen: () => runtime.reopenLog(run.id, signal) });
        } catch (error) {
          signal.throwIfAborted();
          log.warn("log not rotated", { path: run.logPath, error });
        }
      }
  }
  async collectImages(signal: AbortSignal): Promise<void> {
    if (this.#collecting) return;
    this.#collecting = true;
    try {
      await this.#collect(signal);
    } finally {
      this.#collecting = false;
    }
  }
  async #collect(signal: AbortSignal): Promise<void> {
    const { runtime, clock, files, log } = this.#parts;
    const now = clock.now();
    this.#imagesAt = now;
    const images = await runtime.listImages(signal);
    const { containers } = await runtime.observe(undefined, signal);
    const used = new Set(containers.map((c) => c.imageRef));
    const inUse = new Set(
      images.filter((i) => used.has(i.id) || i.repoDigests.some((d) => used.has(d))).map((i) => i.id),
    );
    this.#images.note(images, inUse, now);
    const { mountpoint } = await runtime.imageFsUsage(signal);
    const { capacityBytes, availableBytes } = await files.fileSystem(mountpoint);
    const uses = this.#images.uses;
    const removed = imagesToRemove(images, { inUse, uses, capacityBytes, availableBytes, now });
    for (const image of removed) {
      await runtime.removeImage(image.id, signal);
      log.info("unused image removed", { image: image.repoTags[0] ?? image.id, sizeBytes: image.sizeBytes });
    }
    if (removed.length > 0) this.#options.changed();
  }
  /** One pod a turn, so that the effect of each eviction is seen before the next. */
  async #relieve(signal: AbortSignal): Promise<void> {
    const { pressure: measure } = this.#options;
    if (!measure) return;
    const { clock, runtime, log, events } = this.#parts;
    const pressure = await measure(signal);
    const signals = pressureSignals(pressure);
    const now = clock.now();
    if (signals.includes("memory.available")) this.#pressureSeenAt.memory = now;
    if (signals.some((s) => s.startsWith("nodefs"))) this.#pressureSeenAt.disk = now;
    // the condition outlasts its cause for a while, so that it does not flicker
    const memory = now - this.#pressureSeenAt.memory < calmMs;
    const disk = now - this.#pressureSeenAt.disk < calmMs;
    if (memory !== this.#pressures.memory || disk !== this.#pressures.disk) {
      this.#pressures = { ...this.#pressures, memory, disk };
      this.#options.changed();
    }
    if (signals.length === 0) return;
    const pods = this.#pool.workers.filter((w) => !w.isEnding).map((w) => ({ ...w.pod, status: w.status }));
    const chosen = choosePod(pods, await runtime.stats(undefined, signal), pressure);
    if (!chosen) return;
    log.warn("pod is evicted", { pod: podKey(chosen.pod), signal: chosen.signal });
    events.event(chosen.pod, "Warning", "Evicted", chosen.end.message);
    this.#pool.byUid(chosen.pod.metadata.uid ?? "")?.end(chosen.end);
  }
}
