// One line of a container's log file as the runtime writes it: time, stream, tag and text, with a blank between. Pure.
// The text is bytes: it need not be UTF-8.

export interface LogEntry {
  /** As written, RFC 3339 with up to nine decimals. */
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  /** More of the same line follows in a later entry of the same stream. */
  readonly partial: boolean;
  readonly text: Uint8Array;
}

const blank = 0x20;
const partialTag = 0x50; // "P"; the tag may have more parts after a colon

/** `line` comes without its newline. Undefined when it is not a log line. */
export function parseLogLine(line: Buffer): LogEntry | undefined {
  const afterTime = line.indexOf(blank);
  const afterStream = line.indexOf(blank, afterTime + 1);
  if (afterTime <= 0 || afterStream < 0) return undefined;
  const stream = line.toString("latin1", afterTime + 1, afterStream);
  if (stream !== "stdout" && stream !== "stderr") return undefined;
  const afterTag = line.indexOf(blank, afterStream + 1);
  const tagEnd = afterTag < 0 ? line.length : afterTag;
  if (tagEnd === afterStream + 1) return undefined;
  return {
    time: line.toString("latin1", 0, afterTime),
    stream,
    partial: line[afterStream + 1] === partialTag,
    text: line.subarray(Math.min(tagEnd + 1, line.length)),
  };
}

/** Nine decimals always, as clients of the log API see it; the text itself when it is no such time. */
export function fixedTime(time: string): string {
  const [, seconds, decimals = "", zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  return seconds === undefined ? time : `${seconds}.${decimals.padEnd(9, "0")}${zone}`;
}

/** Nanoseconds since the epoch; undefined for what is no time. */
export function nanosecondsOf(time: string): bigint | undefined {
  const [, seconds, decimals = "", zone] = /^(.{19})(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(decimals.padEnd(9, "0"));
}
