// Timestamps and durations: reading and printing as Go does, arithmetic with overflow, and calendar fields in a time zone.
import { TimeError, parseInstant } from "#api/time.ts";
import { fail } from "./failure.ts";
import { plainDigits } from "./number.ts";
import { Duration, Timestamp } from "./value.ts";

const minSeconds = -62135596800;
const maxSeconds = 253402300799;
const second = 1_000_000_000n;

/** Fails outside the years 1 to 9999. */
export function timestampOf(seconds: number, nanos: number, offset = 0): Timestamp {
  if (seconds < minSeconds || seconds > maxSeconds) fail("timestamp overflow");
  return new Timestamp(seconds, nanos, offset);
}
const durationOf = (nanos: bigint): Duration =>
  nanos >= -(1n << 63n) && nanos < 1n << 63n ? new Duration(nanos) : fail("integer overflow");

/** Undefined where the text is no RFC 3339 time. */
export function readTimestamp(text: string): Timestamp | undefined {
  try {
    const { seconds, nanos } = parseInstant(text);
    const zone = /([+-])(\d\d):(\d\d)$/.exec(text);
    const offset = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 3600 + Number(zone[3]) * 60) : 0;
    return timestampOf(seconds, nanos, offset);
  } catch (error) {
    if (error instanceof TimeError) return undefined;
    throw error;
  }
}
const dateOf = ({ seconds }: Timestamp, offset: number): Date => new Date((seconds + offset) * 1000);
const fraction = (nanos: number): string => (nanos ? `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}` : "");
const two = (value: number): string => String(value).padStart(2, "0");
/** RFC 3339 with as many decimals as are needed, in the zone it was written in. */
export function timestampText(time: Timestamp): string {
  const minutes = Math.abs(time.offset) / 60;
  const zone = time.offset
    ? `${time.offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`
    : "Z";
  return `${dateOf(time, time.offset).toISOString().slice(0, 19)}${fraction(time.nanos)}${zone}`;
}

const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
};
/** A duration as Go writes it ("1h30m", "-1.5s"); undefined where the text is none or lies beyond 2^63 nanoseconds. */
export function readDuration(text: string): Duration | undefined {
  const sign = text.startsWith("-") ? -1n : 1n;
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return new Duration(0n);
  if (!/^(?:[0-9]+\.?[0-9]*(?:ns|us|µs|μs|ms|s|m|h)|\.[0-9]+(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  if (body.length > 200) return undefined;
  let nanos = 0n;
  for (const [, whole = "", part = "", unit = ""] of body.matchAll(/([0-9]*)(?:\.([0-9]*))?([a-zµμ]+)/g)) {
    const scale = unitNanos[unit]!;
    nanos += BigInt(whole || "0") * scale;
    if (part) nanos += (BigInt(part) * scale) / 10n ** BigInt(part.length);
  }
  nanos *= sign;
  return nanos >= -(1n << 63n) && nanos < 1n << 63n ? new Duration(nanos) : undefined;
}
const wordUnits: readonly [RegExp, bigint][] = [
  [/^(?:ns$|nano)/, 1n],
  [/^(?:us$|µs$|micro)/, 1_000n],
  [/^(?:ms$|milli)/, 1_000_000n],
  [/^(?:s$|sec)/, second],
  [/^(?:m$|min)/, 60n * second],
  [/^(?:h$|hr$|hour)/, 3600n * second],
  [/^(?:d$|day)/, 86400n * second],
  [/^(?:w$|wk$|week)/, 604800n * second],
];
/** As data of the format "duration" may write it, with units in words as well ("3 days"). */
export function readLooseDuration(text: string): Duration | undefined {
  const exact = readDuration(text);
  if (exact) return exact;
  let nanos: bigint | undefined;
  for (const [, count = "", word = ""] of text.matchAll(/(\d{1,18})\s*([A-Za-zµ]+)/g)) {
    const unit = wordUnits.find(([pattern]) => pattern.test(word.toLowerCase()))?.[1];
    if (unit !== undefined) nanos = BigInt.asIntN(64, (nanos ?? 0n) + BigInt(count) * unit);
  }
  return nanos === undefined ? undefined : new Duration(nanos);
}
/** Seconds as a double, as Go computes it: whole seconds and the rest apart. */
export const durationSeconds = ({ nanos }: Duration): number =>
  Number(nanos / second) + Number(nanos % second) / 1_000_000_000;
export const durationText = (duration: Duration): string => `${plainDigits(durationSeconds(duration))}s`;

const nanosOf = (time: Timestamp): bigint => BigInt(time.seconds) * second + BigInt(time.nanos);
export function addTime(time: Timestamp, { nanos }: Duration): Timestamp {
  const total = nanosOf(time) + nanos;
  let rest = total % second;
  if (rest < 0n) rest += second;
  return timestampOf(Number((total - rest) / second), Number(rest), time.offset);
}
export const subtractTimes = (a: Timestamp, b: Timestamp): Duration => durationOf(nanosOf(a) - nanosOf(b));
export const addDurations = (a: Duration, b: Duration): Duration => durationOf(a.nanos + b.nanos);
export const subtractDurations = (a: Duration, b: Duration): Duration => durationOf(a.nanos - b.nanos);
export const compareTimes = (a: Timestamp, b: Timestamp): number => a.seconds - b.seconds || a.nanos - b.nanos;

/** Calendar fields as functions of the time's UTC date shifted into the zone. */
export const calendar: Readonly<Record<string, (date: Date, time: Timestamp) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDayOfYear: (date) => {
    const start = new Date(date);
    start.setUTCMonth(0, 1);
    return Math.round((date.getTime() - start.getTime()) / 86_400_000);
  },
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDate: (date) => date.getUTCDate(),
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (_, time) => Math.floor(time.nanos / 1_000_000),
};
/** `zone` is a name of the zone database or an offset ("-08:30"); UTC without one. */
export const dateIn = (time: Timestamp, zone?: string): Date => dateOf(time, zone ? offsetIn(time, zone) : 0);

function offsetIn(time: Timestamp, zone: string): number {
  const colon = zone.indexOf(":");
  if (colon < 0) return namedOffset(time, zone);
  const hours = wholeNumber(zone.slice(0, colon));
  const minutes = wholeNumber(zone.slice(colon + 1));
  return (zone.startsWith("-") ? hours * 60 - minutes : hours * 60 + minutes) * 60;
}
const wholeNumber = (text: string): number =>
  /^[+-]?\d{1,9}$/.test(text) ? Number(text) : fail(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);

const zones = new Map<string, Intl.DateTimeFormat>();
const zoneLimit = 512;
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = zones.get(zone);
  if (known) return known;
  try {
    const numeric = { year: "numeric", month: "numeric", day: "numeric" } as const;
    const clock = { hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" } as const;
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, era: "short", ...numeric, ...clock });
    if (zones.size >= zoneLimit) zones.clear();
    zones.set(zone, format);
    return format;
  } catch (error) {
    if (error instanceof RangeError) return fail(`unknown time zone ${zone}`);
    throw error;
  }
}
function namedOffset(time: Timestamp, zone: string): number {
  if (zone === "UTC" || zone === "Local") return 0;
  const parts = new Map(
    formatOf(zone)
      .formatToParts(new Date(time.seconds * 1000))
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
  const local = new Date(0);
  local.setUTCFullYear(parts.get("era") === "BC" ? 1 - part("year") : part("year"), part("month") - 1, part("day"));
  local.setUTCHours(part("hour"), part("minute"), part("second"));
  return local.getTime() / 1000 - time.seconds;
}
