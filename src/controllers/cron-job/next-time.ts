// When a schedule next falls due. Time is walked forward on the wall clock of the schedule's zone, in as large steps as
// the fields allow; hours that a change of the clock leaves out do not come.
import type { CronFields, CronSchedule } from "#api/batch/cron.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A schedule such as 30 February never falls due. */
const longestSearchYears = 5;

interface Wall {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}
type Clock = (at: number) => Wall;

function utc(at: number): Wall {
  const d = new Date(at);
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    weekday: d.getUTCDay(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
  };
}
function wallClock(timeZone: string | undefined): Clock {
  if (!timeZone || timeZone === "UTC" || timeZone === "Etc/UTC") return utc;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, Number(p.value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return { year, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
  };
}

/** The first time after `after`, in milliseconds since 1970; undefined when there is none within five years. */
export function nextTime(schedule: CronSchedule, after: number, timeZone = schedule.timeZone): number | undefined {
  if ("everyMs" in schedule) return Math.floor(after / 1000) * 1000 + schedule.everyMs;
  const clock = wallClock(timeZone === "Local" ? undefined : timeZone);
  const { fields } = schedule;
  let at = (Math.floor(after / minuteMs) + 1) * minuteMs;
  const last = clock(at).year + longestSearchYears;
  for (;;) {
    const wall = clock(at);
    if (wall.year > last) return undefined;
    if (!fields.month.values.has(wall.month)) at = startOfMonth(clock, at, wall);
    else if (!dayMatches(fields, wall)) at = startOfDay(clock, at + dayMs, wall);
    else if (!fields.hour.values.has(wall.hour)) at += hourMs - wall.minute * minuteMs;
    else if (!fields.minute.values.has(wall.minute)) at += minuteMs;
    else return at;
  }
}
/** A day of the month and a day of the week are alternatives, unless one of them is any. */
function dayMatches({ dayOfMonth, dayOfWeek }: CronFields, wall: Wall): boolean {
  const [month, week] = [dayOfMonth.values.has(wall.day), dayOfWeek.values.has(wall.weekday)];
  return dayOfMonth.any || dayOfWeek.any ? month && week : month || week;
}
/** Midnight of the day after `before`'s, near `at`: a change of the clock may have moved it by some hours. */
function startOfDay(clock: Clock, at: number, before: Wall): number {
  let wall = clock(at);
  let start = at - wall.hour * hourMs - wall.minute * minuteMs;
  wall = clock(start);
  if (wall.hour >= 12) start += (24 - wall.hour) * hourMs - wall.minute * minuteMs;
  else start -= wall.hour * hourMs + wall.minute * minuteMs;
  // Where midnight itself is left out, the day begins later.
  while (clock(start).day === before.day && clock(start).month === before.month) start += hourMs;
  return start;
}
function startOfMonth(clock: Clock, at: number, wall: Wall): number {
  const days = new Date(Date.UTC(wall.year, wall.month, 0)).getUTCDate() - wall.day;
  const lastDay = days > 0 ? at + days * dayMs : at;
  return startOfDay(clock, lastDay + dayMs, clock(lastDay));
}
