// /version: which Kubernetes this server speaks. helm and others read gitVersion as a semantic version.
import { arch, platform } from "node:process";
import type { PathHandler } from "#server/dispatch.ts";

export const kubernetesMajor = "1";
export const kubernetesMinor = "36";
/** As OpenAPI documents say it. */
export const apiVersion = `${kubernetesMajor}.${kubernetesMinor}`;
export const gitVersion = `v${kubernetesMajor}.${kubernetesMinor}.0-timonier`;

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** `buildDate` in RFC 3339. */
export function versionPath(build: { readonly commit?: string; readonly date?: string } = {}): PathHandler {
  const version = {
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
  };
  return ({ path, method }) =>
    method === "GET" && (path === "/version" || path === "/version/")
      ? { type: "raw", code: 200, contentType: "application/json", body: `${JSON.stringify(version, null, 2)}\n` }
      : undefined;
}
