// What the machine was like before its first cluster, kept in the registry, and put back after its last one: kernel
// settings, tables that only the port mappings needed, and directories.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { execute } from "./execute.ts";
import { readIfThere } from "./machine-facts.ts";

export interface MachineBefore {
  /** Kernel settings by path below /proc/sys. */
  readonly settings: Readonly<Record<string, string>>;
  /** Tables of nftables as "family name". */
  readonly tables: readonly string[];
  /** Directories outside the data directory that the cluster had to make. */
  readonly madeDirectories: readonly string[];
}

/** Switched on for pods, by the node's network and the bridge plugin alike. */
const changedSettings = ["net/ipv4/ip_forward"];
/** Made by iptables for the port mappings of pods. */
const mappingTables = ["ip nat", "ip6 nat"];
/** Covered by the cluster's own directories in its mount namespace, so they must exist. */
const sharedDirectories = ["/run/containerd", "/var/lib/cni"];

interface Listing {
  readonly nftables: readonly {
    readonly table?: { readonly family: string; readonly name: string };
    readonly rule?: object;
    readonly chain?: object;
  }[];
}

async function nftList(...what: readonly string[]): Promise<Listing["nftables"]> {
  const outcome = await execute("nft", ["--json", "list", ...what]);
  // Without nftables there is nothing, and a table that is gone has nothing either.
  return outcome.code === 0 ? (JSON.parse(outcome.stdout) as Listing).nftables : [];
}

export async function nftTables(): Promise<readonly { readonly family: string; readonly name: string }[]> {
  return (await nftList("tables")).flatMap(({ table }) => (table ? [table] : []));
}

const setting = (name: string): string => readIfThere(`/proc/sys/${name}`).trim();

/** To be called before the first cluster is made; makes the shared directories. */
export async function readMachineBefore(): Promise<MachineBefore> {
  const madeDirectories = sharedDirectories.filter((directory) => !existsSync(directory));
  for (const directory of madeDirectories) mkdirSync(directory, { recursive: true, mode: 0o711 });
  return {
    settings: Object.fromEntries(changedSettings.map((name) => [name, setting(name)])),
    tables: (await nftTables()).map((table) => `${table.family} ${table.name}`),
    madeDirectories,
  };
}

/** Whether interfaces are left that may need forwarding. */
async function hasBridges(): Promise<boolean> {
  const { stdout } = await execute("ip", ["-brief", "link", "show", "type", "bridge"]);
  return stdout.trim() !== "";
}

/** To be called after the last cluster is gone. What others may rely on by now is left as it is. */
export async function restoreMachine(before: MachineBefore): Promise<void> {
  if (!(await hasBridges()))
    for (const [name, value] of Object.entries(before.settings))
      if (changedSettings.includes(name) && setting(name) !== value) writeFileSync(`/proc/sys/${name}`, value);
  for (const table of mappingTables.filter((name) => !before.tables.includes(name))) {
    const content = await nftList("table", ...table.split(" "));
    if (content.some((item) => item.table) && !content.some((item) => item.rule))
      await execute("nft", ["delete", "table", ...table.split(" ")]);
  }
  for (const directory of before.madeDirectories) removeIfEmpty(directory);
}

export function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    // Not there, in use, or a mount point: then it stays as it is.
    if (!["ENOENT", "ENOTEMPTY", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
