import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { LogOptions } from "./log-selection.ts";
import { readLog } from "./read-log.ts";
import { tailStart } from "./tail.ts";

const plain: LogOptions = { follow: false, previous: false, timestamps: false, stream: "All" };
const line = (text: string, stream = "stdout", tag = "F"): string => `2026-01-01T00:00:00Z ${stream} ${tag} ${text}\n`;
const { signal } = new AbortController();

function logFile(content: string): Disposable & { path: string; dir: string } {
  const dir = mkdtempSync(join(tmpdir(), "log-"));
  const path = join(dir, "0.log");
  writeFileSync(path, content);
  return { path, dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}
async function read(path: string, options: Partial<LogOptions>): Promise<string> {
  const out: Uint8Array[] = [];
  for await (const bytes of readLog(
    { path, options: { ...plain, ...options }, ended: () => Promise.resolve() },
    signal,
  ))
    out.push(bytes);
  return Buffer.concat(out).toString();
}

const numbered = (n: number, from = 1): string =>
  Array.from({ length: n }, (_, i) => line(`line ${i + from}`)).join("");
const texts = (n: number, from = 1): string => Array.from({ length: n }, (_, i) => `line ${i + from}\n`).join("");

const tails: [what: string, content: string, options: Partial<LogOptions>, want: string][] = [
  ["all", numbered(3), {}, texts(3)],
  ["none", numbered(3), { tailLines: 0 }, ""],
  ["the last two", numbered(5), { tailLines: 2 }, texts(2, 4)],
  ["more than there are", numbered(2), { tailLines: 9 }, texts(2)],
  ["the last of many blocks", numbered(20_000), { tailLines: 10_000 }, texts(10_000, 10_001)],
  ["an empty file", "", { tailLines: 1 }, ""],
  [
    "of one stream",
    line("a", "stderr") + numbered(2) + line("b", "stderr"),
    { tailLines: 2, stream: "Stderr" },
    "a\nb\n",
  ],
  ["a line in parts counts once", line("x") + line("a", "stdout", "P") + line("b"), { tailLines: 1 }, "ab\n"],
  ["a line longer than a block", line("x") + line("y".repeat(200_000)), { tailLines: 1 }, `${"y".repeat(200_000)}\n`],
  ["an unfinished line is not counted", `${numbered(2)}2026-01-01T`, { tailLines: 1 }, "line 2\n"],
  ["what is no log line is left out", `${numbered(1)}rubbish\n`, {}, "line 1\n"],
];
for (const [what, content, options, want] of tails)
  test(`reads ${what}`, async () => {
    using file = logFile(content);
    assert.equal(await read(file.path, options), want);
  });

test("the tail is what is left after dropping lines from the front", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom("stdout", "stderr"), fc.string({ maxLength: 9 })), { maxLength: 30 }),
      fc.nat(35),
      async (entries, n) => {
        const lines = entries.map(([stream, text]) => line(text.replaceAll(/\s/g, "_"), stream));
        const bytes = Buffer.from(lines.join(""));
        const file = {
          read: async (into: Buffer, at: number, length: number, from: number) => ({
            bytesRead: bytes.copy(into, at, from, from + length),
            buffer: into,
          }),
        } as unknown as Parameters<typeof tailStart>[0];
        const start = await tailStart(file, bytes.length, n, "All");
        assert.equal(bytes.subarray(start).toString(), lines.slice(Math.max(0, lines.length - n)).join(""));
      },
    ),
  );
});

interface Following {
  /** Waits until this text has come in all. */
  has(text: string): Promise<void>;
  readonly done: Promise<void>;
}
function follow(path: string, ended: Promise<void>, options: Partial<LogOptions> = {}, stop = signal): Following {
  let got = "";
  let wake = (): void => undefined;
  const done = (async () => {
    const request = { path, options: { ...plain, follow: true, ...options }, ended: () => ended };
    for await (const bytes of readLog(request, stop)) {
      got += Buffer.from(bytes).toString();
      wake();
    }
  })();
  return {
    done,
    async has(text) {
      while (got !== text) {
        assert.ok(text.startsWith(got), `${JSON.stringify(got)} instead of ${JSON.stringify(text)}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

test("follows what is appended until the container has ended", async () => {
  using file = logFile(line("a"));
  const ended = Promise.withResolvers<void>();
  const following = follow(file.path, ended.promise);
  await following.has("a\n");
  appendFileSync(file.path, line("b"));
  await following.has("a\nb\n");
  appendFileSync(file.path, line("c").slice(0, 30));
  appendFileSync(file.path, line("c").slice(30));
  await following.has("a\nb\nc\n");
  appendFileSync(file.path, line("last"));
  ended.resolve();
  await following.done;
  await following.has("a\nb\nc\nlast\n");
});

test("follows over a rotation without losing a line", async () => {
  using file = logFile(line("a"));
  const ended = Promise.withResolvers<void>();
  const following = follow(file.path, ended.promise);
  await following.has("a\n");
  appendFileSync(file.path, line("before"));
  renameSync(file.path, `${file.path}.1`);
  appendFileSync(`${file.path}.1`, line("late"));
  writeFileSync(file.path, line("after"));
  await following.has("a\nbefore\nlate\nafter\n");
  ended.resolve();
  await following.done;
});

test("waits for a file that is not there yet", async () => {
  using file = logFile("");
  rmSync(file.path);
  const ended = Promise.withResolvers<void>();
  const following = follow(file.path, ended.promise);
  writeFileSync(file.path, line("first"));
  await following.has("first\n");
  ended.resolve();
  await following.done;
});

test("following ends with the signal, and when enough bytes were given", async () => {
  using file = logFile(numbered(3));
  const stop = new AbortController();
  const following = follow(file.path, new Promise(() => undefined), {}, stop.signal);
  await following.has(texts(3));
  stop.abort();
  await following.done;
  const limited = follow(file.path, new Promise(() => undefined), { limitBytes: 8 });
  await limited.done;
  await limited.has("line 1\nl");
});
