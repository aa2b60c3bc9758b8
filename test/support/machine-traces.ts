// Everything on a machine that a cluster could leave behind, as lines to compare before and after.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

function run(program: string, ...args: readonly string[]): readonly string[] {
  return execFileSync(program, args, { encoding: "utf8" }).split("\n").filter(Boolean);
}

const listing = (directory: string): readonly string[] =>
  existsSync(directory) ? [directory, ...readdirSync(directory).map((name) => `${directory}/${name}`)] : [];

/** `mine` keeps the traces of the cluster under test where the machine shares the place with others. */
export function machineTraces(
  mine: RegExp,
  directories: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const commandLine = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    } catch (error) {
      if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
      throw error;
    }
  };
  return {
    mounts: readFileSync("/proc/self/mounts", "utf8").split("\n"),
    links: run("ip", "-brief", "link").map((line) => line.split(/\s+/).slice(0, 2).join(" ")),
    addresses: run("ip", "-brief", "address"),
    routes: run("ip", "route", "show", "table", "all"),
    tables: run("nft", "list", "ruleset").map((line) => line.replace(/packets \d+ bytes \d+/, "")),
    forwarding: [readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8")],
    cgroups: run("find", "/sys/fs/cgroup", "-type", "d").filter((line) => mine.test(line)),
    processes: processes.map(commandLine).filter((line) => mine.test(line)),
    files: directories.flatMap(listing),
  };
}
