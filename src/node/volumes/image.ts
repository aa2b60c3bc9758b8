// image: the files of an image or artifact, read-only.
import { defineVolume } from "./volume-plugin.ts";
import type { Volume } from "#node/pod/types.ts";

const directory = "kubernetes.io~image";

export const imageVolume = defineVolume<NonNullable<Volume["image"]>>({
  field: "image",
  directory,
  async setUp(source, { pod, name, parts }, signal) {
    const path = parts.paths.volumeDirectory(pod.metadata.uid ?? "", directory, name);
    await parts.files.makeDirectory(path);
    await parts.imageFiles.mount({ pod, name, source, path }, signal);
    return { hostPath: path, readOnly: true };
  },
  tearDown: (path, parts, signal) => parts.imageFiles.unmount(path, signal),
});
