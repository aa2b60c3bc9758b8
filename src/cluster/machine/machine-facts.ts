// Reads what machine.ts judges: a few files of /proc and /sys, a free-space figure, and the listening ports.
import { existsSync, readdirSync, readFileSync, readlinkSync, statfsSync } from "node:fs";
import { arch, networkInterfaces, platform, release } from "node:os";
import { dirname } from "node:path";

export interface MachineFacts {
  readonly platform: string;
  readonly arch: string;
  readonly kernel: string;
  readonly isRoot: boolean;
  /** /proc/filesystems. */
  readonly filesystems: string;
  /** Names of loadable and built-in modules; undefined when the system does not list them. */
  readonly modules: ReadonlySet<string> | undefined;
  /** Names in /proc/self/ns. */
  readonly namespaces: readonly string[];
  readonly cgroups: CgroupFacts;
  readonly freeDiskBytes: number;
  readonly memoryBytes: number;
  readonly inotifyInstances: number;
  readonly inotifyWatches: number;
  readonly listening: readonly ListeningPort[];
  readonly routes: readonly Route[];
}
export interface CgroupFacts {
  /** Mount points of version 1 hierarchies by controller. */
  readonly v1: Readonly<Record<string, string>>;
  /** Where version 2 is mounted, and the controllers it has. */
  readonly v2?: { readonly path: string; readonly controllers: readonly string[] };
}
export interface ListeningPort {
  readonly port: number;
  readonly inode: string;
}
export interface Route {
  /** Network and mask as unsigned 32-bit numbers. */
  readonly network: number;
  readonly mask: number;
}

/** Content of a file, or "" when it is not there. */
export function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "ESRCH", "EINVAL"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return "";
    throw error;
  }
}

export function machineFacts(dataDir: string): MachineFacts {
  return {
    platform: platform(),
    arch: arch(),
    kernel: release(),
    isRoot: process.getuid?.() === 0,
    filesystems: readIfThere("/proc/filesystems"),
    modules: moduleNames(release()),
    namespaces: existsSync("/proc/self/ns") ? readdirSync("/proc/self/ns") : [],
    cgroups: parseCgroups(readIfThere("/proc/self/mounts"), readIfThere),
    freeDiskBytes: freeBytes(dataDir),
    memoryBytes: Number(/^MemTotal:\s+(\d+) kB/m.exec(readIfThere("/proc/meminfo"))?.[1] ?? 0) * 1024,
    inotifyInstances: Number(readIfThere("/proc/sys/fs/inotify/max_user_instances")),
    inotifyWatches: Number(readIfThere("/proc/sys/fs/inotify/max_user_watches")),
    listening: listeningPorts(),
    routes: parseRoutes(readIfThere("/proc/net/route")),
  };
}

function moduleNames(kernel: string): ReadonlySet<string> | undefined {
  const directory = `/lib/modules/${kernel}`;
  const text = readIfThere(`${directory}/modules.builtin`) + readIfThere(`${directory}/modules.dep`);
  if (text === "") return undefined;
  return new Set([...text.matchAll(/([^/\s]+)\.ko[.\w]*(?=:|$)/gm)].map((match) => match[1]!.replaceAll("-", "_")));
}

export function parseCgroups(mounts: string, read: (path: string) => string): CgroupFacts {
  const v1: Record<string, string> = {};
  let v2: CgroupFacts["v2"];
  for (const line of mounts.split("\n")) {
    const [, path = "", type, options = ""] = line.split(" ");
    if (type === "cgroup2") v2 = { path, controllers: read(`${path}/cgroup.controllers`).split(/\s+/).filter(Boolean) };
    if (type === "cgroup")
      for (const option of options.split(",")) if (!/^(rw|ro|relatime|no.*)$/.test(option)) v1[option] = path;
  }
  return { v1, ...(v2 ? { v2 } : {}) };
}

function freeBytes(path: string): number {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

export const listeningPorts = (): readonly ListeningPort[] =>
  ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => parseListening(readIfThere(file)));

export function parseListening(table: string): readonly ListeningPort[] {
  return table.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const port = /:([0-9A-F]{4})$/.exec(fields[1] ?? "")?.[1];
    return port && fields[3] === "0A" ? [{ port: Number.parseInt(port, 16), inode: fields[9] ?? "" }] : [];
  });
}

/** Without default routes. The file holds addresses in the machine's byte order: little-endian. */
export function parseRoutes(table: string): readonly Route[] {
  const swap = (hex: string): number => Buffer.from(hex, "hex").readUInt32LE();
  return table.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [network, mask] = [fields[1] ?? "", fields[7] ?? ""];
    if (!/^[0-9A-F]{8}$/.test(network) || !/^[0-9A-F]{8}$/.test(mask) || mask === "00000000") return [];
    return [{ network: swap(network), mask: swap(mask) }];
  });
}

/** Whether a route leads to some address of `prefix`.0.0/16. */
export function isRouted(routes: readonly Route[], prefix: string): boolean {
  const [first = 0, second = 0] = prefix.split(".").map(Number);
  const network = ((first << 24) | (second << 16)) >>> 0;
  return routes.some((route) => {
    const both = (route.mask & 0xffff0000) >>> 0;
    return (network & both) >>> 0 === (route.network & both) >>> 0;
  });
}

/** The machine's addresses that others can use: no loopback, no link-local. */
export function hostAddresses(exceptInterfaces: RegExp): readonly string[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => !exceptInterfaces.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter((a) => !a.internal && !a.address.startsWith("fe80:") && !a.address.startsWith("169.254."))
    .map((a) => a.address);
}

/** The interface of the IPv4 default route. */
export const defaultInterface = (routeTable: string): string | undefined =>
  /^(\S+)\s+00000000\s/m.exec(routeTable.replace(/^Iface.*\n/, ""))?.[1];

/** The IPv4 address of the default route's interface, else the first one there is. */
export function primaryAddress(exceptInterfaces: RegExp): string | undefined {
  const device = defaultInterface(readIfThere("/proc/net/route"));
  const preferred = device === undefined ? undefined : networkInterfaces()[device]?.find((a) => a.family === "IPv4");
  return preferred?.address ?? hostAddresses(exceptInterfaces).find((address) => !address.includes(":"));
}

/** "name (pid)" of the process that owns a listening socket; needs root for other users' processes. */
export function ownerOf(inode: string): string | undefined {
  const wanted = `socket:[${inode}]`;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (!openFiles(pid).includes(wanted)) continue;
    return `${readIfThere(`/proc/${pid}/comm`).trim()} (process ${pid})`;
  }
  return undefined;
}

function openFiles(pid: string): readonly string[] {
  const links: string[] = [];
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) links.push(readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch (error) {
    // The process or the descriptor went away meanwhile, or belongs to somebody else: then it has nothing to tell.
    if (!["ENOENT", "EACCES", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  return links;
}
