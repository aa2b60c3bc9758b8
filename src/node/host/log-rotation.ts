// Rotates a container's log when it has grown: the old file is set aside with the time in its name, the runtime opens
// a new one, older ones are compressed, and only a few are kept.
import type { Clock } from "#base/clock.ts";
import { formatTime } from "#api/time.ts";
import type { HostFiles } from "./host-files.ts";

export const mostLogBytes = 10 * 2 ** 20;
/** The one being written counts. */
export const mostLogFiles = 5;

export interface RotationParts {
  readonly files: HostFiles;
  readonly clock: Clock;
  /** Makes the runtime open the log anew. */
  readonly reopen: () => Promise<void>;
}
/** True when it was rotated. */
export async function rotateLog(path: string, parts: RotationParts): Promise<boolean> {
  const { files, clock } = parts;
  const facts = await files.stat(path);
  if (!facts || facts.sizeBytes < mostLogBytes) return false;
  const directory = path.slice(0, path.lastIndexOf("/"));
  const name = path.slice(directory.length + 1);
  const old = (await files.list(directory)).filter((file) => file.startsWith(`${name}.`));
  for (const leftover of old.filter((file) => file.endsWith(".tmp"))) await files.remove(`${directory}/${leftover}`);
  const rotated = old.filter((file) => !file.endsWith(".tmp")).toSorted();
  for (const surplus of rotated.slice(0, Math.max(0, rotated.length - (mostLogFiles - 2))))
    await files.remove(`${directory}/${surplus}`);
  for (const plain of rotated.slice(-(mostLogFiles - 2)).filter((file) => !file.endsWith(".gz")))
    await compress(`${directory}/${plain}`, files);
  const aside = `${path}.${formatTime(clock.now()).slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}`;
  await files.rename(path, aside);
  try {
    await parts.reopen();
  } catch (error) {
    await files.rename(aside, path); // the runtime still writes into it
    throw error;
  }
  return true;
}
async function compress(path: string, files: HostFiles): Promise<void> {
  await files.compress(path, `${path}.tmp`);
  await files.rename(`${path}.tmp`, `${path}.gz`);
  await files.remove(path);
}
