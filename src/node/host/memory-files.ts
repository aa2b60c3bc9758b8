// Files in memory: what a simulated node has for a disk. Only what the agent does with files is there; mounts are
// remembered so that tests can see them.
import { dirname, join, normalize, resolve } from "node:path";
import type { FileFacts, FileType, HostFiles, Mount } from "./host-files.ts";

interface Entry {
  type: FileType;
  mode: number;
  uid: number;
  gid: number;
  content?: Uint8Array;
  target?: string;
}
const directory = (mode: number): Entry => ({ type: "directory", mode, uid: 0, gid: 0 });
const fail = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

export class MemoryFiles implements HostFiles {
  readonly #entries = new Map<string, Entry>([["/", directory(0o755)]]);
  /** Mount point to what is mounted there. */
  readonly mounts = new Map<string, string>();

  /** Follows links in every component but, unless `last`, the final one. */
  #walk(path: string, last: boolean, depth = 0): string {
    if (depth > 40) throw fail("ELOOP", path);
    const parts = normalize(path).split("/").filter(Boolean);
    let here = "/";
    for (const [i, part] of parts.entries()) {
      const next = here === "/" ? `/${part}` : `${here}/${part}`;
      const entry = this.#entries.get(next);
      if (entry?.type === "link" && (last || i < parts.length - 1))
        return this.#walk(join(resolve(here, entry.target!), ...parts.slice(i + 1)), last, depth + 1);
      here = next;
    }
    return here;
  }
  #get(path: string, follow = true): Entry | undefined {
    return this.#entries.get(this.#walk(path, follow));
  }
  #put(path: string, entry: Entry): void {
    const at = this.#walk(path, true);
    if (this.#entries.get(dirname(at))?.type !== "directory") throw fail("ENOENT", path);
    this.#entries.set(at, entry);
  }
  #below(path: string): string[] {
    return [...this.#entries.keys()].filter((p) => p.startsWith(`${path}/`));
  }
  async makeDirectory(path: string, mode = 0o755): Promise<void> {
    const at = this.#walk(path, true);
    const missing: string[] = [];
    for (let p = at; !this.#entries.has(p); p = dirname(p)) missing.unshift(p);
    for (const p of missing) this.#entries.set(p, directory(p === at ? mode : 0o755));
  }
  async writeFile(path: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
    this.#put(path, { type: "file", mode, uid: 0, gid: 0, content: Buffer.from(content) });
  }
  async writeControl(path: string, value: string): Promise<void> {
    await this.writeFile(path, value);
  }
  async readFile(path: string, limitBytes: number): Promise<Uint8Array | undefined> {
    return this.#get(path)?.content?.subarray(0, limitBytes);
  }
  async readEnd(path: string, bytes: number): Promise<Uint8Array | undefined> {
    const content = this.#get(path)?.content;
    return content?.subarray(Math.max(0, content.length - bytes));
  }
  async stat(path: string): Promise<FileFacts | undefined> {
    return factsOf(this.#get(path));
  }
  async lstat(path: string): Promise<FileFacts | undefined> {
    return factsOf(this.#get(path, false));
  }
  async list(path: string): Promise<string[]> {
    const at = this.#walk(path, true);
    const prefix = at === "/" ? "/" : `${at}/`;
    return [...this.#entries.keys()]
      .filter((p) => p !== "/" && p.startsWith(prefix) && !p.slice(prefix.length).includes("/"))
      .map((p) => p.slice(prefix.length))
      .toSorted();
  }
  async readLink(path: string): Promise<string | undefined> {
    return this.#get(path, false)?.target;
  }
  async realPath(path: string): Promise<string | undefined> {
    const at = this.#walk(path, true);
    return this.#entries.has(at) ? at : undefined;
  }
  async link(target: string, path: string): Promise<void> {
    const at = this.#walk(path, false);
    if (this.#entries.has(at)) throw fail("EEXIST", path);
    this.#entries.set(at, { type: "link", mode: 0o777, uid: 0, gid: 0, target });
  }
  async rename(from: string, to: string): Promise<void> {
    const source = this.#walk(from, false);
    const entry = this.#entries.get(source);
    if (!entry) throw fail("ENOENT", from);
    const target = this.#walk(to, false);
    for (const p of this.#below(source)) {
      this.#entries.set(target + p.slice(source.length), this.#entries.get(p)!);
      this.#entries.delete(p);
    }
    this.#entries.delete(source);
    this.#entries.set(target, entry);
  }
  async chmod(path: string, mode: number): Promise<void> {
    const entry = this.#get(path);
    if (!entry) throw fail("ENOENT", path);
    entry.mode = mode;
  }
  async chown(path: string, uid: number, gid: number): Promise<void> {
    const entry = this.#get(path, false);
    if (!entry) throw fail("ENOENT", path);
    if (uid >= 0) entry.uid = uid;
    if (gid >= 0) entry.gid = gid;
  }
  async remove(path: string): Promise<void> {
    const mounted = await this.mountsBelow(path);
    if (mounted.length > 0) throw new Error(`cannot remove ${path}: ${mounted[0]} is still mounted`);
    const at = this.#walk(path, false);
    for (const p of this.#below(at)) this.#entries.delete(p);
    this.#entries.delete(at);
  }
  async removeDirectory(path: string): Promise<boolean> {
    const at = this.#walk(path, false);
    if (this.#below(at).length > 0) throw fail("ENOTEMPTY", path);
    return this.#entries.delete(at);
  }
  async compress(path: string, to: string): Promise<void> {
    await this.writeFile(to, this.#get(path)?.content ?? "");
  }
  async mount(path: string, { source }: Mount): Promise<void> {
    await this.makeDirectory(path);
    this.mounts.set(path, source);
  }
  async mountTmpfs(path: string): Promise<void> {
    await this.makeDirectory(path);
    this.mounts.set(path, "tmpfs");
  }
  async bindInside(root: string, relative: string, target: string): Promise<void> {
    const source = this.#walk(join(root, relative), true);
    const realRoot = this.#walk(root, true);
    if (source !== realRoot && !source.startsWith(`${realRoot}/`))
      throw new Error(`subPath ${relative} is outside of the volume`);
    if (!this.#entries.has(source)) await this.makeDirectory(source, this.#get(root)?.mode ?? 0o750);
    await this.makeDirectory(target);
    this.mounts.set(target, source);
  }
  async unmount(path: string): Promise<void> {
    this.mounts.delete(path);
  }
  async mountsBelow(path: string): Promise<string[]> {
    return [...this.mounts.keys()].filter((p) => p === path || p.startsWith(`${path}/`)).toReversed();
  }
  async fileSystem(): Promise<{ capacityBytes: number; availableBytes: number; inodes: number; inodesFree: number }> {
    return { capacityBytes: 100 * 2 ** 30, availableBytes: 90 * 2 ** 30, inodes: 1e7, inodesFree: 9e6 };
  }
}
const factsOf = (entry: Entry | undefined): FileFacts | undefined =>
  entry && {
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    sizeBytes: entry.content?.length ?? 0,
  };
