// Dates and lengths of time as texts.
import { parseDuration } from "#api/time.ts";

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (monthDays[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
const clockTime = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/;
export function isDateTime(given: string): boolean {
  const [date = "", time] = given.toLowerCase().split("t");
  if (given.length < 4 || time === undefined || !isDate(date)) return false;
  const match = clockTime.exec(time);
  return match !== null && match[1]! <= "23" && match[2]! <= "59" && match[3]! <= "59";
}

const exactUnits = ["ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"];
/** The long names, which may go on ("seconds"). */
const unitStems = ["nano", "micro", "milli", "sec", "min", "hour", "day", "week"];
/** "1h30m" as Go writes it, or numbers with units in words ("3 seconds"). */
export function isDurationText(text: string): boolean {
  if (isGoDuration(text)) return true;
  const parts = [...text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)];
  return parts.some(([, , unit = ""]) => {
    const name = unit.toLowerCase();
    return exactUnits.includes(name) || unitStems.some((stem) => name.startsWith(stem));
  });
}
function isGoDuration(text: string): boolean {
  try {
    parseDuration(text);
    return true;
  } catch {
    return false; // It is what was asked.
  }
}
