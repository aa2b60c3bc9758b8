// Events on their way to a consumer: each pod is in the queue at most once, so a slow consumer costs nothing.
import type { RuntimeEvent } from "#node/runtime/runtime.ts";

export class EventQueue {
  readonly #pods = new Set<string>();
  #everything = false;
  #wake: (() => void) | undefined;

  /** `podUid` is absent when anything may have changed. */
  push(podUid?: string): void {
    if (podUid === undefined) this.#everything = true;
    else this.#pods.add(podUid);
    this.#wake?.();
  }
  /** Ends when `signal` is aborted. */
  async *take(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const wake = (): void => this.#wake?.();
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted) {
        if (this.#everything) {
          this.#everything = false;
          this.#pods.clear();
          yield {};
          continue;
        }
        const [podUid] = this.#pods;
        if (podUid !== undefined) {
          this.#pods.delete(podUid);
          yield { podUid };
          continue;
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }
}
