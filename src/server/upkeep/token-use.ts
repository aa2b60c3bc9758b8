// Notes on Secrets with service account tokens on which day they were last used, so that those that nobody uses can be
// found and taken away.
import { ConfigMap } from "#api/core/config-map.ts";
import { Secret } from "#api/core/secret.ts";
import { keyText, type KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Registry } from "#server/registry.ts";
import type { BootstrapObject } from "./bootstrap.ts";

const lastUsedLabel = "kubernetes.io/legacy-token-last-used";
const dayMs = 86_400_000;
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Since when use is noted: what has no note was not used since. */
export const tokenTracking = (clock: Clock): BootstrapObject => ({
  kind: ConfigMap,
  object: {
    metadata: { name: "kube-apiserver-legacy-service-account-token-tracking", namespace: "kube-system" },
    data: { since: day(clock.now()) },
  } as BootstrapObject["object"],
});

export function noteTokenUse(
  registry: Registry,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): (secret: Secret) => void {
  const note = async ({ metadata }: Secret): Promise<void> => {
    const { storage } = registry;
    const cache = storage.cache(Secret.group, Secret.plural);
    const stored = cache.get(keyText({ namespace: metadata.namespace ?? "", name: metadata.name ?? "" }));
    if (!stored || stored.object.metadata.uid !== metadata.uid) return;
    const object = stored.object as KubeObject;
    const labels = { ...object.metadata.labels, [lastUsedLabel]: day(clock.now()) };
    // Whoever else changes it brings back the next use.
    await storage.put(cache, stored.key, { ...object, metadata: { ...object.metadata, labels } }, stored.revision);
  };
  return (secret) => {
    const now = clock.now();
    const noted = secret.metadata.labels?.[lastUsedLabel];
    // Another server's clock may be a day ahead.
    if (noted === day(now) || noted === day(now + dayMs)) return;
    note(secret).catch((error: unknown) => log.warn("the use of a token could not be noted", { error }));
  };
}
