import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import * as t from "./time.ts";

test("times are brought to UTC and whole seconds, micro times to six decimals", () => {
  assert.equal(t.canonicalTime("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05Z");
  assert.equal(t.canonicalTime("2026-01-02T03:04:05.999Z"), "2026-01-02T03:04:05Z");
  assert.equal(t.canonicalTime("2026-01-02T03:04:05+02:30"), "2026-01-02T00:34:05Z");
  assert.equal(t.canonicalTime("2024-02-29T23:59:59-01:00"), "2024-03-01T00:59:59Z");
  assert.equal(t.canonicalMicroTime("2026-01-02T03:04:05.123456+01:00"), "2026-01-02T02:04:05.123456Z");
  assert.equal(t.formatTime(1767323045999), "2026-01-02T03:04:05Z");
  assert.equal(t.formatMicroTime(1767323045006, 7), "2026-01-02T03:04:05.006007Z");
  assert.equal(t.parseTime("2026-01-02T03:04:05.5Z"), 1767323045500);
  assert.deepEqual(t.parseInstant("1970-01-01T00:00:01.000002Z"), { seconds: 1, nanos: 2000 });
});

test("what is no time is refused in Go's words", () => {
  const layout = '"2006-01-02T15:04:05Z07:00"';
  const table: readonly [string, string][] = [
    ["foo", `parsing time "foo" as ${layout}: cannot parse "foo" as "2006"`],
    ["2026-1-02", `parsing time "2026-1-02" as ${layout}: cannot parse "1-02" as "01"`],
    ["2026-01-02", `parsing time "2026-01-02" as ${layout}: cannot parse "" as "T"`],
    ["2026-01-02T03:04:05", `parsing time "2026-01-02T03:04:05" as ${layout}: cannot parse "" as "Z07:00"`],
    ["2026-13-02T03:04:05Z", 'parsing time "2026-13-02T03:04:05Z": month out of range'],
    ["2026-02-29T03:04:05Z", 'parsing time "2026-02-29T03:04:05Z": day out of range'],
    ["2026-02-28T24:04:05Z", 'parsing time "2026-02-28T24:04:05Z": hour out of range'],
    ["2026-02-28T03:04:05Zx", 'parsing time "2026-02-28T03:04:05Zx": extra text: "x"'],
  ];
  for (const [text, message] of table) assert.throws(() => t.canonicalTime(text), { message });
  assert.throws(() => t.canonicalMicroTime("2026-01-02T03:04:05Z"), /cannot parse "Z" as ".000000"/);
});

test("durations in Go's form", () => {
  const table: readonly [string, number, string][] = [
    ["0", 0, "0s"],
    ["1h30m", 5_400_000, "1h30m0s"],
    ["1.5s", 1500, "1.5s"],
    ["-250ms", -250, "-250ms"],
    ["90s", 90_000, "1m30s"],
    ["100h", 360_000_000, "100h0m0s"],
    ["1us", 0.001, "1µs"],
    ["2m3.004s", 123_004, "2m3.004s"],
  ];
  for (const [text, ms, printed] of table) {
    assert.equal(t.parseDuration(text), ms);
    assert.equal(t.formatDuration(ms), printed);
  }
  assert.throws(() => t.parseDuration("5"), { message: 'time: missing unit in duration "5"' });
  assert.throws(() => t.parseDuration("5x"), { message: 'time: unknown unit "x" in duration "5x"' });
  for (const text of ["", "-", "s", ".s"]) {
    assert.throws(() => t.parseDuration(text), { message: `time: invalid duration ${JSON.stringify(text)}` });
  }
});

test("ages as kubectl prints them", () => {
  const [s, m, h, d] = [1000, 60_000, 3_600_000, 86_400_000];
  const table: readonly [number, string][] = [
    [-3 * s, "<invalid>"],
    [-1.5 * s, "0s"],
    [5.9 * s, "5s"],
    [119 * s, "119s"],
    [2 * m, "2m"],
    [3 * m + 2 * s, "3m2s"],
    [10 * m + 30 * s, "10m"],
    [179 * m, "179m"],
    [3 * h, "3h"],
    [7 * h + 59 * m, "7h59m"],
    [47 * h, "47h"],
    [2 * d + 3 * h, "2d3h"],
    [7 * d, "7d"],
    [45 * d, "45d"],
    [729 * d, "729d"],
    [740 * d, "2y10d"],
    [3 * 365 * d, "3y"],
    [9 * 365 * d + 5 * d, "9y"],
  ];
  for (const [ms, text] of table) assert.equal(t.humanDuration(ms), text);
});

test("laws: a printed time reads back, in any zone", () => {
  const ms = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 0, 1) });
  fc.assert(
    fc.property(ms, fc.integer({ min: -12, max: 12 }), (at, zone) => {
      const seconds = Math.floor(at / 1000) * 1000;
      assert.equal(t.parseTime(t.formatTime(at)), seconds);
      const shifted = t.formatTime(at + zone * 3_600_000).slice(0, -1);
      const offset = `${zone < 0 ? "-" : "+"}${String(Math.abs(zone)).padStart(2, "0")}:00`;
      assert.equal(t.canonicalTime(shifted + offset), t.formatTime(at));
    }),
  );
});
