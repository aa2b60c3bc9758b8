// Runs a test file once more in a network and mount namespace of its own, so that what it leaves on the machine can be
// compared exactly and nothing else on the machine is in its way.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";

const mark = "TIMONIER_TEST_ISOLATED";

export const isIsolated = (): boolean => process.env[mark] === "1";

/** To be called at the top of the isolated run. */
export const raiseLoopback = (): unknown => execFileSync("ip", ["link", "set", "lo", "up"]);

/** Rejects with the output of the inner run when it fails. */
export async function runIsolated(file: string): Promise<void> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const node = [process.execPath, "--test", "--test-reporter=spec", file];
  const child = spawn("unshare", ["--net", "--mount", "--propagation", "private", ...node], {
    env: { ...env, [mark]: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(output);
  process.stdout.write(output.replaceAll(/^/gm, "    "));
}
