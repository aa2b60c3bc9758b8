// downwardAPI: facts about the pod as files, rewritten when its labels or annotations change.
import { objectVolume } from "./object-volume.ts";
import { defaultFileMode, downwardPayload } from "./payload.ts";
import { defineVolume } from "./volume-plugin.ts";
import type { Volume } from "#node/pod/types.ts";

const directory = "kubernetes.io~downward-api";
export const downwardAPIVolume = defineVolume<NonNullable<Volume["downwardAPI"]>>({
  field: "downwardAPI",
  directory,
  setUp: (source, { pod, name, parts }, signal) =>
    objectVolume(
      {
        pod,
        parts,
        directory: parts.paths.memoryVolumeDirectory(pod.metadata.uid ?? "", directory, name),
        content: async (pod) => {
          const mode = source.defaultMode ?? defaultFileMode;
          return { payload: downwardPayload(pod, source.items ?? [], mode, parts.allocatable()) };
        },
      },
      signal,
    ),
});
