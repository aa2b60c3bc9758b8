import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fixedTime, nanosecondsOf, parseLogLine } from "./log-line.ts";
import { LogSelection, type LogOptions } from "./log-selection.ts";

const options: LogOptions = { follow: false, previous: false, timestamps: false, stream: "All" };
const t = (second: number): string => `2026-01-01T00:00:0${second}.5Z`;
const log = [
  `${t(1)} stdout F one`,
  `${t(2)} stderr F two`,
  `${t(3)} stdout P thr`,
  `${t(4)} stderr F four`,
  `${t(5)} stdout P e`,
  `${t(6)} stdout F e`,
  `${t(7)} stdout F `,
  `${t(8)} stdout P never ends`,
];
function select(change: Partial<LogOptions>, lines: readonly string[] = log): string {
  const selection = new LogSelection({ ...options, ...change });
  const out: Uint8Array[] = [];
  for (const line of lines) {
    if (selection.isFull) break;
    out.push(selection.take(Buffer.from(line)));
  }
  return Buffer.concat([...out, selection.rest()]).toString();
}

const selections: [what: string, change: Partial<LogOptions>, want: string][] = [
  ["everything, with partial entries joined", {}, "one\ntwo\nfour\nthree\n\nnever ends"],
  ["standard output", { stream: "Stdout" }, "one\nthree\n\nnever ends"],
  ["standard error", { stream: "Stderr" }, "two\nfour\n"],
  ["from a time on", { since: nanosecondsOf(t(4))! }, "four\nee\n\nnever ends"],
  [
    "with time stamps of the first part",
    { stream: "Stdout", timestamps: true, limitBytes: 68 },
    "2026-01-01T00:00:01.500000000Z one\n2026-01-01T00:00:03.500000000Z th",
  ],
  ["a number of bytes", { limitBytes: 6 }, "one\ntw"],
];
for (const [what, change, want] of selections) test(`selects ${what}`, () => assert.equal(select(change), want));

test("a line too long to hold comes in pieces, without loss", () => {
  const part = "x".repeat(100_000);
  const lines = [..."PPPP"].map(() => `${t(1)} stdout P ${part}`);
  assert.equal(select({}, [...lines, `${t(1)} stdout F end`]), `${part.repeat(4)}end\n`);
});

test("whatever bytes a container writes come out again", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 50 }).filter((b) => !b.includes(10)),
      (bytes) => {
        const entry = parseLogLine(Buffer.concat([Buffer.from(`${t(1)} stderr F `), bytes]))!;
        assert.deepEqual(Buffer.from(entry.text), Buffer.from(bytes));
        assert.deepEqual([entry.time, entry.stream, entry.partial], [t(1), "stderr", false]);
      },
    ),
  );
});

const lines: [line: string, text: string | undefined, partial?: boolean][] = [
  ["2026-01-01T00:00:00Z stdout F a b", "a b", false],
  ["2026-01-01T00:00:00Z stdout P a", "a", true],
  ["2026-01-01T00:00:00Z stdout P:x a", "a", true],
  ["2026-01-01T00:00:00Z stdout F", "", false],
  ["2026-01-01T00:00:00Z stdin F a", undefined],
  ["", undefined],
  ["nonsense", undefined],
  ["2026-01-01T00:00:00Z stdout ", undefined],
];
for (const [line, text, partial] of lines)
  test(`reads ${JSON.stringify(line)}`, () => {
    const entry = parseLogLine(Buffer.from(line));
    assert.equal(entry && Buffer.from(entry.text).toString(), text);
    if (entry) assert.equal(entry.partial, partial);
  });

const times: [time: string, fixed: string, nanoseconds: bigint | undefined][] = [
  ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000000Z", 1_767_225_600_000_000_000n],
  ["2026-01-01T00:00:00.12Z", "2026-01-01T00:00:00.120000000Z", 1_767_225_600_120_000_000n],
  ["2026-01-01T02:00:00.123456789+02:00", "2026-01-01T02:00:00.123456789+02:00", 1_767_225_600_123_456_789n],
  ["yesterday", "yesterday", undefined],
];
for (const [time, fixed, nanoseconds] of times)
  test(`time ${time}`, () => assert.deepEqual([fixedTime(time), nanosecondsOf(time)], [fixed, nanoseconds]));
