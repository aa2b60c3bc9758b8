// The one gate before a commit: types, lint, layers, format, unit and cluster tests. Stops at the first that fails.
// The tests of a folder share a process, since starting one per file costs more than most files' tests.
import { spawn, spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
/** What the processes have in common is compiled once. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, ".cache/compile") };
const bin = (name: string): string => join(root, "node_modules/.bin", name);
const sources = ["src", "test", "bench", "scripts"];

const steps: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ["types", bin("tsc"), ["-p", "tsconfig.json"]],
  ["lint", bin("oxlint"), sources],
  ["layers", process.execPath, ["scripts/layers.ts"]],
  ["format", bin("oxfmt"), ["--check", ...sources]],
];

function fail(name: string, seconds: string): never {
  console.error(`ok: ${name} failed after ${seconds} s`);
  process.exit(1);
}
const secondsSince = (startedAt: number): string => ((performance.now() - startedAt) / 1000).toFixed(1);

for (const [name, command, args] of steps) {
  const startedAt = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (status !== 0) fail(name, secondsSince(startedAt));
  console.log(`ok: ${name} (${secondsSince(startedAt)} s)`);
}

interface Group {
  readonly folder: string;
  readonly files: readonly string[];
}
/** Folders of src and test, those with most to do first. */
const slowFirst = ["test/scenarios", "test/fuzz", "src/store", "src/server", "src/api", "src/streams"];
function testGroups(): Group[] {
  const files = globSync(["src/**/*.test.ts", "test/{fuzz,scenarios}/**/*.test.ts"], { cwd: root });
  const folders = Map.groupBy(files, (file) => file.split("/").slice(0, 2).join("/"));
  const rank = (folder: string): number => (slowFirst.indexOf(folder) + slowFirst.length + 1) % (slowFirst.length + 1);
  return [...folders]
    .map(([folder, inside]) => ({ folder, files: inside }))
    .toSorted((a, b) => rank(a.folder) - rank(b.folder));
}
/** Resolves to whether all passed; a group that fails shows its output. */
function runGroup({ folder, files }: Group): Promise<boolean> {
  const startedAt = performance.now();
  const args = ["--test", "--test-isolation=none", "--test-timeout=120000", "--test-reporter=spec", ...files];
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      const passed = /^ℹ pass (\d+)$/m.exec(output)?.[1] ?? 0;
      if (status === 0) console.log(`ok: ${folder}: ${passed} tests (${secondsSince(startedAt)} s)`);
      else console.error(`${output}\nok: ${folder} failed after ${secondsSince(startedAt)} s`);
      resolve(status === 0);
    });
  });
}

const startedAt = performance.now();
const waiting = testGroups();
let good = true;
const worker = async (): Promise<void> => {
  for (let group = waiting.shift(); group && good; group = waiting.shift()) good = (await runGroup(group)) && good;
};
await Promise.all(Array.from({ length: availableParallelism() }, worker));
if (!good) fail("tests", secondsSince(startedAt));
console.log(`ok: tests (${secondsSince(startedAt)} s)`);
