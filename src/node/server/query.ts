// The queries of the node's streaming paths. Pure.
import type { StreamFlags } from "#streams/remote-command.ts";
import { nanosecondsOf } from "./logs/log-line.ts";
import type { LogOptions } from "./logs/log-selection.ts";

const isSet = (query: URLSearchParams, name: string): boolean => query.get(name) === "1" || query.get(name) === "true";

/** Undefined when no stream is asked for. */
export function streamFlags(query: URLSearchParams): StreamFlags | undefined {
  const tty = isSet(query, "tty");
  const flags = {
    stdin: isSet(query, "input"),
    stdout: isSet(query, "output"),
    stderr: isSet(query, "error") && !tty,
    tty,
  };
  return flags.stdin || flags.stdout || flags.stderr ? flags : undefined;
}

/** Ports of a port-forward over WebSocket channels; undefined when one is none. */
export function forwardedPorts(query: URLSearchParams): readonly number[] | undefined {
  const ports = query.getAll("port").flatMap((text) => text.split(",").map(Number));
  return ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535) ? ports : undefined;
}

/** Undefined when a value is malformed; the API server has told the client precisely before. */
export function logOptions(query: URLSearchParams, now: number): LogOptions | undefined {
  const number = (name: string, least: number): number | undefined => {
    const text = query.get(name);
    if (text === null) return undefined;
    return /^\d{1,15}$/.test(text) && Number(text) >= least ? Number(text) : Number.NaN;
  };
  const [tailLines, limitBytes, seconds] = [number("tailLines", 0), number("limitBytes", 1), number("sinceSeconds", 1)];
  if ([tailLines, limitBytes, seconds].some(Number.isNaN)) return undefined;
  const time = query.get("sinceTime");
  const since = time === null ? secondsAgo(seconds, now) : nanosecondsOf(time);
  if (time !== null && since === undefined) return undefined;
  const stream = query.get("stream") ?? "All";
  if (stream !== "All" && stream !== "Stdout" && stream !== "Stderr") return undefined;
  return {
    follow: isSet(query, "follow"),
    previous: isSet(query, "previous"),
    timestamps: isSet(query, "timestamps"),
    stream,
    ...(since === undefined ? {} : { since }),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  };
}
const secondsAgo = (seconds: number | undefined, now: number): bigint | undefined =>
  seconds === undefined ? undefined : BigInt(Math.floor(now - seconds * 1000)) * 1_000_000n;
