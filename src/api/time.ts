// Times and durations in the texts that Go reads and writes: RFC 3339 in whole seconds (Time), with six decimals
// (MicroTime), durations ("1h2m3.5s"), and the short ages that kubectl prints.

/** The message is Go's. */
export class TimeError extends Error {}

const timeLayout = "2006-01-02T15:04:05Z07:00";
const microLayout = "2006-01-02T15:04:05.000000Z07:00";
const quote = (text: string): string => JSON.stringify(text);

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

interface Instant {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  readonly nanos: number;
}

/** One step of Go's layout: what it expects, as the layout shows it, and how much of the text it takes. */
const steps: readonly [layout: string, pattern: RegExp][] = [
  ["2006", /^\d{4}/],
  ["-", /^-/],
  ["01", /^\d\d/],
  ["-", /^-/],
  ["02", /^\d\d/],
  ["T", /^T/],
  ["15", /^\d\d?/],
  [":", /^:/],
  ["04", /^\d\d/],
  [":", /^:/],
  ["05", /^\d\d/],
];

function read(text: string, micro: boolean): Instant {
  const layout = micro ? microLayout : timeLayout;
  const fail = (rest: string, step: string): never => {
    throw new TimeError(
      `parsing time ${quote(text)} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(step)}`,
    );
  };
  const numbers: number[] = [];
  let rest = text;
  for (const [step, pattern] of steps) {
    const found = pattern.exec(rest)?.[0] ?? fail(rest, step);
    if (step.length > 1) numbers.push(Number(found));
    rest = rest.slice(found.length);
  }
  let fraction = "";
  if (micro) fraction = /^[.,]\d{6}/.exec(rest)?.[0] ?? fail(rest, ".000000");
  else fraction = /^[.,]\d+/.exec(rest)?.[0] ?? "";
  rest = rest.slice(fraction.length);
  const zone = /^(?:Z|[+-]\d\d:\d\d)/.exec(rest)?.[0] ?? fail(rest, "Z07:00");
  rest = rest.slice(zone.length);
  if (rest) throw new TimeError(`parsing time ${quote(text)}: extra text: ${quote(rest)}`);
  const nanos = Number(fraction.slice(1, 10).padEnd(9, "0"));
  return { seconds: toSeconds(text, numbers) - offsetSeconds(text, zone), nanos };
}

function toSeconds(text: string, numbers: readonly number[]): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  const check = (ok: boolean, what: string): void => {
    if (!ok) throw new TimeError(`parsing time ${quote(text)}: ${what} out of range`);
  };
  check(month >= 1 && month <= 12, "month");
  check(hour < 24, "hour");
  check(minute < 60, "minute");
  check(second < 60, "second");
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  check(day >= 1 && date.getUTCMonth() === month - 1, "day");
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}
function offsetSeconds(text: string, zone: string): number {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 24) throw new TimeError(`parsing time ${quote(text)}: time zone offset hour out of range`);
  if (minutes > 60) throw new TimeError(`parsing time ${quote(text)}: time zone offset minute out of range`);
  return (zone[0] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** "2026-01-02T03:04:05Z"; the fraction of a second is cut off. */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? `${date.toISOString().slice(0, 19)}Z` : "0001-01-01T00:00:00Z";
}
/** "2026-01-02T03:04:05.006007Z"; `micros` are those below the millisecond. */
export const formatMicroTime = (ms: number, micros = 0): string =>
  `${new Date(Math.floor(ms)).toISOString().slice(0, 23)}${pad(micros, 3)}Z`;

const canonical = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const canonicalMicro = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;
/** A Time as the server writes it: UTC, whole seconds. Throws TimeError. */
export const canonicalTime = (text: string): string =>
  canonical.test(text) ? text : formatTime(read(text, false).seconds * 1000);
/** A MicroTime as the server writes it: UTC, six decimals. Throws TimeError. */
export function canonicalMicroTime(text: string): string {
  if (canonicalMicro.test(text)) return text;
  const { seconds, nanos } = read(text, true);
  return `${formatTime(seconds * 1000).slice(0, -1)}.${pad(Math.floor(nanos / 1000), 6)}Z`;
}
/** Milliseconds since 1970 of a Time or MicroTime; throws TimeError. */
export function parseTime(text: string): number {
  if (canonical.test(text)) return Date.parse(text);
  const { seconds, nanos } = read(text, false);
  return seconds * 1000 + Math.floor(nanos / 1e6);
}
/** Whole seconds and nanoseconds of a Time or MicroTime, for the wire. */
export const parseInstant = (text: string): Instant => read(text, false);

const unitNanos: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
/** Milliseconds of a Go duration ("1h30m", "-1.5s"); throws TimeError. */
export function parseDuration(text: string): number {
  const body = text.replace(/^[+-]/, "");
  const sign = text.startsWith("-") ? -1 : 1;
  if (body === "0") return 0;
  if (!body) throw new TimeError(`time: invalid duration ${quote(text)}`);
  let nanos = 0;
  for (let rest = body; rest;) {
    const [all, number = "", unit = ""] = /^([0-9]*\.?[0-9]*)([^0-9.]*)/.exec(rest)!;
    if (number === "" || number === ".") throw new TimeError(`time: invalid duration ${quote(text)}`);
    if (!unit) throw new TimeError(`time: missing unit in duration ${quote(text)}`);
    const factor = unitNanos[unit];
    if (!factor) throw new TimeError(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    nanos += Number(number) * factor;
    rest = rest.slice(all.length);
  }
  if (nanos > 2 ** 63) throw new TimeError(`time: invalid duration ${quote(text)}`);
  return (sign * nanos) / 1e6;
}
/** A duration as Go prints it: "1h0m5s", "1.5s", "250ms", "0s". */
export function formatDuration(ms: number): string {
  const nanos = Math.round(Math.abs(ms) * 1e6);
  const sign = ms < 0 && nanos > 0 ? "-" : "";
  if (nanos === 0) return "0s";
  if (nanos < 1e3) return `${sign}${nanos}ns`;
  if (nanos < 1e6) return `${sign}${nanos / 1e3}µs`;
  if (nanos < 1e9) return `${sign}${nanos / 1e6}ms`;
  const total = Math.floor(nanos / 1e9);
  const fraction = pad(nanos % 1e9, 9).replace(/0+$/, "");
  const seconds = `${total % 60}${fraction ? `.${fraction}` : ""}s`;
  const minutes = Math.floor(total / 60);
  if (minutes === 0) return `${sign}${seconds}`;
  return minutes < 60
    ? `${sign}${minutes}m${seconds}`
    : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

/** An age as kubectl prints it: about three figures. Up to two seconds in the future still count as now. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const two = (major: number, majorUnit: string, minor: number, minorUnit: string): string =>
    minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${minor}${minorUnit}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return two(days, "d", hours % 24, "h");
  if (days < 730) return `${days}d`;
  if (days < 365 * 8) return two(Math.floor(days / 365), "y", days % 365, "d");
  return `${Math.floor(days / 365)}y`;
}
