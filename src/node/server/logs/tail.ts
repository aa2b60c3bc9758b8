// Where the last lines of a log file begin, found by reading backwards, so that a short tail of a long log is cheap.
import type { FileHandle } from "node:fs/promises";
import { parseLogLine } from "./log-line.ts";
import type { LogOptions } from "./log-selection.ts";

const blockBytes = 64 * 1024;
const newlineByte = 0x0a;

/** Offset of the first byte of the last `lines` whole lines of `stream` among the file's first `size` bytes. */
export async function tailStart(
  file: Pick<FileHandle, "read">,
  size: number,
  lines: number,
  stream: LogOptions["stream"],
): Promise<number> {
  if (lines <= 0) return size;
  let count = 0;
  let carry: Buffer = Buffer.alloc(0);
  // What stands behind the last newline is not a whole line.
  let end = -1;
  for (let at = size; at > 0;) {
    const start = Math.max(0, at - blockBytes);
    const block = Buffer.alloc(at - start);
    const { bytesRead } = await file.read(block, 0, block.length, start);
    const bytes = Buffer.concat([block.subarray(0, bytesRead), carry]);
    if (end < 0) {
      const last = bytes.lastIndexOf(newlineByte);
      if (last < 0) {
        carry = start === 0 ? bytes : Buffer.alloc(0);
        at = start;
        continue;
      }
      end = start + last;
    }
    // Lines whose beginning lies in this block, from the last to the first; `end` is the newline of the line at hand.
    for (;;) {
      const before = end - start > 0 ? bytes.lastIndexOf(newlineByte, end - start - 1) : -1;
      if (before < 0 && start > 0) break;
      const line = bytes.subarray(before + 1, end - start);
      if (isCounted(line, stream) && ++count > lines) return end + 1;
      if (before < 0) return 0;
      end = start + before;
    }
    carry = bytes.subarray(0, end - start + 1);
    at = start;
  }
  return 0;
}

/** The entry that ends a line of the wanted stream. */
function isCounted(line: Buffer, stream: LogOptions["stream"]): boolean {
  const entry = parseLogLine(line);
  return entry !== undefined && !entry.partial && (stream === "All" || stream.toLowerCase() === entry.stream);
}
