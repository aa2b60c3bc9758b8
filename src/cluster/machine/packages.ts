// The programs a node needs from its distribution, looked up as files so that an installed machine pays nothing, and
// installed with apt-get when one is missing. Daemons of the new packages are kept from starting.
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.ts";
import { Problem } from "#cluster/problem.ts";

interface Tool {
  readonly name: string;
  readonly debianPackage: string;
  readonly kind: "program" | "cni" | "file";
  /** Works without it, but better with it. */
  readonly optional?: true;
}
const program = (name: string, debianPackage = name): Tool => ({ name, debianPackage, kind: "program" });
const plugin = (name: string): Tool => ({ name, debianPackage: "containernetworking-plugins", kind: "cni" });

const tools: readonly Tool[] = [
  program("containerd"),
  program("containerd-shim-runc-v2", "containerd"),
  program("ctr", "containerd"),
  program("runc"),
  { ...program("crun"), optional: true },
  plugin("bridge"),
  plugin("host-local"),
  plugin("loopback"),
  plugin("portmap"),
  program("nft", "nftables"),
  program("ip", "iproute2"),
  program("iptables"),
  program("conntrack"),
  program("mount"),
  program("nsenter", "util-linux"),
  program("unshare", "util-linux"),
  program("setsid", "util-linux"),
  program("flock", "util-linux"),
  { name: "/etc/ssl/certs/ca-certificates.crt", debianPackage: "ca-certificates", kind: "file" },
];

const programDirectories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const cniDirectories = ["/usr/lib/cni", "/opt/cni/bin"];

const within = (directories: readonly string[], name: string, exists: (path: string) => boolean): string | undefined =>
  directories.map((directory) => join(directory, name)).find(exists);

/** Absolute path of a program of the distribution. */
export const findProgram = (name: string, exists: (path: string) => boolean = existsSync): string | undefined =>
  within(programDirectories, name, exists);

/** The directory with the CNI plugins. */
export const cniBinaries = (exists: (path: string) => boolean = existsSync): string =>
  cniDirectories.find((directory) => exists(join(directory, "bridge"))) ?? cniDirectories[0]!;

export interface MissingTools {
  /** Debian packages without which nothing works. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

export function missingTools(exists: (path: string) => boolean = existsSync): MissingTools {
  const isMissing = (tool: Tool): boolean => {
    if (tool.kind === "file") return !exists(tool.name);
    return !within(tool.kind === "cni" ? cniDirectories : programDirectories, tool.name, exists);
  };
  const missing = tools.filter(isMissing);
  const packages = (some: readonly Tool[]): string[] => [...new Set(some.map((tool) => tool.debianPackage))];
  return {
    required: packages(missing.filter((tool) => !tool.optional)),
    optional: packages(missing.filter((tool) => tool.optional)),
  };
}

export interface InstallOptions {
  /** Short texts such as "Unpacking containerd" with the share that is done, 0 to 1. */
  readonly onProgress: (text: string, share: number) => void;
  readonly signal: AbortSignal;
}

/** Throws Problem when the distribution cannot provide a required package. */
export async function installPackages(missing: MissingTools, options: InstallOptions): Promise<void> {
  if (!findProgram("apt-get"))
    throw new Problem("some system packages are missing", {
      why: `this machine has no apt-get, and these are not installed: ${missing.required.join(", ")} (Debian's names)`,
      remedy: "install them with the package program of this system, then run this command again",
    });
  if (!hasPackageLists()) await apt(["update"], options);
  const wanted = [...missing.required, ...(await knownPackages(missing.optional, options.signal))];
  using _ = holdDaemons("/usr/sbin/policy-rc.d");
  const install = ["install", "-y", "--no-install-recommends", ...wanted];
  const first = await apt(install, options);
  if (first.code === 0) return;
  await apt(["update"], options); // the lists may be too old
  const second = await apt(install, options);
  if (second.code === 0) return;
  throw new Problem("the system packages could not be installed", {
    why: `'apt-get ${install.join(" ")}' ended with code ${second.code}: ${lastWords(second.stderr || second.stdout)}`,
    remedy: "check the network and /etc/apt/sources.list, or run that command by hand to see more",
  });
}

/** Those of `names` that the distribution has. */
export async function knownPackages(names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  if (names.length === 0 || !findProgram("apt-cache")) return [];
  const { stdout } = await execute("apt-cache", ["pkgnames"], { signal });
  const known = new Set(stdout.split("\n"));
  return names.filter((name) => known.has(name));
}

const hasPackageLists = (): boolean =>
  existsSync("/var/lib/apt/lists") && readdirSync("/var/lib/apt/lists").some((name) => /_Packages(\.\w+)?$/.test(name));

const lastWords = (text: string): string =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-3)
    .join(" / ");

function apt(args: readonly string[], { onProgress, signal }: InstallOptions) {
  // Waits for another package program instead of failing, and reports its progress on descriptor 3.
  const settings = ["-q", "-o", "DPkg::Lock::Timeout=120", "-o", "APT::Status-Fd=3", "-o", "Dpkg::Use-Pty=0"];
  return execute("apt-get", [...settings, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    signal,
    onProgress(line) {
      const progress = parseProgress(line);
      if (progress) onProgress(progress.text, progress.share);
    },
  });
}

/** A line of apt's status descriptor: kind:package:percent:text. */
export function parseProgress(line: string): { readonly text: string; readonly share: number } | undefined {
  const [kind, , percent, ...text] = line.split(":");
  if (kind !== "pmstatus" && kind !== "dlstatus") return undefined;
  const share = Number(percent) / 100;
  return Number.isFinite(share) ? { text: text.join(":").trim(), share } : undefined;
}

const marker = "# written by timonier while it installs packages";

/** Answers "do not start" to maintainer scripts until disposed; an existing policy is put back as it was. */
export function holdDaemons(policyFile: string): Disposable {
  const saved = `${policyFile}.before-timonier`;
  const isOurs = existsSync(policyFile) && readFileSync(policyFile, "utf8").includes(marker);
  if (existsSync(policyFile) && !isOurs) renameSync(policyFile, saved);
  writeFileSync(policyFile, `#!/bin/sh\n${marker}\nexit 101\n`);
  chmodSync(policyFile, 0o755);
  return {
    [Symbol.dispose]() {
      if (existsSync(saved)) renameSync(saved, policyFile);
      else rmSync(policyFile, { force: true });
    },
  };
}
