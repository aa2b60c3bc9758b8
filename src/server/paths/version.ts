// /version: which Kubernetes this server speaks. helm and others read gitVersion as a semantic version.
import { arch, platform } from "node:process";
import type { Metrics } from "#base/metrics.ts";
import type { PathHandler } from "#server/dispatch.ts";

export const kubernetesMajor = "1";
export const kubernetesMinor = "36";
/** As OpenAPI documents say it. */
export const apiVersion = `${kubernetesMajor}.${kubernetesMinor}`;
export const gitVersion = `v${kubernetesMajor}.${kubernetesMinor}.0-timonier`;

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** `date` in RFC 3339. */
export interface Build {
  readonly commit?: string;
  readonly date?: string;
}
const versionOf = (build: Build) => ({
  major: kubernetesMajor,
  minor: kubernetesMinor,
  emulationMajor: kubernetesMajor,
  emulationMinor: kubernetesMinor,
  minCompatibilityMajor: kubernetesMajor,
  minCompatibilityMinor: String(Number(kubernetesMinor) - 1),
  gitVersion,
  gitCommit: build.commit ?? "unknown",
  gitTreeState: "clean",
  buildDate: build.date ?? "1970-01-01T00:00:00Z",
  goVersion: `node${process.version}`,
  compiler: "v8",
  platform: `${platform}/${architectures[arch] ?? arch}`,
});

export function observeBuild(metrics: Metrics, build: Build = {}): void {
  const {
    major,
    minor,
    gitVersion: git_version,
    gitCommit: git_commit,
    gitTreeState: git_tree_state,
  } = versionOf(build);
  const { buildDate: build_date, compiler, goVersion: go_version, platform: on } = versionOf(build);
  const labels = {
    build_date,
    compiler,
    git_commit,
    git_tree_state,
    git_version,
    go_version,
    major,
    minor,
    platform: on,
  };
  metrics.observed("kubernetes_build_info", "What is running: always 1.", () => [{ labels, value: 1 }]);
}

export function versionPath(build: Build = {}): PathHandler {
  const version = versionOf(build);
  return ({ path, method }) =>
    method === "GET" && (path === "/version" || path === "/version/")
      ? { type: "raw", code: 200, contentType: "application/json", body: JSON.stringify(version, null, 2) }
      : undefined;
}
