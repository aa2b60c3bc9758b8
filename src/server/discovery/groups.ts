// Discovery documents: which groups, versions and resources are served, in the old form (one document per
// group-version) and the aggregated one (everything at once). Pure: from kinds to documents.
import { createHash } from "node:crypto";
import { apiVersionOf, type AnyKind, type GroupVersion, type GroupVersionKind, type Subresource } from "#api/kind.ts";
import { localPriority, type Priority } from "#server/aggregate/priorities.ts";
import type { RemoteVersion } from "#server/aggregate/remote-discovery.ts";

export interface GroupVersions {
  readonly group: string;
  /** Preferred first. */
  readonly versions: readonly string[];
}

/** "v1" before "v1beta2" before "v1beta1" before "v1alpha1"; higher numbers first within a level. */
export function compareVersions(a: string, b: string): number {
  const rank = (v: string): [number, number, number] => {
    const m = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(v);
    if (!m) return [-1, 0, 0];
    return [m[2] === undefined ? 2 : m[2] === "beta" ? 1 : 0, Number(m[1]), Number(m[3] ?? 0)];
  };
  const [x, y] = [rank(a), rank(b)];
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2] || (a < b ? -1 : a > b ? 1 : 0);
}
/** By priority, as upstream orders them; `remote` are versions that other servers answer for. */
export function groupVersions(kinds: readonly GroupVersion[], remote: readonly RemoteVersion[] = []): GroupVersions[] {
  const groups = new Map<string, { priority: number; versions: Map<string, number> }>();
  const add = ({ group, version }: GroupVersion, priority: Priority): void => {
    const known = groups.get(group) ?? { priority: 0, versions: new Map() };
    groups.set(group, { ...known, priority: Math.max(known.priority, priority.group) });
    known.versions.set(version, priority.version);
  };
  for (const kind of kinds) add(kind, localPriority(kind));
  for (const one of remote) add(one, one.priority);
  const byPriority = ([a, x]: [string, number], [b, y]: [string, number]): number => y - x || compareVersions(a, b);
  return [...groups]
    .toSorted(([a, x], [b, y]) => y.priority - x.priority || (a < b ? -1 : 1))
    .map(([group, { versions }]) => ({ group, versions: [...versions].sort(byPriority).map(([version]) => version) }));
}

const versionEntry = (group: string, version: string): object => ({
  groupVersion: apiVersionOf({ group, version }),
  version,
});
function groupEntry({ group, versions }: GroupVersions): object {
  return {
    name: group,
    versions: versions.map((v) => versionEntry(group, v)),
    preferredVersion: versionEntry(group, versions[0]!),
  };
}
/** The document of /api. */
export const coreVersions = (serverAddress: string): object => ({
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
});
/** The document of /apis. */
export const groupList = (groups: readonly GroupVersions[]): object => ({
  kind: "APIGroupList",
  apiVersion: "v1",
  groups: groups.filter((g) => g.group !== "").map(groupEntry),
});
/** The document of /apis/<group>. */
export const groupDocument = (group: GroupVersions): object => ({
  kind: "APIGroup",
  apiVersion: "v1",
  ...groupEntry(group),
});

function subresourceEntry(kind: AnyKind, sub: Subresource): object {
  const body = sub.body;
  const foreign = body && (body.group !== kind.group || body.version !== kind.version);
  return {
    name: `${kind.plural}/${sub.name}`,
    singularName: "",
    namespaced: kind.scope === "Namespaced",
    ...(foreign ? { group: body.group, version: body.version } : {}),
    kind: body?.kind ?? kind.kind,
    verbs: [...sub.verbs],
  };
}
/** Tells whether objects are stored in another form than before; clients compare it and no more. */
function storageVersionHash(kind: AnyKind): string {
  const { group, version, kind: name, hashedVersion = version } = kind.storedAs?.kind ?? kind;
  return createHash("sha256").update(`${group}/${hashedVersion}/${name}`).digest().subarray(0, 8).toString("base64");
}
/** The document of /api/v1 or /apis/<group>/<version>. */
export function resourceList(
  kinds: readonly AnyKind[],
  { group, version }: GroupVersion,
  hasStorageHashes = true,
): object {
  const resources = kinds
    .filter((k) => k.group === group && k.version === version)
    .flatMap((kind) => [
      {
        name: kind.plural,
        singularName: kind.singular,
        namespaced: kind.scope === "Namespaced",
        kind: kind.kind,
        verbs: [...kind.verbs],
        ...(kind.shortNames.length ? { shortNames: [...kind.shortNames] } : {}),
        ...(kind.categories.length ? { categories: [...kind.categories] } : {}),
        ...(hasStorageHashes && kind.verbs.includes("list") && kind.verbs.includes("create")
          ? { storageVersionHash: storageVersionHash(kind) }
          : {}),
      },
      ...kind.subresources.map((sub) => subresourceEntry(kind, sub)),
    ]);
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersionOf({ group, version }), resources };
}

/** Group and version only where they are not those of the document. */
function responseKind(of: GroupVersion, { group, version, kind }: GroupVersionKind): object {
  const isOwn = group === of.group && version === of.version;
  return isOwn ? { group: "", version: "", kind } : { group, version, kind };
}
function discoveredResource(kind: AnyKind): object {
  return {
    resource: kind.plural,
    responseKind: responseKind(kind, kind),
    scope: kind.scope,
    singularResource: kind.singular,
    verbs: [...kind.verbs],
    ...(kind.shortNames.length ? { shortNames: [...kind.shortNames] } : {}),
    ...(kind.categories.length ? { categories: [...kind.categories] } : {}),
    ...(kind.subresources.length
      ? {
          subresources: kind.subresources.map((s) => ({
            subresource: s.name,
            responseKind: responseKind(kind, s.body ?? kind),
            verbs: [...s.verbs],
          })),
        }
      : {}),
  };
}
/** The aggregated document of /api (core true) or /apis. */
export function aggregated(kinds: readonly AnyKind[], core: boolean, remote: readonly RemoteVersion[] = []): object {
  const versionOf = (group: string, version: string): object => {
    const elsewhere = remote.find((r) => r.group === group && r.version === version);
    if (elsewhere)
      return { version, resources: elsewhere.resources, freshness: elsewhere.isStale ? "Stale" : "Current" };
    const resources = kinds.filter((k) => k.group === group && k.version === version).map(discoveredResource);
    return { version, resources, freshness: "Current" };
  };
  const items = groupVersions(kinds, remote)
    .filter((g) => (g.group === "") === core)
    .map(({ group, versions }) => ({
      metadata: group ? { name: group } : {},
      versions: versions.map((version) => versionOf(group, version)),
    }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}
