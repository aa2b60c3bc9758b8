// emptyDir: scratch space on the node's disk, or in memory with a size.
import { integerValue } from "#api/quantity.ts";
import { podLimit } from "#node/pod/resources.ts";
import { defineVolume, type MountedVolume, type VolumeParts } from "./volume-plugin.ts";
import type { Pod, Volume } from "#node/pod/types.ts";

type EmptyDir = NonNullable<Volume["emptyDir"]>;
const directory = "kubernetes.io~empty-dir";

/** The least of what the volume may hold, what the pod may use, and what the node has. */
export function memorySize(
  source: EmptyDir,
  pod: Pod,
  allocatable: Readonly<Record<string, string>>,
): number | undefined {
  const sizes = [
    source.sizeLimit === undefined ? undefined : integerValue(source.sizeLimit),
    podLimit(pod.spec, "memory"),
    allocatable["memory"] === undefined ? undefined : integerValue(allocatable["memory"]),
  ].filter((size): size is number => size !== undefined && size > 0);
  return sizes.length > 0 ? Math.min(...sizes) : undefined;
}
async function setUp(source: EmptyDir, pod: Pod, name: string, parts: VolumeParts): Promise<MountedVolume> {
  const { files, paths } = parts;
  const path = paths.volumeDirectory(pod.metadata.uid ?? "", directory, name);
  const isNew = (await files.stat(path)) === undefined;
  await files.makeDirectory(path);
  if (source.medium === "Memory") {
    const sizeBytes = memorySize(source, pod, parts.allocatable());
    const mounted = (await files.mountsBelow(path)).includes(path);
    if (!mounted) await files.mountTmpfs(path, sizeBytes === undefined ? {} : { sizeBytes });
    else if (!isNew) return { hostPath: path };
  } else if (source.medium)
    throw new Error(`emptyDir medium ${JSON.stringify(source.medium)} is not available on this node`);
  const gid = pod.spec.securityContext?.fsGroup;
  if (gid !== undefined) await files.chown(path, -1, gid);
  await files.chmod(path, gid === undefined ? 0o777 : 0o2777);
  return { hostPath: path };
}
export const emptyDirVolume = defineVolume<EmptyDir>({
  field: "emptyDir",
  directory,
  setUp: (source, { pod, name, parts }) => setUp(source, pod, name, parts),
});
