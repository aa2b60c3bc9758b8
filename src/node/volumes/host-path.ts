// hostPath: a file or directory of the node itself, after a check of what is there.
import { dirname } from "node:path";
import type { FileType, HostFiles } from "#node/host/host-files.ts";
import { defineVolume } from "./volume-plugin.ts";
import type { Volume } from "#node/pod/types.ts";

const wanted: Readonly<Record<string, { type: FileType; words: string; create?: boolean }>> = {
  DirectoryOrCreate: { type: "directory", words: "a directory", create: true },
  Directory: { type: "directory", words: "a directory" },
  FileOrCreate: { type: "file", words: "a file", create: true },
  File: { type: "file", words: "a file" },
  Socket: { type: "socket", words: "a socket file" },
  CharDevice: { type: "charDevice", words: "a character device" },
  BlockDevice: { type: "blockDevice", words: "a block device" },
};
async function check(path: string, type: string, files: HostFiles): Promise<void> {
  const want = wanted[type];
  if (!want) {
    if (type === "") return;
    throw new Error(`hostPath type check failed: ${type} is an invalid volume type`);
  }
  let found = await files.stat(path);
  if (!found && want.create) {
    if (want.type === "directory") await files.makeDirectory(path, 0o755);
    else if (await files.stat(dirname(path))) await files.writeFile(path, "", 0o644);
    else throw new Error(`open ${path}: no such file or directory`);
    found = await files.stat(path);
  }
  if (found?.type !== want.type) throw new Error(`hostPath type check failed: ${path} is not ${want.words}`);
}
export const hostPathVolume = defineVolume<NonNullable<Volume["hostPath"]>>({
  field: "hostPath",
  directory: "kubernetes.io~host-path",
  async setUp(source, { parts }) {
    await check(source.path, source.type ?? "", parts.files);
    return { hostPath: source.path };
  },
});
