// secret: the keys of a Secret as files, kept in memory.
import { Secret } from "#api/core/secret.ts";
import { objectVolume } from "./object-volume.ts";
import { defaultFileMode, secretPayload } from "./payload.ts";
import { defineVolume } from "./volume-plugin.ts";
import type { Volume } from "#node/pod/types.ts";

const directory = "kubernetes.io~secret";
export const secretVolume = defineVolume<NonNullable<Volume["secret"]>>({
  field: "secret",
  directory,
  setUp: (source, { pod, name, parts }, signal) =>
    objectVolume(
      {
        pod,
        parts,
        directory: parts.paths.memoryVolumeDirectory(pod.metadata.uid ?? "", directory, name),
        content: async (pod, signal) => {
          const secretName = source.secretName ?? "";
          const object = await parts.references.get(Secret, pod.metadata.namespace ?? "", secretName, signal);
          return { payload: secretPayload(object, secretName, source, source.defaultMode ?? defaultFileMode) };
        },
      },
      signal,
    ),
});
