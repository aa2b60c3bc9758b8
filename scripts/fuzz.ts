// Fuzzes longer than the gate does: `npm run fuzz -- --seconds 600`, with new seeds each time. Each of the three suites goes
// on for a third of the time; what one finds is printed as a line for test/fuzz/corpus/regressions.json.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "600" } } });
const root = join(import.meta.dirname, "..");
const suites = ["handler", "listener", "openapi"].map((name) => join(root, `test/fuzz/${name}.test.ts`));
const minutes = Number(values.seconds) / 60 / suites.length;
if (!(minutes > 0)) throw new Error("--seconds needs a number");
let isBad = false;
for (const suite of suites) {
  const env = { ...process.env, TIMONIER_FUZZ: String(minutes) };
  const { status } = spawnSync(process.execPath, ["--test", suite], { cwd: root, env, stdio: "inherit" });
  isBad ||= status !== 0;
}
process.exit(isBad ? 1 : 0);
