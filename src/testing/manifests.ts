// Manifests, as text or as objects, applied to the cluster as kubectl would, server-side.
import { parseApiVersion, type AnyKind, type KubeObject } from "#api/kind.ts";
import { parseYamlDocuments } from "#api/yaml.ts";
import type { Client } from "#client/client.ts";

/** A manifest: any object with apiVersion and kind. */
export type Manifest = { readonly apiVersion: string; readonly kind: string; readonly metadata?: object };

async function manifestsOf(given: string | object | readonly object[]): Promise<readonly Manifest[]> {
  // objects as they would arrive: without what JSON has no form for
  const sent = (objects: object): object[] => [JSON.parse(JSON.stringify(objects)) as object].flat();
  const documents = typeof given === "string" ? await parseYamlDocuments(given) : sent(given);
  return documents.flatMap((document) => {
    const { kind, items } = document as { kind?: string; items?: Manifest[] };
    return kind === "List" ? (items ?? []) : [document as Manifest];
  });
}
/** Objects without a name (generateName) are created, all others applied. `kinds`: what the cluster serves. */
export async function applyManifests(
  given: string | object | readonly object[],
  client: Client,
  kinds: () => readonly AnyKind[],
): Promise<readonly KubeObject[]> {
  const applied: KubeObject[] = [];
  for (const manifest of await manifestsOf(given)) {
    const { group, version } = parseApiVersion(manifest.apiVersion ?? "");
    const kind = kinds().find((k) => k.kind === manifest.kind && k.group === group && k.version === version);
    if (!kind) throw new Error(`the cluster does not serve ${manifest.apiVersion} ${manifest.kind}`);
    const { namespace, name, ...meta } = (manifest.metadata ?? {}) as { namespace?: string; name?: string };
    const key = kind.scope === "Namespaced" ? { namespace: namespace ?? "default" } : {};
    const object = { ...manifest, metadata: { ...meta, ...key, ...(name === undefined ? {} : { name }) } };
    if (name === undefined) applied.push((await client.create(kind, object)) as KubeObject);
    else {
      const options = { fieldManager: "timonier-testing", force: true };
      const patch = { type: "apply", patch: object } as const;
      applied.push((await client.patch(kind, { ...key, name }, patch, options)) as KubeObject);
    }
  }
  return applied;
}
