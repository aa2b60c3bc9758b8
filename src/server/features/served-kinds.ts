// The kinds that a server serves by its settings. The beta and alpha ones are read from disk only when one of them is
// asked for, so that they cost nothing where they are off.
import type { AnyKind } from "#api/kind.ts";
import { kinds } from "#api/kinds.ts";
import { defaultGates, parseFeatureGates, type FeatureGates } from "./feature-gates.ts";
import { asksForPreviews, parseRuntimeConfig } from "./runtime-config.ts";
import type { FeatureSettings } from "./settings.ts";

export interface Features {
  readonly gates: FeatureGates;
  /** The built-in kinds that are served, in the order of discovery. */
  readonly kinds: readonly AnyKind[];
}
/** What upstream serves by default. */
export const defaultFeatures: Features = { gates: defaultGates, kinds };

/** By group and plural: kinds that are served only where a gate is on too, whatever the runtime config says. */
const gated: Readonly<Record<string, string>> = {
  "certificates.k8s.io/clustertrustbundles": "ClusterTrustBundle",
  "certificates.k8s.io/podcertificaterequests": "PodCertificateRequest",
  "scheduling.k8s.io/workloads": "GenericWorkload",
  "scheduling.k8s.io/podgroups": "GenericWorkload",
  "storagemigration.k8s.io/storageversionmigrations": "StorageVersionMigrator",
};

/** Throws SettingError. */
export async function createFeatures(settings: FeatureSettings): Promise<Features> {
  const { runtimeConfig = "", featureGates = "" } = settings;
  if (!runtimeConfig && !featureGates) return defaultFeatures;
  const gates = parseFeatureGates(featureGates);
  const isServed = parseRuntimeConfig(runtimeConfig);
  const all = asksForPreviews(runtimeConfig) ? await withPreviews() : kinds;
  const isOn = ({ group, plural }: AnyKind): boolean => {
    const gate = gated[`${group}/${plural}`];
    return gate === undefined || gates.isOn(gate);
  };
  return { gates, kinds: all.filter((kind) => isServed(kind) && isOn(kind)) };
}
/** Each group's further versions stand behind its stable ones. */
async function withPreviews(): Promise<readonly AnyKind[]> {
  const { previewKinds } = await import("#api/preview-kinds.ts");
  return [...kinds, ...previewKinds];
}

const resourceOf = ({ group, plural }: AnyKind): string => `${group}/${plural}`;
/** For those who follow all objects, each once, whatever its versions: a version alone stands for what is stored. */
export function followedKinds(served: readonly AnyKind[]): readonly AnyKind[] {
  const followed = new Set(served.filter(({ storedAs }) => !storedAs).map(resourceOf));
  return served.map((kind) => {
    const place = kind.storedAs && resourceOf(kind.storedAs.kind);
    if (place === undefined || followed.has(place)) return kind;
    followed.add(place);
    const { storedAs: _, ...alone } = kind;
    return alone;
  });
}
