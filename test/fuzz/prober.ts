// Another client than the attacker: asks for one object all the time over a connection of its own, and remembers how long
// the slowest answer took: in the server's own processor time, since the machine may have other things to do.
import { connect, type ClientHttp2Session } from "node:http2";
import { usedCpuMs } from "./cpu.ts";
import type { ServerKeys } from "../support/server-process.ts";

const pauseMs = 20;
const path = "/api/v1/namespaces";
/** Longer than any machine is busy with other things: the server waits for something. */
const hangMs = 30_000;
export class Prober implements AsyncDisposable {
  readonly #session: ClientHttp2Session;
  #stopped = false;
  readonly #running: Promise<void>;
  /** Of all answers so far: what the server computed before it gave one. */
  slowestMs = 0;
  readonly #pid: number;
  readonly #times: number[] = [];
  readonly #waiting: (() => void)[] = [];
  answers = 0;
  readonly failures: string[] = [];

  constructor({ port, pid }: { readonly port: number; readonly pid: number }, keys: ServerKeys) {
    this.#pid = pid;
    this.#session = connect(`https://127.0.0.1:${port}`, keys);
    this.#session.on("error", (error) => this.failures.push(`the connection of the prober broke: ${error.message}`));
    this.#running = this.#run();
  }
  async #run(): Promise<void> {
    while (!this.#stopped) {
      const start = performance.now();
      const used = usedCpuMs(this.#pid);
      const code = await this.#ask().catch((error: Error) => error.message);
      if (this.#stopped) return;
      const tookMs = usedCpuMs(this.#pid) - used;
      this.#times.push(tookMs);
      this.slowestMs = Math.max(this.slowestMs, tookMs);
      if (performance.now() - start > hangMs) this.failures.push(`the prober waited for ${hangMs / 1_000} s`);
      this.answers++;
      for (const tell of this.#waiting.splice(0)) tell();
      if (code !== 200) this.failures.push(`the prober got ${code}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  /** Half of the answers took longer. */
  get medianMs(): number {
    return this.#times.toSorted((a, b) => a - b)[this.#times.length >> 1] ?? 0;
  }
  /** Resolves with the next answer. */
  async answered(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await Promise.race([promise, this.#running]);
  }
  #ask(): Promise<number> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({ ":path": path });
      let code = 0;
      stream.once("response", (headers) => (code = Number(headers[":status"])));
      stream.once("error", reject);
      stream.once("close", () => resolve(code));
      stream.resume();
    });
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#session.destroy();
    await this.#running;
  }
}
