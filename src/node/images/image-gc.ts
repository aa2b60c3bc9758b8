// Which images to remove when the disk of images fills up: above the high mark, the longest unused first, until the
// low mark is reached. Pure.
import type { ImageFacts } from "#node/runtime/runtime.ts";

export const highMarkPercent = 85;
export const lowMarkPercent = 80;
const youngMs = 120_000;

export interface ImageUse {
  /** When this agent first saw the image. */
  readonly since: number;
  /** When a container last used it. */
  readonly lastUsed: number;
}
export function imagesToRemove(
  images: readonly ImageFacts[],
  options: {
    /** Ids of images that containers use. */
    readonly inUse: ReadonlySet<string>;
    readonly uses: ReadonlyMap<string, ImageUse>;
    readonly capacityBytes: number;
    readonly availableBytes: number;
    readonly now: number;
  },
): ImageFacts[] {
  const { capacityBytes, availableBytes, inUse, uses, now } = options;
  const usedPercent = capacityBytes > 0 ? 100 - Math.floor((availableBytes * 100) / capacityBytes) : 0;
  if (usedPercent < highMarkPercent) return [];
  let toFree = (capacityBytes * (100 - lowMarkPercent)) / 100 - availableBytes;
  const candidates = images
    .filter((image) => !image.pinned && !inUse.has(image.id) && now - (uses.get(image.id)?.since ?? now) >= youngMs)
    .toSorted((a, b) => (uses.get(a.id)?.lastUsed ?? 0) - (uses.get(b.id)?.lastUsed ?? 0));
  const chosen: ImageFacts[] = [];
  for (const image of candidates) {
    if (toFree <= 0) break;
    chosen.push(image);
    toFree -= image.sizeBytes;
  }
  return chosen;
}
/** Remembers images as they come, go and are used. */
export class ImageUses {
  readonly uses = new Map<string, ImageUse>();
  note(images: readonly ImageFacts[], inUse: ReadonlySet<string>, now: number): void {
    const present = new Set(images.map((i) => i.id));
    for (const id of this.uses.keys()) if (!present.has(id)) this.uses.delete(id);
    for (const { id } of images) {
      const before = this.uses.get(id);
      const lastUsed = inUse.has(id) ? now : (before?.lastUsed ?? 0);
      this.uses.set(id, { since: before?.since ?? now, lastUsed });
    }
  }
}
