// The machine's files and mounts. Mounts are made by the mount program: they are few, and a failure has its words.
import { execFile } from "node:child_process";
import { constants, createReadStream, createWriteStream, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import type { FileFacts, FileType, HostFiles } from "./host-files.ts";
import { bindInside } from "./sub-path.ts";

const run = promisify(execFile);
const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
const types: readonly [keyof Stats & `is${string}`, FileType][] = [
  ["isFile", "file"],
  ["isDirectory", "directory"],
  ["isSymbolicLink", "link"],
  ["isSocket", "socket"],
  ["isCharacterDevice", "charDevice"],
  ["isBlockDevice", "blockDevice"],
];
const factsOf = (s: Stats): FileFacts => ({
  type: types.find(([is]) => s[is]())?.[1] ?? "other",
  mode: s.mode & 0o7777,
  uid: s.uid,
  gid: s.gid,
  sizeBytes: s.size,
});
async function readPart(path: string, bytes: number, fromEnd: boolean): Promise<Uint8Array | undefined> {
  const handle = await orMissing(fs.open(path, "r"));
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(bytes, Math.max(size, fromEnd ? 0 : bytes)));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, fromEnd ? Math.max(0, size - bytes) : 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
/** Octal escapes of mountinfo. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

async function mountsBelow(path: string): Promise<string[]> {
  const text = await fs.readFile("/proc/self/mountinfo", "utf8");
  const points = text.split("\n").flatMap((line) => {
    const point = line.split(" ")[4];
    return point === undefined ? [] : [unescaped(point)];
  });
  // later lines cover earlier ones, so the reverse order is safe to unmount in
  return points.filter((p) => p === path || p.startsWith(`${path}/`)).toReversed();
}
async function remove(path: string): Promise<void> {
  const mounts = await mountsBelow(path);
  if (mounts.length > 0) throw new Error(`cannot remove ${path}: ${mounts[0]} is still mounted`);
  await fs.rm(path, { recursive: true, force: true });
}
async function unmount(path: string): Promise<void> {
  try {
    await run("umount", [path]);
  } catch (error) {
    if (!(await mountsBelow(path)).includes(path)) return;
    if (!/busy/.test((error as { stderr?: string }).stderr ?? "")) throw error;
    await run("umount", ["-l", path]);
  }
}

export const realFiles: HostFiles = {
  async makeDirectory(path, mode) {
    const made = await fs.mkdir(path, { recursive: true });
    if (mode !== undefined && made !== undefined) await fs.chmod(path, mode);
  },
  async writeFile(path, content, mode = 0o644) {
    const handle = await fs.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, mode);
    try {
      await handle.chmod(mode);
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
  },
  async writeControl(path, value) {
    const handle = await fs.open(path, constants.O_WRONLY);
    try {
      await handle.write(value);
    } finally {
      await handle.close();
    }
  },
  readFile: (path, limitBytes) => readPart(path, limitBytes, false),
  readEnd: (path, bytes) => readPart(path, bytes, true),
  stat: async (path) => {
    const found = await orMissing(fs.stat(path));
    return found && factsOf(found);
  },
  lstat: async (path) => {
    const found = await orMissing(fs.lstat(path));
    return found && factsOf(found);
  },
  list: async (path) => ((await orMissing(fs.readdir(path))) ?? []).toSorted(),
  readLink: (path) => orMissing(fs.readlink(path)),
  realPath: (path) => orMissing(fs.realpath(path)),
  link: (target, path) => fs.symlink(target, path),
  rename: (from, to) => fs.rename(from, to),
  chmod: (path, mode) => fs.chmod(path, mode),
  chown: (path, uid, gid) => fs.lchown(path, uid, gid),
  remove,
  async removeDirectory(path) {
    return (await orMissing(fs.rmdir(path).then(() => true))) ?? false;
  },
  async compress(path, to) {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(to));
  },
  async mount(path, { type, source, options }) {
    await fs.mkdir(path, { recursive: true });
    const asked = options.length > 0 ? ["-o", options.join(",")] : [];
    await run("mount", [...(type === "bind" ? [] : ["-t", type]), ...asked, source, path]);
  },
  async mountTmpfs(path, { sizeBytes }) {
    await fs.mkdir(path, { recursive: true });
    const size = sizeBytes ? `,size=${sizeBytes}` : "";
    await run("mount", ["-t", "tmpfs", "-o", `rw,relatime${size}`, "tmpfs", path]);
  },
  async bindInside(root, relative, target) {
    await fs.mkdir(dirname(target), { recursive: true });
    await bindInside(root, relative, target);
  },
  unmount,
  mountsBelow,
  async fileSystem(path) {
    const s = await fs.statfs(path);
    return {
      capacityBytes: s.blocks * s.bsize,
      availableBytes: s.bavail * s.bsize,
      inodes: s.files,
      inodesFree: s.ffree,
    };
  },
};
