// --runtime-config and --feature-gates of a cluster: what cannot be understood is said before anything is started, and
// a running server keeps what it was started with.
import { SettingError } from "#server/features/feature-gates.ts";
import { checkFeatures, type FeatureSettings } from "#server/features/settings.ts";
import type { Layout } from "./layout.ts";
import { Problem } from "./problem.ts";

export const sameFeatures = (a: FeatureSettings = {}, b: FeatureSettings = {}): boolean =>
  (a.runtimeConfig ?? "") === (b.runtimeConfig ?? "") && (a.featureGates ?? "") === (b.featureGates ?? "");

/** Throws Problem with upstream's words. */
export function checkedFeatures(features: FeatureSettings): FeatureSettings {
  const flags = [
    ["--runtime-config", features.runtimeConfig, { runtimeConfig: features.runtimeConfig ?? "" }],
    ["--feature-gates", features.featureGates, { featureGates: features.featureGates ?? "" }],
  ] as const;
  for (const [flag, value, settings] of flags) {
    try {
      checkFeatures(settings);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      throw new Problem(`${flag}=${value} cannot be used`, { why: error.message, remedy: remedies[flag] });
    }
  }
  return features;
}
const remedies = {
  "--runtime-config":
    "name versions or resources, such as resource.k8s.io/v1beta1=true or api/beta=true, separated by commas",
  "--feature-gates": "name gates of Kubernetes 1.36, such as GenericWorkload=true, separated by commas",
} as const;

export function refuseOtherFeatures(running: Layout, wanted: FeatureSettings | undefined): void {
  if (!wanted || sameFeatures({ ...running.features, ...wanted }, running.features)) return;
  const name = running.name === "default" ? "" : ` --name ${running.name}`;
  throw new Problem(`the cluster "${running.name}" is running with other features`, {
    why: "--runtime-config and --feature-gates count when the server starts",
    remedy: `stop it first: timonier down${name}, then run this command again`,
  });
}
