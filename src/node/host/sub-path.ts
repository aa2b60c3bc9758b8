// Mounting a path inside a volume, where the volume's content is in the hands of whoever runs in the pod. Links are
// resolved once and must stay inside; then each component is opened without following links, and what is mounted is
// the opened file itself, so that an exchange of a component meanwhile changes nothing.
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { join, relative as relativePath } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Opens for naming only; not among Node's constants. The number is that of Linux on every supported processor. */
const openPath = 0o10000000;

const escapes = (path: string): boolean => path === ".." || path.startsWith("../") || path.startsWith("/");

/** The real path of a component chain inside the real root; missing directories are made. */
async function resolveInside(root: string, relative: string): Promise<string> {
  const wanted = join(root, relative);
  if (escapes(relativePath(root, wanted))) throw new Error(`subPath ${relative} is outside of the volume`);
  const real = await fs.realpath(wanted).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    await makeInside(root, relative);
    return fs.realpath(wanted);
  });
  const inside = relativePath(root, real);
  if (escapes(inside)) throw new Error(`subPath ${relative} is outside of the volume`);
  return inside;
}
/** Makes the missing directories one by one, each in the opened directory above it and with the mode of the root. */
async function makeInside(root: string, relative: string): Promise<void> {
  const mode = (await fs.stat(root)).mode & 0o7777;
  let here = root;
  for (const name of relative.split("/").filter((n) => n !== "" && n !== ".")) {
    const next = join(here, name);
    const real = await fs.realpath(next).catch(() => undefined);
    if (real === undefined) {
      await makeOne(root, relativePath(root, here), name, mode);
      here = next;
    } else {
      if (escapes(relativePath(root, real))) throw new Error(`subPath ${relative} is outside of the volume`);
      here = real;
    }
  }
}
async function makeOne(root: string, above: string, name: string, mode: number): Promise<void> {
  const parent = await openInside(root, above);
  try {
    await fs.mkdir(`/proc/self/fd/${parent.fd}/${name}`, { mode: 0o700 });
  } finally {
    await parent.close();
  }
  const made = await openInside(root, join(above, name));
  try {
    // the opened directory itself: a path could have become a link by now
    await fs.chmod(`/proc/self/fd/${made.fd}`, mode);
  } finally {
    await made.close();
  }
}
async function openInside(root: string, inside: string): Promise<fs.FileHandle> {
  let handle = await fs.open(root, openPath | constants.O_NOFOLLOW);
  for (const name of inside.split("/").filter((n) => n !== "")) {
    const above = handle;
    try {
      handle = await fs.open(`/proc/self/fd/${above.fd}/${name}`, openPath | constants.O_NOFOLLOW);
    } finally {
      await above.close();
    }
    if ((await handle.stat()).isSymbolicLink()) {
      await handle.close();
      throw new Error(`subPath component ${name} became a link`);
    }
  }
  return handle;
}
export async function bindInside(root: string, relative: string, target: string): Promise<void> {
  const realRoot = await fs.realpath(root);
  const inside = await resolveInside(realRoot, relative);
  const handle = await openInside(realRoot, inside);
  try {
    const isDirectory = (await handle.stat()).isDirectory();
    if (isDirectory) await fs.mkdir(target, { recursive: true });
    else await fs.writeFile(target, "", { flag: "a" });
    await run("mount", ["--no-canonicalize", "--bind", `/proc/${process.pid}/fd/${handle.fd}`, target]);
  } finally {
    await handle.close();
  }
}
