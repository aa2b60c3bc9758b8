// The direction of imports, as a rule: which folder of src may import which. See ARCHITECTURE.md.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

const src = join(import.meta.dirname, "../src");
const shared = ["api", "base"];
const component = ["reconcile", "client", "streams", ...shared];
/** Folder to the folders it may import besides itself; "*" is everything. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  api: ["base"],
  apply: shared,
  cel: shared,
  client: shared,
  store: ["base"],
  streams: ["base"],
  server: ["apply", "cel", "store", "streams", ...shared],
  reconcile: ["client", ...shared],
  controllers: component,
  scheduler: component,
  node: component,
  network: component,
  proxy: component,
  dns: component,
  ingress: component,
  cli: ["*"],
  cluster: ["*"],
  testing: ["*"],
};
/** Files beside the folders: the program, and what other people's tests import. */
const entries: readonly string[] = ["main.ts", "testing.ts"];

/** Files of `folder`, at any depth. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));

const topOf = (file: string): string => relative(src, file).split("/")[0]!;
const isTest = (file: string): boolean => /\.(test|contract|fake)\.ts$/.test(file);

function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return specifier.slice(1).split("/")[0];
  if (specifier.startsWith(".")) return topOf(normalize(join(dirname(file), specifier)));
  return undefined;
}

const problems: string[] = [];
for (const file of filesOf(src)) {
  const top = topOf(file);
  const name = relative(src, file);
  if (name.split("/").length > 4) problems.push(`${name}: lies deeper than three folders`);
  const lines = readFileSync(file, "utf8").split("\n");
  if (lines.length > 501) problems.push(`${name}: has ${lines.length} lines, 500 are allowed`);
  if (isTest(file) || entries.includes(top)) continue;
  const may = allowed[top];
  if (!may) {
    problems.push(`${name}: folder ${top} has no line in scripts/layers.ts`);
    continue;
  }
  if (may.includes("*")) continue;
  const imports = lines.join("\n").matchAll(/(?:from|import\()\s*"([#.][^"]+)"/g);
  for (const [, specifier] of imports) {
    const target = targetOf(file, specifier!);
    if (target && target !== top && !may.includes(target))
      problems.push(`${name}: ${top} must not import ${target} (${specifier})`);
  }
}
for (const problem of problems) console.error(problem);
if (problems.length) process.exit(1);
console.log("layers: in order");
