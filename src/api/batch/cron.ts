// The schedule of a CronJob: five fields (minute, hour, day of month, month, day of week), a word such as @daily, or
// @every with a duration. The texts of the errors are those of the parser that Kubernetes uses.
import { member } from "#api/json.ts";
import { parseDuration, TimeError } from "#api/time.ts";

/** A field that stands for every value; the days of month and week count together unless one of them is so. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  readonly any: boolean;
}
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  /** 0 is Sunday. */
  readonly dayOfWeek: CronField;
}
export type CronSchedule = ({ readonly fields: CronFields } | { readonly everyMs: number }) & {
  /** Written into the schedule of old: TZ=Europe/Paris 0 4 * * *. */
  readonly timeZone?: string;
};
export class CronError extends Error {}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}
const bounds = {
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: {
    min: 1,
    max: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  dayOfWeek: { min: 0, max: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
} satisfies Record<keyof CronFields, Bounds>;
const words: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Throws CronError. */
export function parseCron(text: string): CronSchedule {
  if (text === "") throw new CronError("empty spec string");
  const zoned = /^(?:CRON_)?TZ=/.exec(text);
  if (!zoned) return parseTimes(text);
  const space = text.indexOf(" ");
  if (space < 0) throw new CronError("invalid schedule format: runtime error: slice bounds out of range [:-1]");
  const timeZone = text.slice(zoned[0].length, space);
  if (!isTimeZone(timeZone) && timeZone !== "" && timeZone !== "Local")
    throw new CronError(`provided bad location ${timeZone}: unknown time zone ${timeZone}`);
  return { ...parseTimes(text.slice(space).trim()), timeZone };
}
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function parseTimes(text: string): CronSchedule {
  if (text.startsWith("@every ")) return { everyMs: everyMs(text) };
  const word = member(words, text);
  if (text.startsWith("@") && word === undefined) throw new CronError(`unrecognized descriptor: ${text}`);
  const given = (word ?? text).split(/\s+/).filter(Boolean);
  if (given.length !== 5) throw new CronError(`expected exactly 5 fields, found ${given.length}: [${given.join(" ")}]`);
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = given;
  return {
    fields: {
      minute: parseField(minute, bounds.minute),
      hour: parseField(hour, bounds.hour),
      dayOfMonth: parseField(dayOfMonth, bounds.dayOfMonth),
      month: parseField(month, bounds.month),
      dayOfWeek: parseField(dayOfWeek, bounds.dayOfWeek),
    },
  };
}
/** Whole seconds, at least one. */
function everyMs(text: string): number {
  try {
    return Math.max(1, Math.floor(parseDuration(text.slice("@every ".length)) / 1000)) * 1000;
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    throw new CronError(`failed to parse duration ${text}: ${error.message}`);
  }
}

function parseField(text: string, limits: Bounds): CronField {
  const values = new Set<number>();
  let any = false;
  for (const part of text.split(",").filter(Boolean)) {
    const range = parseRange(part, limits);
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
    any ||= range.any;
  }
  return { values, any };
}
interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly any: boolean;
}
function parseRange(text: string, limits: Bounds): Range {
  const [span = "", stepText, ...moreSteps] = text.split("/");
  const { from, to, any, single } = parseSpan(span, text, limits);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (moreSteps.length > 0) throw new CronError(`too many slashes: ${text}`);
  const end = stepText !== undefined && single ? limits.max : to;
  if (from < limits.min) throw new CronError(`beginning of range (${from}) below minimum (${limits.min}): ${text}`);
  if (end > limits.max) throw new CronError(`end of range (${end}) above maximum (${limits.max}): ${text}`);
  if (from > end) throw new CronError(`beginning of range (${from}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`);
  return { from, to: end, step, any: any && step === 1 };
}
function parseSpan(
  span: string,
  text: string,
  limits: Bounds,
): { from: number; to: number; any: boolean; single: boolean } {
  const ends = span.split("-");
  const single = ends.length === 1;
  if (ends[0] === "*" || ends[0] === "?") return { from: limits.min, to: limits.max, any: true, single };
  const valueOf = (name: string): number => {
    const index = limits.names?.indexOf(name.toLowerCase()) ?? -1;
    return index < 0 ? parseNumber(name) : index + limits.min;
  };
  const from = valueOf(ends[0]!);
  if (ends.length > 2) throw new CronError(`too many hyphens: ${text}`);
  return { from, to: single ? from : valueOf(ends[1]!), any: false, single };
}
function parseNumber(text: string): number {
  const shown = JSON.stringify(text);
  if (!/^[+-]?\d+$/.test(text))
    throw new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing ${shown}: invalid syntax`);
  const number = Number(text);
  if (!Number.isSafeInteger(number))
    throw new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing ${shown}: value out of range`);
  if (number < 0) throw new CronError(`negative number (${number}) not allowed: ${text}`);
  return number;
}
