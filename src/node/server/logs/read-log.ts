// Reads a container's log file as a client asked for it, and follows it while the container runs: changes wake the
// reader, nothing polls. When the file is rotated away under its name, the old one is read to its end first.
import { watch } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { LogSelection, type LogOptions } from "./log-selection.ts";
import { tailStart } from "./tail.ts";

export interface ReadLogOptions {
  readonly path: string;
  readonly options: LogOptions;
  /** Resolves when nothing more will be written; asked only to follow. */
  readonly ended: () => Promise<void>;
}

const blockBytes = 64 * 1024;
/** A line without an end beyond this is not a log line: it is passed over. */
const longestLine = 1024 * 1024;
const newlineByte = 0x0a;

/** Ends when the log does, the client has enough, or `signal` is aborted. Throws when the file cannot be read. */
export async function* readLog(request: ReadLogOptions, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { path, options } = request;
  using changes = options.follow ? watchFile(path, request.ended(), signal) : undefined;
  const selection = new LogSelection(options);
  const found = await openWhenThere(path, changes);
  if (!found) return;
  let file: FileHandle = found;
  let newer: FileHandle | undefined;
  try {
    let lines = new LineReader(file, await startOf(file, options));
    while (!signal.aborted) {
      // Both asked before reading: what is written to the file before is seen by this reading.
      const isLast = !changes || changes.isOver;
      newer = changes && (await replacement(path, file));
      for await (const some of lines.available()) {
        const bytes = Buffer.concat(some.map((line) => selection.take(line)));
        if (bytes.length > 0) yield bytes;
        if (selection.isFull || signal.aborted) return;
      }
      if (newer) {
        await file.close();
        file = newer;
        newer = undefined;
        lines = new LineReader(file, 0);
      } else if (isLast) break;
      else await changes.next();
    }
    const rest = selection.rest();
    if (rest.length > 0) yield rest;
  } finally {
    await file.close();
    await newer?.close();
  }
}

async function startOf(file: FileHandle, { tailLines, stream }: LogOptions): Promise<number> {
  if (tailLines === undefined) return 0;
  const { size } = await file.stat();
  return tailStart(file, size, tailLines, stream);
}

class LineReader {
  readonly #file: FileHandle;
  #at: number;
  #carry: Buffer = Buffer.alloc(0);

  constructor(file: FileHandle, at: number) {
    this.#file = file;
    this.#at = at;
  }
  /** Whole lines up to the present end of the file, without their newlines, block by block. */
  async *available(): AsyncGenerator<readonly Buffer[]> {
    const block = Buffer.alloc(blockBytes);
    for (;;) {
      const { bytesRead } = await this.#file.read(block, 0, block.length, this.#at);
      if (bytesRead === 0) return;
      this.#at += bytesRead;
      // A copy: lines are handed out and the block is used again.
      const bytes = Buffer.concat([this.#carry, block.subarray(0, bytesRead)]);
      const lines: Buffer[] = [];
      let from = 0;
      for (let end = bytes.indexOf(newlineByte); end >= 0; end = bytes.indexOf(newlineByte, from)) {
        lines.push(bytes.subarray(from, end));
        from = end + 1;
      }
      this.#carry = bytes.length - from > longestLine ? Buffer.alloc(0) : bytes.subarray(from);
      yield lines;
    }
  }
}

interface Changes extends Disposable {
  /** Resolves at the next change, or at once when there was one since the last call, or when it is over. */
  next(): Promise<void>;
  readonly isOver: boolean;
}

/** Watches the directory, because the file itself may be replaced. */
function watchFile(path: string, ended: Promise<void>, signal: AbortSignal): Changes {
  const name = basename(path);
  let pending = false;
  let over = signal.aborted;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    pending = true;
    wake?.();
  };
  const finish = (): void => {
    over = true;
    changed();
  };
  const watcher = watch(dirname(path), (_event, file) => {
    if (file === null || file.startsWith(name)) changed();
  });
  // The directory went away with its pod.
  watcher.on("error", finish);
  signal.addEventListener("abort", finish, { once: true });
  ended.then(finish, finish);
  return {
    get isOver() {
      return over;
    },
    async next() {
      if (!pending && !over)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      pending = false;
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", finish);
      watcher.close();
    },
  };
}

const unlessMissing = async <T>(made: Promise<T>): Promise<T | undefined> => {
  try {
    return await made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

/** A container that has just been made may have no file yet; who follows waits for it. */
async function openWhenThere(path: string, changes: Changes | undefined): Promise<FileHandle | undefined> {
  for (;;) {
    const file = await unlessMissing(open(path));
    if (file || !changes || changes.isOver) return file;
    await changes.next();
  }
}

/** The file that now has the name, when it is another one than `file`. */
async function replacement(path: string, file: FileHandle): Promise<FileHandle | undefined> {
  const [now, known] = await Promise.all([unlessMissing(stat(path)), file.stat()]);
  return now && now.ino !== known.ino ? unlessMissing(open(path)) : undefined;
}
