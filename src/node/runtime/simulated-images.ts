// The image store of a simulated node: every image can be pulled but those whose name says otherwise.
import type { Clock } from "#base/clock.ts";
import { RuntimeError, type ImageFacts } from "./runtime.ts";

export interface SimulatedImageOptions {
  readonly clock: Clock;
  readonly pullMs: number;
  /** Present without a pull. */
  readonly present: readonly string[];
  /** Whether a pull of this image fails. */
  readonly isMissing: (image: string) => boolean;
}
/** Names that no registry has: "missing", "nonexistent", "invalid" or "no-such…" as the last part or the tag. */
export const looksMissing = (image: string): boolean =>
  /(^|[/:.-])(missing|non-?existent|invalid|no-such[^/:]*)([:@/.-]|$)/.test(image);

/** A name that is the same for every image, whatever spelling names it. */
function digestOf(image: string): string {
  let hash = 0n;
  for (const c of image) hash = (hash * 131n + BigInt(c.codePointAt(0)!)) % (1n << 64n);
  return `sha256:${hash.toString(16).padStart(16, "0").repeat(4)}`;
}
export class SimulatedImages {
  readonly #options: SimulatedImageOptions;
  readonly #images = new Map<string, ImageFacts>();

  constructor(options: SimulatedImageOptions) {
    this.#options = options;
    for (const image of options.present) this.#add(image);
  }
  #add(image: string): ImageFacts {
    const name = image.replace(/@.*$/, "");
    const facts: ImageFacts = {
      id: digestOf(image),
      repoTags: [name],
      repoDigests: [`${name.replace(/:[^/]*$/, "")}@${digestOf(image)}`],
      sizeBytes: 1_000_000 + (image.length % 7) * 1_000_000,
      uid: 0,
      pinned: false,
    };
    this.#images.set(image, facts);
    return facts;
  }
  status(image: string): ImageFacts | undefined {
    return this.#images.get(image) ?? [...this.#images.values()].find((i) => i.id === image);
  }
  list(): readonly ImageFacts[] {
    return [...this.#images.values()];
  }
  async pull(image: string, signal: AbortSignal): Promise<string> {
    const { clock, pullMs, isMissing } = this.#options;
    if (pullMs > 0) await clock.sleep(pullMs, signal);
    if (isMissing(image))
      throw new RuntimeError(
        "NotFound",
        `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
      );
    return (this.#images.get(image) ?? this.#add(image)).id;
  }
  remove(image: string): void {
    for (const [name, facts] of this.#images) if (name === image || facts.id === image) this.#images.delete(name);
  }
  usedBytes(): number {
    return this.list().reduce((sum, i) => sum + i.sizeBytes, 0);
  }
}
