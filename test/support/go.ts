// Go programs of tests, built from modules in the repository.
import { spawnSync } from "node:child_process";

/** Building from nothing. */
export const goBuildMs = 30 * 60_000;

/** Why packages of a module cannot be built on this machine; false: they can, and what they need has been fetched. */
export function whyNoGo(module: string, packages: string): string | false {
  const version = spawnSync("go", ["env", "GOVERSION"], { cwd: module, encoding: "utf8" });
  if (version.error) return "there is no Go on this machine";
  if (version.status !== 0) return `Go does not read the module: ${version.stderr.trim()}`;
  const options = { cwd: module, encoding: "utf8", timeout: goBuildMs, maxBuffer: 64 << 20 } as const;
  const list = spawnSync("go", ["list", "-deps", "-test", packages], options);
  if (list.status === 0) return false;
  return `Go's modules cannot be had: ${(list.stderr ?? "").trim().split("\n").at(-1)}`;
}
