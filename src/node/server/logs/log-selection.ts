// What a client sees of log entries: the stream and time it asked for, partial entries joined to lines, time stamps, and
// not more bytes than it wants. Pure but for the lines it holds.
import { fixedTime, nanosecondsOf, parseLogLine, type LogEntry } from "./log-line.ts";

export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Nanoseconds since the epoch: entries before it are left out. */
  readonly since?: bigint;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly stream: "All" | "Stdout" | "Stderr";
}

/** A joined line beyond this is handed over in pieces. */
const longestLine = 256 * 1024;
const newline = Buffer.from("\n");

interface Held {
  readonly parts: Uint8Array[];
  size: number;
}

export class LogSelection {
  readonly #options: LogOptions;
  readonly #held = new Map<LogEntry["stream"], Held>();
  #leftBytes: number;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#leftBytes = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }
  /** The client has all that it wants. */
  get isFull(): boolean {
    return this.#leftBytes <= 0;
  }
  /** What one line of the file, without its newline, adds to the answer. */
  take(line: Buffer): Uint8Array {
    const entry = parseLogLine(line);
    if (!entry || !this.#wants(entry)) return new Uint8Array();
    let held = this.#held.get(entry.stream);
    if (!held) {
      held = { parts: [], size: 0 };
      this.#held.set(entry.stream, held);
      if (this.#options.timestamps) held.parts.push(Buffer.from(`${fixedTime(entry.time)} `));
    }
    held.parts.push(entry.text);
    held.size += entry.text.length;
    if (entry.partial && held.size < longestLine) return new Uint8Array();
    if (!entry.partial) {
      held.parts.push(newline);
      this.#held.delete(entry.stream);
    }
    held.size = 0;
    return this.#limited(Buffer.concat(held.parts.splice(0)));
  }
  /** Lines whose end never came. */
  rest(): Uint8Array {
    const parts = [...this.#held.values()].flatMap((held) => held.parts);
    this.#held.clear();
    return this.#limited(Buffer.concat(parts));
  }

  #wants(entry: LogEntry): boolean {
    const { stream, since } = this.#options;
    if (stream !== "All" && stream.toLowerCase() !== entry.stream) return false;
    if (since === undefined) return true;
    const at = nanosecondsOf(entry.time);
    return at === undefined || at >= since;
  }
  #limited(bytes: Buffer): Uint8Array {
    const given = bytes.length > this.#leftBytes ? bytes.subarray(0, this.#leftBytes) : bytes;
    this.#leftBytes -= given.length;
    return given;
  }
}
