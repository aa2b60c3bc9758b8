// The way of a component to the API server, which a test can cut: requests fail and watches break, as when a cable is
// pulled.
import { ApiError } from "#api/errors.ts";
import type { Transport } from "#client/client.ts";

const noAnswer = (): ApiError =>
  new ApiError("ServiceUnavailable", "no answer from the API server: it is out of reach");

export class Link {
  readonly #base: Transport;
  #up = new AbortController();

  constructor(base: Transport) {
    this.#base = base;
  }
  get isCut(): boolean {
    return this.#up.signal.aborted;
  }
  cut(): void {
    this.#up.abort(noAnswer());
  }
  mend(): void {
    if (this.isCut) this.#up = new AbortController();
  }
  readonly transport: Transport = {
    send: async (request) => {
      this.#up.signal.throwIfAborted();
      return await this.#base.send(request);
    },
    watch: (path, signal) => this.#watch(path, signal),
  };
  async *#watch(path: string, signal: AbortSignal): ReturnType<Transport["watch"]> {
    const up = this.#up.signal;
    up.throwIfAborted();
    for await (const event of this.#base.watch(path, AbortSignal.any([signal, up]))) {
      up.throwIfAborted();
      yield event;
    }
    if (!signal.aborted) up.throwIfAborted();
  }
}
