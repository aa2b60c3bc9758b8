// Host ports of pods that ended without CNI's goodbye: the portmap plugin keeps them as iptables rules that carry the
// network's name in a comment. Pure: from `iptables-save` to the lines that `iptables-restore` needs to remove them.
import { execute } from "#cluster/machine/execute.ts";
import { findProgram } from "#cluster/machine/packages.ts";

const shared = ["CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ"];

/** Lines for `iptables-restore --noflush` in table nat; none when there is nothing of the network. */
export function planUnmapping(saved: string, network: string): readonly string[] {
  const lines = saved.split("\n");
  const mine = lines.filter((line) => line.startsWith("-A ") && line.includes(`name: \\"${network}\\"`));
  const chains = new Set(mine.flatMap((line) => /-j (CNI-DN-\w+)/.exec(line)?.[1] ?? []));
  const others = lines.filter((line) => line.startsWith("-A CNI-HOSTPORT-DNAT ") && !mine.includes(line));
  const present = shared.filter((chain) => lines.some((line) => line.startsWith(`:${chain} `)));
  const isLast = others.length === 0 && present.length > 0;
  if (chains.size === 0 && !isLast) return [];
  const gone = new Set([...chains, ...(isLast ? present : [])]);
  const jumps = lines.filter((line) => {
    const [chain, target] = [/^-A (\S+)/.exec(line)?.[1], / -j (\S+)/.exec(line)?.[1]];
    return chain !== undefined && !gone.has(chain) && target !== undefined && gone.has(target);
  });
  return [
    ...jumps.map((line) => line.replace(/^-A/, "-D")),
    ...[...gone].map((chain) => `-F ${chain}`),
    ...[...gone].map((chain) => `-X ${chain}`),
  ];
}

/** The shared chains go with the last network that uses them. */
export async function removePortMappings(network: string): Promise<void> {
  for (const program of ["iptables", "ip6tables"]) {
    if (!findProgram(program)) continue;
    const saved = await execute(`${program}-save`, ["-t", "nat"]);
    const plan = saved.code === 0 ? planUnmapping(saved.stdout, network) : [];
    if (plan.length === 0) continue;
    await execute(`${program}-restore`, ["--noflush"], { input: `*nat\n${plan.join("\n")}\nCOMMIT\n` });
  }
}
