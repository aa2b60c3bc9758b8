// Warnings about volumes made of several files of which one lies where another does, so that only one will be there.
import type { PodSpec } from "#api/core/schema/pod-spec.ts";

interface Placed {
  readonly path: string;
  /** Empty where the volume has but one. */
  readonly source: string;
}
type Volume = NonNullable<PodSpec["volumes"]>[number];
type Projection = NonNullable<NonNullable<Volume["projected"]>["sources"]>[number];

const quote = JSON.stringify;
const shown = ({ path, source }: Placed): string => (source ? `${quote(path)} (${source})` : quote(path));
const placed = (items: readonly { readonly path: string }[], source = ""): Placed[] =>
  items.map(({ path }) => ({ path, source }));

/** "a with b" for each that meets an earlier one. */
function overlaps(all: readonly Placed[]): string[] {
  const found: string[] = [];
  const before: Placed[] = [];
  for (const { path, source } of all) {
    const now = { path: path.replace(/\/+$/, ""), source };
    if (now.path !== "")
      for (const other of before) {
        const [a, b] = [`${now.path}/`, `${other.path}/`];
        if (other.path !== "" && (a.startsWith(b) || b.startsWith(a))) found.push(`${shown(now)} with ${shown(other)}`);
      }
    before.push(now);
  }
  return found;
}

function projected(source: Projection): Placed[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source;
  if (configMap?.items) return placed(configMap.items, `ConfigMap ${quote(configMap.name ?? "")}`);
  if (secret?.items) return placed(secret.items, `Secret ${quote(secret.name ?? "")}`);
  if (downwardAPI?.items) return placed(downwardAPI.items, "DownwardAPI");
  if (serviceAccountToken) return placed([serviceAccountToken], "ServiceAccountToken");
  if (clusterTrustBundle) {
    const { name, signerName = "", path } = clusterTrustBundle;
    return [{ path, source: `ClusterTrustBundle ${quote(name ?? signerName)}` }];
  }
  const { certificateChainPath, keyPath, credentialBundlePath } = podCertificate ?? {};
  return [
    ...(certificateChainPath ? [{ path: certificateChainPath, source: "PodCertificate chain" }] : []),
    ...(keyPath ? [{ path: keyPath, source: "PodCertificate key" }] : []),
    ...(credentialBundlePath ? [{ path: credentialBundlePath, source: "PodCertificate credential bundle" }] : []),
  ];
}

export function overlapWarnings(spec: PodSpec): string[] {
  return (spec.volumes ?? []).flatMap((volume) => {
    const { name, configMap, secret, downwardAPI } = volume;
    const warn = (what: string, found: readonly string[]): string[] =>
      found.map((text) => `volume ${quote(name)} (${what}): overlapping paths: ${text}`);
    const sources = volume.projected?.sources ?? [];
    return [
      ...(configMap ? warn(`ConfigMap ${quote(configMap.name ?? "")}`, overlaps(placed(configMap.items ?? []))) : []),
      ...(secret ? warn(`Secret ${quote(secret.secretName ?? "")}`, overlaps(placed(secret.items ?? []))) : []),
      ...(downwardAPI ? warn("DownwardAPI", overlaps(placed(downwardAPI.items ?? []))) : []),
      ...sources
        .filter((source) => Object.keys(source).length === 0)
        .map(() => `volume ${quote(name)} (Projected) has no sources provided`),
      ...warn("Projected", overlaps(sources.flatMap(projected))),
    ];
  });
}
