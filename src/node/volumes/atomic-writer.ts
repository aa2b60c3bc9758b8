// Writes a set of files so that readers see the old ones or the new ones, never a mixture: all go into a directory of
// their own, and one link is exchanged.
//
//   volume/key ──▶ ..data/key        ..data ──▶ ..2026_01_02_03_04_05.123456/
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import { formatTime } from "#api/time.ts";
import type { HostFiles } from "#node/host/host-files.ts";
import type { Payload, PayloadFile } from "./payload.ts";

const current = "..data";
const mostPathBytes = 4096;

export interface AtomicWriterParts {
  readonly files: HostFiles;
  readonly clock: Clock;
  readonly random: Random;
}
function checkPath(path: string): void {
  const parts = path.split("/");
  const bad =
    path === "" || path.startsWith("/") || path.length > mostPathBytes || parts.includes("..") || path.startsWith("..");
  if (bad) throw new Error(`invalid path: ${path}`);
}
const same = (content: Uint8Array | string, found: Uint8Array): boolean => Buffer.from(content).equals(found);
/** With a group every file gets its read bits, as for any read-only volume. */
const withGroup = (mode: number, gid: number | undefined): number => (gid === undefined ? mode : mode | 0o440);

/** Brings `directory` to exactly `payload`; false when it was so already. `gid` owns what is written. */
export async function writeAtomically(
  directory: string,
  payload: Payload,
  parts: AtomicWriterParts,
  gid?: number,
): Promise<boolean> {
  const { files } = parts;
  for (const path of payload.keys()) checkPath(path);
  const before = await files.readLink(`${directory}/${current}`);
  if (before !== undefined && (await isCurrent(`${directory}/${before}`, payload, files, gid))) {
    await linkNames(directory, payload, files);
    return false;
  }
  const stamp = formatTime(parts.clock.now()).slice(0, 19).replaceAll(/[-T:]/g, "_");
  const fresh = `..${stamp}.${String(Math.floor(parts.random.next() * 1e9)).padStart(9, "0")}`;
  await fill(`${directory}/${fresh}`, payload, files, gid);
  const temporary = `${directory}/..data_tmp`;
  await files.remove(temporary);
  await files.link(fresh, temporary);
  await files.rename(temporary, `${directory}/${current}`);
  await linkNames(directory, payload, files);
  await removeStale(directory, fresh, payload, files);
  return true;
}
async function fill(directory: string, payload: Payload, files: HostFiles, gid: number | undefined): Promise<void> {
  const made = new Set<string>();
  const make = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    made.add(path);
    await files.makeDirectory(path, 0o755);
    if (gid === undefined) return;
    await files.chown(path, -1, gid);
    await files.chmod(path, 0o2755);
  };
  await make(directory);
  for (const [path, file] of payload) {
    const parents = path.split("/").slice(0, -1);
    for (let depth = 1; depth <= parents.length; depth++)
      await make(`${directory}/${parents.slice(0, depth).join("/")}`);
    await files.writeFile(`${directory}/${path}`, file.content, withGroup(file.mode, gid));
    if (gid !== undefined || file.uid !== undefined)
      await files.chown(`${directory}/${path}`, file.uid ?? -1, gid ?? -1);
  }
}
async function isCurrent(directory: string, payload: Payload, files: HostFiles, gid?: number): Promise<boolean> {
  const found = await filesBelow(directory, "", files);
  if (found.length !== payload.size) return false;
  for (const [path, file] of payload) if (!(await isSame(`${directory}/${path}`, file, files, gid))) return false;
  return true;
}
async function isSame(path: string, file: PayloadFile, files: HostFiles, gid?: number): Promise<boolean> {
  const facts = await files.stat(path);
  if (facts?.type !== "file" || facts.mode !== withGroup(file.mode, gid)) return false;
  const content = await files.readFile(path, facts.sizeBytes);
  return content !== undefined && same(file.content, content);
}
async function filesBelow(directory: string, prefix: string, files: HostFiles): Promise<string[]> {
  const found: string[] = [];
  for (const name of await files.list(`${directory}/${prefix}`)) {
    const path = `${prefix}${name}`;
    const facts = await files.lstat(`${directory}/${path}`);
    if (facts?.type === "directory") found.push(...(await filesBelow(directory, `${path}/`, files)));
    else found.push(path);
  }
  return found;
}
const visibleNames = (payload: Payload): Set<string> => new Set([...payload.keys()].map((p) => p.split("/")[0]!));

async function linkNames(directory: string, payload: Payload, files: HostFiles): Promise<void> {
  for (const name of visibleNames(payload))
    if ((await files.readLink(`${directory}/${name}`)) === undefined)
      await files.link(`${current}/${name}`, `${directory}/${name}`);
}
async function removeStale(directory: string, kept: string, payload: Payload, files: HostFiles): Promise<void> {
  const visible = visibleNames(payload);
  for (const name of await files.list(directory)) {
    const isOld = name.startsWith("..") ? name !== current && name !== kept : !visible.has(name);
    if (isOld) await files.remove(`${directory}/${name}`);
  }
}
