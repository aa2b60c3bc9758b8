import assert from "node:assert/strict";
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { lastLines, planRotation, rotate } from "./log-files.ts";

const limits = { sizeBytes: 100, kept: 2 };

test("the steps of a rotation", () => {
  const plan = (size: number, ...old: readonly string[]) => planRotation("a.log", size, limits, (p) => old.includes(p));
  assert.deepEqual(plan(100), []);
  const copy = { do: "copy", from: "a.log", to: "a.log.1" };
  const empty = { do: "empty", file: "a.log" };
  const rename = { do: "rename", from: "a.log.1", to: "a.log.2" };
  assert.deepEqual(plan(101), [copy, empty]);
  assert.deepEqual(plan(101, "a.log.1", "a.log.2"), [rename, copy, empty], "the oldest is written over");
  assert.deepEqual(
    planRotation("a.log", 101, { ...limits, kept: 0 }, () => true),
    [empty],
  );
});

test("a writer goes on at the new end of a rotated file", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "log-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "x.log");
  const writer = openSync(path, "a");
  writeSync(writer, "old ".repeat(30));
  rotate(path, limits);
  writeSync(writer, "new");
  closeSync(writer);
  assert.equal(readFileSync(path, "utf8"), "new");
  assert.equal(readFileSync(`${path}.1`, "utf8"), "old ".repeat(30));
  appendFileSync(path, "x".repeat(200));
  rotate(path, limits);
  assert.equal(readFileSync(`${path}.2`, "utf8"), "old ".repeat(30));
  rotate(join(directory, "none.log"), limits);
});

test("last lines", () => {
  assert.deepEqual(lastLines("a\nb\nc\n", 2), ["b", "c"]);
  assert.deepEqual(lastLines("a\nb", 5), ["a", "b"]);
  assert.deepEqual(lastLines("a\n\n", 1), [""]);
  assert.deepEqual(lastLines("", 3), []);
  assert.deepEqual(lastLines("a\n", 0), []);
});
