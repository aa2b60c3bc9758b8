// What a machine is: size, identity and software, as its Node object tells them.
import * as os from "node:os";
import type { HostFiles } from "./host-files.ts";

export interface HostFacts {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly swapBytes: number;
  /** By page size in kilobytes: how many huge pages are set aside. */
  readonly hugePages: ReadonlyMap<number, number>;
  readonly machineID: string;
  readonly systemUUID: string;
  readonly bootID: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  /** "amd64", "arm64" … */
  readonly architecture: string;
}
const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", riscv64: "riscv64" };

export async function readHostFacts(files: HostFiles): Promise<HostFacts> {
  const line = async (path: string): Promise<string> => {
    const bytes = await files.readFile(path, 64 * 1024);
    return bytes ? Buffer.from(bytes).toString("utf8").trim() : "";
  };
  const memory = await line("/proc/meminfo");
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(memory)?.[1] ?? 0);
  const machineID = await line("/etc/machine-id");
  const release = await line("/etc/os-release");
  return {
    cpus: os.cpus().length || 1,
    memoryBytes: kilobytes("MemTotal") * 1024 || os.totalmem(),
    swapBytes: kilobytes("SwapTotal") * 1024,
    hugePages: await readHugePages(files, line),
    machineID,
    systemUUID: (await line("/sys/class/dmi/id/product_uuid")) || machineID,
    bootID: await line("/proc/sys/kernel/random/boot_id"),
    kernelVersion: os.release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release)?.[1] ?? "Linux",
    architecture: architectures[process.arch] ?? process.arch,
  };
}
async function readHugePages(
  files: HostFiles,
  line: (path: string) => Promise<string>,
): Promise<ReadonlyMap<number, number>> {
  const root = "/sys/kernel/mm/hugepages";
  const found = new Map<number, number>();
  for (const name of await files.list(root)) {
    const size = /^hugepages-(\d+)kB$/.exec(name)?.[1];
    if (size) found.set(Number(size), Number(await line(`${root}/${name}/nr_hugepages`)) || 0);
  }
  return found;
}
/** A machine for simulated nodes. */
export const simulatedHostFacts: HostFacts = {
  cpus: 4,
  memoryBytes: 16 * 2 ** 30,
  swapBytes: 0,
  hugePages: new Map([[2048, 0]]),
  machineID: "00000000000000000000000000000001",
  systemUUID: "00000000-0000-4000-8000-000000000001",
  bootID: "00000000-0000-4000-8000-000000000002",
  kernelVersion: "6.0.0",
  osImage: "Simulated",
  architecture: "amd64",
};
