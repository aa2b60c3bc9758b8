// The main thread's end of the database thread: requests go out, answers come back in the same order.
import { SHARE_ENV, Worker } from "node:worker_threads";
import { StoreClosed } from "#store/errors.ts";
import { fromWire, type Answer, type Opened, type Replies, type Request, type ThreadOptions } from "./protocol.ts";

/** Values lie outside the thread's heap; inside are only statements and the rows of one request. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };

export class Connection {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];
  readonly #exited: Promise<void>;
  #end: Error | undefined;

  constructor(threadUrl: URL, options: ThreadOptions) {
    this.#worker = new Worker(threadUrl, {
      workerData: options,
      name: "store",
      resourceLimits,
      execArgv: [],
      env: SHARE_ENV,
    });
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    this.#worker.on("message", (answer: Answer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#fail(new StoreClosed(error)));
    this.#worker.on("exit", () => {
      this.#fail(new StoreClosed());
      exited.resolve();
    });
  }
  /** What ended the thread; absent while it lives. */
  get end(): Error | undefined {
    return this.#end;
  }
  get exited(): Promise<void> {
    return this.#exited;
  }
  /** Closes the database and waits for the thread's end. */
  async close(): Promise<void> {
    if (!this.#end) await this.ask({ do: "close" });
    this.#worker.ref();
    await this.#exited;
  }
  /** Resolves when the database is open; the thread ends when it cannot be opened. */
  opened(): Promise<Opened> {
    return this.#answer() as Promise<Opened>;
  }
  ask<R extends Request>(request: R, transfer: readonly ArrayBuffer[] = []): Promise<Replies[R["do"]]> {
    if (this.#end) return Promise.reject(this.#end);
    this.#worker.postMessage(request, transfer);
    return this.#answer() as Promise<Replies[R["do"]]>;
  }
  /** Answers are awaited by keeping the process alive; an idle store does not. */
  #answer(): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    if (this.#waiting.push(waiting) === 1) this.#worker.ref();
    return waiting.promise;
  }
  #settle(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    if (answer.ok) waiting?.resolve(answer.result);
    else waiting?.reject(fromWire(answer.error));
  }
  #fail(error: Error): void {
    this.#end ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
