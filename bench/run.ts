// npm run bench [name …]: runs the benchmarks one after another, each in its own process.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const parts = /^(run|figures|bench-cluster|api-.*)\.ts$|\.fake\.ts$/;
const all = readdirSync(import.meta.dirname).filter((f) => f.endsWith(".ts") && !parts.test(f));
const wanted = process.argv.slice(2);
const chosen = wanted.length ? wanted.map((w) => `${w.replace(/\.ts$/, "")}.ts`) : all;
let failed = false;
for (const file of chosen) {
  console.log(`\n## ${file.replace(/\.ts$/, "")}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file)], { stdio: "inherit" });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
