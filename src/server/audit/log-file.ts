// Audit events as lines of JSON in a file of its owner alone. What is written while the disk is busy goes out together
// afterwards; when too much waits, events are dropped and counted. A file that is full is set aside with its time.
import { chmod, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Metrics } from "#base/metrics.ts";
import type { AuditSink } from "./audit.ts";

export interface AuditFileOptions {
  readonly file: string;
  /** A file of this size is set aside. */
  readonly maxSizeBytes?: number;
  /** How many old files stay. */
  readonly maxBackups?: number;
  /** Old files go after this time; absent: never. */
  readonly maxAgeMs?: number;
}
interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}
const usual = { maxSizeBytes: 100 * 1024 * 1024, maxBackups: 10 };
const bufferBytes = 16 * 1024 * 1024;

/** Names of old files sort by their time. */
const setAside = (file: string, now: number): string => {
  const end = extname(file);
  const time = new Date(now).toISOString().replaceAll(":", "-").replace("Z", "");
  return join(dirname(file), `${basename(file, end)}-${time}${end}`);
};
const timeOf = (name: string, stem: string): number =>
  Date.parse(`${name.slice(stem.length + 1).replace(/T(\d\d)-(\d\d)-(\d\d\.\d{3}).*$/, "T$1:$2:$3")}Z`);

/** Which old files must go: `names` are all of the folder. */
export function planRemoval(names: readonly string[], options: AuditFileOptions, now: number): string[] {
  const end = extname(options.file);
  const stem = basename(options.file, end);
  const old = names
    .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(end) && !Number.isNaN(timeOf(name, stem)))
    .toSorted()
    .toReversed();
  const { maxBackups = usual.maxBackups, maxAgeMs = Infinity } = options;
  return old.filter((name, i) => i >= maxBackups || now - timeOf(name, stem) > maxAgeMs);
}

export class AuditFile implements AuditSink, AsyncDisposable {
  readonly #options: AuditFileOptions;
  readonly #surroundings: Surroundings;
  readonly #dropped: (count: number) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #handle: FileHandle | undefined;
  #sizeBytes = 0;
  #writing: Promise<void> | undefined;

  constructor(options: AuditFileOptions, surroundings: Surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    const errors = surroundings.metrics.counter("apiserver_audit_error_total", "Audit events that were lost.");
    this.#dropped = (count) => errors.add({ plugin: "log" }, count);
  }
  write(event: object): void {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    if (this.#waitingBytes + line.length > bufferBytes) return this.#dropped(1);
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#writing ??= this.#drain();
  }
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      const bytes = Buffer.concat(lines);
      this.#waiting = [];
      this.#waitingBytes = 0;
      try {
        await this.#append(bytes);
      } catch (error) {
        this.#dropped(lines.length);
        this.#surroundings.log.error("audit events could not be written", { error, file: this.#options.file });
      }
    }
    this.#writing = undefined;
  }
  async #append(bytes: Buffer): Promise<void> {
    const { maxSizeBytes = usual.maxSizeBytes } = this.#options;
    this.#handle ??= await this.#open();
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > maxSizeBytes) await this.#rotate();
    await this.#handle.appendFile(bytes);
    this.#sizeBytes += bytes.length;
  }
  async #open(): Promise<FileHandle> {
    const { file } = this.#options;
    const handle = await open(file, "a", 0o600);
    await chmod(file, 0o600);
    this.#sizeBytes = (await stat(file)).size;
    return handle;
  }
  async #rotate(): Promise<void> {
    const { file } = this.#options;
    const now = this.#surroundings.clock.now();
    await this.#handle?.close();
    this.#handle = undefined;
    await rename(file, setAside(file, now));
    const folder = dirname(file);
    for (const name of planRemoval(await readdir(folder), this.#options, now)) await rm(join(folder, name));
    this.#handle = await this.#open();
  }
  /** When everything is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
  }
}
