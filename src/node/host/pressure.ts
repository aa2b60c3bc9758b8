// How scarce memory and disk are on a machine, for eviction.
import type { NodePressure } from "#node/eviction.ts";
import type { HostFiles } from "./host-files.ts";

/** `directory`: on the disk that pods use. */
export async function readPressure(files: HostFiles, directory: string): Promise<NodePressure> {
  const bytes = await files.readFile("/proc/meminfo", 8192);
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(bytes ? Buffer.from(bytes).toString("utf8") : "")?.[1];
  const disk = await files.fileSystem(directory);
  return {
    // a machine that does not tell is taken to have enough
    memoryAvailableBytes: available === undefined ? Infinity : Number(available) * 1024,
    diskAvailableBytes: disk.availableBytes,
    diskCapacityBytes: disk.capacityBytes,
    inodes: disk.inodes,
    inodesFree: disk.inodesFree,
  };
}
