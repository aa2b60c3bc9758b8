// The node's files and mounts, as far as the agent touches them. Two implementations: the machine's own, and one in
// memory for simulated nodes and tests.

export type FileType = "file" | "directory" | "link" | "socket" | "charDevice" | "blockDevice" | "other";
export interface FileFacts {
  readonly type: FileType;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
}
export interface FileSystemFacts {
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly inodes: number;
  readonly inodesFree: number;
}
/** Paths are absolute. A missing file is `undefined` where the type allows it, else an error. */
export interface HostFiles {
  /** With its parents; an existing directory is left as it is. */
  makeDirectory(path: string, mode?: number): Promise<void>;
  /** Replaces the content; the mode holds whatever the umask. */
  writeFile(path: string, content: Uint8Array | string, mode?: number): Promise<void>;
  /** Into a file of the kernel's, which must be there. */
  writeControl(path: string, value: string): Promise<void>;
  readFile(path: string, limitBytes: number): Promise<Uint8Array | undefined>;
  /** The last bytes of a file. */
  readEnd(path: string, bytes: number): Promise<Uint8Array | undefined>;
  /** Follows links. */
  stat(path: string): Promise<FileFacts | undefined>;
  /** Does not follow the last link. */
  lstat(path: string): Promise<FileFacts | undefined>;
  /** Names, sorted; empty when there is no such directory. */
  list(path: string): Promise<string[]>;
  readLink(path: string): Promise<string | undefined>;
  realPath(path: string): Promise<string | undefined>;
  link(target: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  /** Does not follow links; -1 leaves an id as it is. */
  chown(path: string, uid: number, gid: number): Promise<void>;
  /** A tree or a file; nothing when it is missing. Invariant: refuses when something is mounted in it. */
  remove(path: string): Promise<void>;
  /** An empty directory; false when it is missing. */
  removeDirectory(path: string): Promise<boolean>;
  compress(path: string, to: string): Promise<void>;

  /** Makes the directory too. */
  mount(path: string, what: Mount): Promise<void>;
  mountTmpfs(path: string, options: { sizeBytes?: number }): Promise<void>;
  /**
   * Mounts a path inside `root` on `target`, which it makes; a missing path becomes a directory with the root's mode.
   * No component of `relative` may lead out of `root`, not
   * even one that is exchanged for a link meanwhile.
   */
  bindInside(root: string, relative: string, target: string): Promise<void>;
  unmount(path: string): Promise<void>;
  /** Mount points at or below a path, the deepest first. */
  mountsBelow(path: string): Promise<string[]>;
  fileSystem(path: string): Promise<FileSystemFacts>;
}
/** What to mount, in the words of the mount program; the type "bind" shows another directory. */
export interface Mount {
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}
/** Unmounts all below a path, then removes it. */
export async function removeWithMounts(files: HostFiles, path: string): Promise<void> {
  for (const mount of await files.mountsBelow(path)) await files.unmount(mount);
  await files.remove(path);
}
