// The one gate before a commit: types, lint, layers, format, unit and cluster tests. Stops at the first that fails.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
/** Each test file is a process of its own; what they have in common is compiled once. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, ".cache/compile") };
const bin = (name: string): string => join(root, "node_modules/.bin", name);
const sources = ["src", "test", "bench", "scripts"];
const tests = globSync(["src/**/*.test.ts", "test/fuzz/*.test.ts", "test/scenarios/**/*.test.ts"], { cwd: root });

const steps: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ["types", bin("tsc"), ["-p", "tsconfig.json"]],
  ["lint", bin("oxlint"), sources],
  ["layers", process.execPath, ["scripts/layers.ts"]],
  ["format", bin("oxfmt"), ["--check", ...sources]],
  ["tests", process.execPath, ["--test", "--test-reporter=dot", ...tests]],
];
for (const [name, command, args] of steps) {
  const startedAt = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`ok: ${name} failed after ${seconds} s`);
    process.exit(1);
  }
  console.log(`ok: ${name} (${seconds} s)`);
}
