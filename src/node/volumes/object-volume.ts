// What volumes made from objects have in common: a payload, written atomically, and written again when it changes.
import type { MountedVolume, VolumeParts } from "./volume-plugin.ts";
import { writeAtomically } from "./atomic-writer.ts";
import type { Payload } from "./payload.ts";
import type { Pod } from "#node/pod/types.ts";

export interface Content {
  readonly payload: Payload;
  /** When it changes by itself. */
  readonly dueAt?: number;
}
/** `inMemory`: must not reach the disk. */
export async function objectVolume(
  options: {
    readonly pod: Pod;
    readonly directory: string;
    readonly parts: VolumeParts;
    readonly content: (pod: Pod, signal: AbortSignal) => Promise<Content>;
  },
  signal: AbortSignal,
): Promise<MountedVolume> {
  const { directory, parts, content } = options;
  const gid = options.pod.spec.securityContext?.fsGroup;
  const write = async (pod: Pod, signal: AbortSignal): Promise<number | undefined> => {
    const { payload, dueAt } = await content(pod, signal);
    await writeAtomically(directory, payload, parts, gid);
    return dueAt;
  };
  await parts.files.makeDirectory(directory, 0o755);
  await parts.files.chmod(directory, gid === undefined ? 0o777 : 0o2777);
  if (gid !== undefined) await parts.files.chown(directory, -1, gid);
  const dueAt = await write(options.pod, signal);
  return { hostPath: directory, readOnly: true, refresh: write, ...(dueAt === undefined ? {} : { dueAt }) };
}
