// configMap: the keys of a ConfigMap as files.
import { ConfigMap } from "#api/core/config-map.ts";
import { objectVolume } from "./object-volume.ts";
import { configMapPayload, defaultFileMode } from "./payload.ts";
import { defineVolume } from "./volume-plugin.ts";
import type { Volume } from "#node/pod/types.ts";

const directory = "kubernetes.io~configmap";
export const configMapVolume = defineVolume<NonNullable<Volume["configMap"]>>({
  field: "configMap",
  directory,
  setUp: (source, { pod, name, parts }, signal) =>
    objectVolume(
      {
        pod,
        parts,
        directory: parts.paths.volumeDirectory(pod.metadata.uid ?? "", directory, name),
        content: async (pod, signal) => {
          const object = await parts.references.get(ConfigMap, pod.metadata.namespace ?? "", source.name ?? "", signal);
          return {
            payload: configMapPayload(object, source.name ?? "", source, source.defaultMode ?? defaultFileMode),
          };
        },
      },
      signal,
    ),
});
