// projected: several sources in one directory, among them the tokens that every pod has by default.
import { ConfigMap } from "#api/core/config-map.ts";
import { Secret } from "#api/core/secret.ts";
import { objectVolume, type Content } from "./object-volume.ts";
import { configMapPayload, defaultFileMode, downwardPayload, secretPayload, type Payload } from "./payload.ts";
import { defineVolume, type VolumeParts } from "./volume-plugin.ts";
import { containersOf, type Pod, type Volume } from "#node/pod/types.ts";

type Projected = NonNullable<Volume["projected"]>;
type Projection = NonNullable<Projected["sources"]>[number];
const directory = "kubernetes.io~projected";

/** The user that all containers run as, if there is one: a token is then its alone. */
export function commonUser(pod: Pod): number | undefined {
  const users = new Set(
    containersOf(pod.spec).map(
      ({ container }) => container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser,
    ),
  );
  const [user] = users;
  return users.size === 1 ? user : undefined;
}
async function ofToken(
  token: NonNullable<Projection["serviceAccountToken"]>,
  mode: number,
  pod: Pod,
  parts: VolumeParts,
  signal: AbortSignal,
): Promise<Content> {
  const request = { audience: token.audience ?? "", expirationSeconds: token.expirationSeconds ?? 3600 };
  const issued = await parts.tokens.get(pod, request, signal);
  const uid = commonUser(pod);
  const isPrivate = uid !== undefined || pod.spec.securityContext?.fsGroup !== undefined;
  const file = { content: issued.token, mode: isPrivate ? 0o600 : mode, ...(uid === undefined ? {} : { uid }) };
  return { payload: new Map([[token.path, file]]), dueAt: issued.refreshAt };
}
async function ofSource(
  source: Projection,
  mode: number,
  pod: Pod,
  parts: VolumeParts,
  signal: AbortSignal,
): Promise<Content> {
  const namespace = pod.metadata.namespace ?? "";
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  if (serviceAccountToken) return ofToken(serviceAccountToken, mode, pod, parts, signal);
  if (downwardAPI) return { payload: downwardPayload(pod, downwardAPI.items ?? [], mode, parts.allocatable()) };
  if (configMap) {
    const object = await parts.references.get(ConfigMap, namespace, configMap.name ?? "", signal);
    return { payload: configMapPayload(object, configMap.name ?? "", configMap, mode) };
  }
  if (secret) {
    const object = await parts.references.get(Secret, namespace, secret.name ?? "", signal);
    return { payload: secretPayload(object, secret.name ?? "", secret, mode) };
  }
  throw new Error(`projection of ${Object.keys(source)[0] ?? "nothing"} is not available on this node`);
}
export const projectedVolume = defineVolume<Projected>({
  field: "projected",
  directory,
  setUp: (source, { pod, name, parts }, signal) =>
    objectVolume(
      {
        pod,
        parts,
        directory: parts.paths.memoryVolumeDirectory(pod.metadata.uid ?? "", directory, name),
        content: async (pod, signal) => {
          const mode = source.defaultMode ?? defaultFileMode;
          const payload: Payload = new Map();
          let dueAt = Infinity;
          for (const each of source.sources ?? []) {
            const content = await ofSource(each, mode, pod, parts, signal);
            for (const [path, file] of content.payload) payload.set(path, file);
            dueAt = Math.min(dueAt, content.dueAt ?? Infinity);
          }
          return { payload, ...(dueAt === Infinity ? {} : { dueAt }) };
        },
      },
      signal,
    ),
});
