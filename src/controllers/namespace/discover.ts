// What the server serves at this moment, custom and aggregated resources included, as kinds that a client can use.
import type { Client } from "#client/client.ts";
import { defineKind, type Kind, type KubeObject } from "#api/kind.ts";
import type { Message } from "#api/schema.ts";

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}
interface ApiGroup {
  readonly name: string;
  readonly versions: readonly { readonly groupVersion: string; readonly version: string }[];
  readonly preferredVersion?: { readonly version: string };
}
export interface Discovered {
  readonly kinds: readonly Kind[];
  /** Group versions that could not be asked, with the reason. */
  readonly failed: ReadonlyMap<string, unknown>;
}

/** A kind of which only the name is known: enough to read, delete and patch the metadata of its objects. */
export const dynamicKind = (of: {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  verbs?: readonly string[];
}): Kind =>
  defineKind<KubeObject>({
    group: of.group,
    version: of.version,
    kind: of.kind,
    plural: of.plural,
    scope: of.namespaced ? "Namespaced" : "Cluster",
    ...(of.verbs ? { verbs: of.verbs } : {}),
    schema: openSchema,
  });
const openSchema: Message<KubeObject> = {
  type: "message",
  name: "",
  description: "An object of any shape.",
  fields: {},
  embeds: [],
  topLevel: true,
  preserveUnknown: true,
};

/** Resources of the preferred version of each group. */
export async function discover(client: Client, signal: AbortSignal): Promise<Discovered> {
  const groups = (await client.raw("GET", "/apis", undefined, signal)) as { groups: readonly ApiGroup[] };
  const versions = [
    { group: "", version: "v1", path: "/api/v1" },
    ...groups.groups.map((g) => {
      const version = g.preferredVersion?.version ?? g.versions[0]!.version;
      return { group: g.name, version, path: `/apis/${g.name}/${version}` };
    }),
  ];
  const failed = new Map<string, unknown>();
  const found = await Promise.all(
    versions.map(async ({ group, version, path }) => {
      try {
        const list = (await client.raw("GET", path, undefined, signal)) as { resources?: readonly ApiResource[] };
        return (list.resources ?? [])
          .filter((r) => !r.name.includes("/"))
          .map((r) => dynamicKind({ ...r, group, version, plural: r.name }));
      } catch (error) {
        failed.set(group ? `${group}/${version}` : version, error);
        return [];
      }
    }),
  );
  return { kinds: found.flat(), failed };
}
