import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { CronError, type CronFields, isTimeZone, parseCron } from "./cron.ts";

function fieldsOf(text: string): CronFields {
  const schedule = parseCron(text);
  assert.ok("fields" in schedule, text);
  return schedule.fields;
}
const valuesOf = (text: string): Record<string, number[] | "any"> =>
  Object.fromEntries(
    Object.entries(fieldsOf(text)).map(([name, { values, any }]) => [name, any ? "any" : [...values]]),
  );

test("the five fields", () => {
  const open = { minute: "any", hour: "any", dayOfMonth: "any", month: "any", dayOfWeek: "any" };
  const table: readonly [string, object][] = [
    ["* * * * *", open],
    ["? * ? * ?", open],
    ["5 * * * *", { ...open, minute: [5] }],
    ["  5\t4  * * * ", { ...open, minute: [5], hour: [4] }],
    ["*/20 * * * *", { ...open, minute: [0, 20, 40] }],
    ["*/1 * * * *", open],
    ["50/4 * * * *", { ...open, minute: [50, 54, 58] }],
    ["10-20/5,3 * * * *", { ...open, minute: [10, 15, 20, 3] }],
    ["0 0 1,15 * *", { minute: [0], hour: [0], dayOfMonth: [1, 15], month: "any", dayOfWeek: "any" }],
    ["* * * JAN-mar Sun", { ...open, month: [1, 2, 3], dayOfWeek: [0] }],
  ];
  for (const [text, expected] of table) assert.deepEqual(valuesOf(text), expected, text);
});

test("what every object inherits is no word", () => {
  assert.throws(() => parseCron("constructor"), CronError);
});

test("words stand for fields", () => {
  const table: readonly [string, string][] = [
    ["@yearly", "0 0 1 1 *"],
    ["@annually", "0 0 1 1 *"],
    ["@monthly", "0 0 1 * *"],
    ["@weekly", "0 0 * * 0"],
    ["@daily", "0 0 * * *"],
    ["@midnight", "0 0 * * *"],
    ["@hourly", "0 * * * *"],
  ];
  for (const [word, text] of table) assert.deepEqual(parseCron(word), parseCron(text), word);
});

test("intervals are whole seconds", () => {
  const table: readonly [string, number][] = [
    ["@every 1h30m", 5_400_000],
    ["@every 1.9s", 1000],
    ["@every 10ms", 1000],
  ];
  for (const [text, everyMs] of table) assert.deepEqual(parseCron(text), { everyMs }, text);
});

test("a time zone in the schedule", () => {
  const zoned = parseCron("TZ=Europe/Paris 0 4 * * *");
  assert.deepEqual(zoned, { ...parseCron("0 4 * * *"), timeZone: "Europe/Paris" });
  assert.equal(parseCron("CRON_TZ=UTC @daily").timeZone, "UTC");
  for (const name of ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
    assert.ok(isTimeZone(name), name);
  for (const name of ["", "Mars/Olympus", "+01:00", "europe/paris"]) assert.ok(!isTimeZone(name), name);
});

test("what is no schedule is refused in the words of Kubernetes", () => {
  const table: readonly [string, string][] = [
    ["", "empty spec string"],
    ["* * *", "expected exactly 5 fields, found 3: [* * *]"],
    ["* * * * * *", "expected exactly 5 fields, found 6: [* * * * * *]"],
    ["60 * * * *", "end of range (60) above maximum (59): 60"],
    ["* 24 * * *", "end of range (24) above maximum (23): 24"],
    ["* * 0 * *", "beginning of range (0) below minimum (1): 0"],
    ["* * * * 7", "end of range (7) above maximum (6): 7"],
    ["5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"],
    ["1-2-3 * * * *", "too many hyphens: 1-2-3"],
    ["*/0 * * * *", "step of range should be a positive number: */0"],
    ["*/2/3 * * * *", "too many slashes: */2/3"],
    ["a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ["1- * * * *", 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'],
    ["@often", "unrecognized descriptor: @often"],
    ["@every 1x", 'failed to parse duration @every 1x: time: unknown unit "x" in duration "1x"'],
    ["TZ=Mars/Olympus * * * * *", "provided bad location Mars/Olympus: unknown time zone Mars/Olympus"],
    ["TZ=UTC", "invalid schedule format: runtime error: slice bounds out of range [:-1]"],
  ];
  for (const [text, message] of table) assert.throws(() => parseCron(text), { message }, text);
});

test("laws: any text is a schedule or a CronError; values lie within their bounds", () => {
  const part = fc.constantFrom("*", "?", "0", "7", "12", "59", "-", "/", ",", "mon", "x", "");
  const field = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
  const limits: Readonly<Record<string, readonly [number, number]>> = {
    minute: [0, 59],
    hour: [0, 23],
    dayOfMonth: [1, 31],
    month: [1, 12],
    dayOfWeek: [0, 6],
  };
  fc.assert(
    fc.property(fc.array(field, { minLength: 5, maxLength: 5 }), (fields) => {
      try {
        for (const [name, { values }] of Object.entries(fieldsOf(fields.join(" ")))) {
          const [min, max] = limits[name]!;
          for (const value of values) assert.ok(value >= min && value <= max, `${name}: ${value}`);
        }
      } catch (error) {
        assert.ok(error instanceof CronError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
