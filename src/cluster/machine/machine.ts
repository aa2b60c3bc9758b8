// Judges whether a machine can run a cluster: pure, from facts to one list of everything that is missing, each with
// its remedy. A feature that cannot be seen from files is left to the start of the component that needs it.
import type { MachineFacts } from "./machine-facts.ts";
import { Problem } from "#cluster/problem.ts";

export interface Finding {
  /** An error keeps the cluster from starting, a warning is only said. */
  readonly severity: "error" | "warning";
  readonly what: string;
  readonly remedy: string;
}

const GiB = 2 ** 30;
export const leastDiskBytes = GiB;
const littleDiskBytes = 5 * GiB;
const leastMemoryBytes = 0.5 * GiB;

type Check = (facts: MachineFacts) => readonly Finding[];
const error = (what: string, remedy: string): Finding[] => [{ severity: "error", what, remedy }];
const warning = (what: string, remedy: string): Finding[] => [{ severity: "warning", what, remedy }];
const gibibytes = (bytes: number): string => `${(bytes / GiB).toFixed(1)} GiB`;

/** Names in /proc/self/ns and the kernel option behind each. */
const namespaces: Readonly<Record<string, string>> = {
  mnt: "CONFIG_NAMESPACES",
  net: "CONFIG_NET_NS",
  pid: "CONFIG_PID_NS",
  ipc: "CONFIG_IPC_NS",
  uts: "CONFIG_UTS_NS",
};
const neededControllers = ["cpu", "memory", "pids"];

const system: Check = (f) =>
  f.platform === "linux" ? [] : error(`this is ${f.platform}, not Linux`, "use a Linux machine or virtual machine");

const kernelNamespaces: Check = (f) =>
  Object.entries(namespaces)
    .filter(([name]) => !f.namespaces.includes(name))
    .flatMap(([name, option]) => error(`the kernel has no ${name} namespaces`, `use a kernel with ${option}`));

const overlay: Check = (f) => {
  if (/\toverlay$/m.test(f.filesystems) || f.modules === undefined || f.modules.has("overlay")) return [];
  return error(
    "the kernel has no overlay file system",
    "use a kernel with CONFIG_OVERLAY_FS (the distribution's own has it)",
  );
};

const networking: Check = (f) =>
  [
    ["nf_tables", "CONFIG_NF_TABLES"],
    ["bridge", "CONFIG_BRIDGE"],
    ["veth", "CONFIG_VETH"],
  ].flatMap(([module = "", option = ""]) =>
    f.modules === undefined || f.modules.has(module)
      ? []
      : error(`the kernel has no ${module}`, `use a kernel with ${option} (the distribution's own has it)`),
  );

const cgroups: Check = ({ cgroups: { v1, v2 } }) => {
  const missing = neededControllers.filter((name) => !(name in v1) && !v2?.controllers.includes(name));
  if (missing.length === 0) return [];
  const remedy = missing.includes("memory")
    ? "start the kernel with cgroup_enable=memory, and mount the cgroup file system"
    : "mount the cgroup file system with these controllers";
  return error(`control groups lack: ${missing.join(", ")}`, remedy);
};

const disk: Check = (f) => {
  if (f.freeDiskBytes >= littleDiskBytes) return [];
  const what = `only ${gibibytes(f.freeDiskBytes)} of disk space is free`;
  const remedy = "free some, or choose another disk with --data-dir (5 GiB are comfortable)";
  return f.freeDiskBytes < leastDiskBytes ? error(what, remedy) : warning(what, remedy);
};

const memory: Check = (f) =>
  f.memoryBytes >= leastMemoryBytes
    ? []
    : warning(`only ${gibibytes(f.memoryBytes)} of memory`, "1 GiB or more is better");

const inotify: Check = (f) => {
  if (f.inotifyInstances >= 128 && f.inotifyWatches >= 8192) return [];
  return warning(
    `few inotify instances or watches (${f.inotifyInstances}, ${f.inotifyWatches}): pods may meet "too many open files"`,
    "sysctl -w fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288",
  );
};

const checks: readonly Check[] = [system, kernelNamespaces, overlay, networking, cgroups, disk, memory, inotify];

export const examineMachine: Check = (facts) => checks.flatMap((check) => check(facts));

/** Throws one Problem that lists every error. */
export function refuseUnfit(findings: readonly Finding[]): void {
  const errors = findings.filter((finding) => finding.severity === "error");
  if (errors.length === 0) return;
  throw new Problem("this machine cannot run a cluster yet", {
    why: errors.map((finding) => finding.what).join("\n"),
    remedy: errors.map((finding) => finding.remedy).join("\n"),
  });
}
