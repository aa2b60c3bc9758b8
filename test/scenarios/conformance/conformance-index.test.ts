// Nothing of the official list is without its equivalent here; conformance-index.tsv says where each is.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const folder = import.meta.dirname;
const rows = readFileSync(join(folder, "conformance-index.tsv"), "utf8")
  .trimEnd()
  .split("\n")
  .filter((line) => !line.startsWith("#"))
  .map((line) => {
    const [level = "", file = "", title = ""] = line.split("\t");
    return { level, file, title };
  });
/** How many tests of these levels the official lists of v1.35 and v1.36 have. */
const official = { api: 115, ctl: 31, webhook: 25, aggr: 1 };
const behaviourOf = (title: string): string =>
  title
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
const source = (file: string): string => readFileSync(join(folder, file), "utf8");

test("the index has every official title once", () => {
  assert.equal(new Set(rows.map((row) => row.title)).size, rows.length);
  const counts = Object.groupBy(rows, (row) => row.level);
  assert.deepEqual(Object.fromEntries(Object.entries(counts).map(([level, some]) => [level, some?.length])), official);
});
test("every official test has an equivalent that exists", () => {
  const missing = rows.filter(({ file, title }) => file === "-" || !source(file).includes(`"${behaviourOf(title)}"`));
  assert.deepEqual(missing, []);
});
test("every equivalent is in the index", () => {
  const known = new Set(rows.map(({ file }) => file));
  const files = readdirSync(folder).filter(
    (file) => file.endsWith(".test.ts") && /import \{.* suite\b/.test(source(file)),
  );
  assert.deepEqual(
    files.filter((file) => !known.has(file)),
    [],
  );
});
