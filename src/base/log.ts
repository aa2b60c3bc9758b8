// Structured logging: a constant message and fields, one JSON object a line.
import type { Clock } from "#base/clock.ts";

export type Level = "debug" | "info" | "warn" | "error";
export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A log that adds these fields to every line. */
  with(fields: Fields): Log;
}

const levels: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 };

function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const cause = value.cause === undefined ? {} : { cause: plain(value.cause) };
  return { message: value.message, stack: value.stack?.split("\n").slice(1, 8).join("\n"), ...cause };
}

/** `write` receives whole lines, without the newline. */
export function createLog(options: {
  clock: Clock;
  level?: Level;
  write: (line: string) => void;
  fields?: Fields;
}): Log {
  const least = levels[options.level ?? "info"];
  const emit = (level: Level) => (message: string, fields?: Fields) => {
    if (levels[level] < least) return;
    const line: Record<string, unknown> = { time: new Date(options.clock.now()).toISOString(), level, message };
    for (const [k, v] of Object.entries({ ...options.fields, ...fields })) line[k] = plain(v);
    options.write(JSON.stringify(line));
  };
  return {
    debug: emit("debug"),
    info: emit("info"),
    warn: emit("warn"),
    error: emit("error"),
    with: (fields) => createLog({ ...options, fields: { ...options.fields, ...fields } }),
  };
}

const nothing = (): void => undefined;
/** Discards everything. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, with: () => silentLog };
