// The real packet filter: nft and conntrack as programs. One nft process per transaction costs about 4 ms.
import { runProgram } from "#base/program.ts";
import type { PacketFilter } from "#proxy/proxy.ts";

const concatOf = (key: unknown): readonly (string | number)[] | undefined => {
  const holder = key as {
    concat?: readonly (string | number)[];
    elem?: { val?: { concat?: readonly (string | number)[] } };
  };
  return holder.concat ?? holder.elem?.val?.concat;
};

/** `nft` and `conntrack` are found on PATH. */
export function createNftFilter(): PacketFilter {
  return {
    async apply(script) {
      await runProgram("nft", ["-f", "-"], script);
    },
    async affinityElements(table, endpoint) {
      const text = await runProgram("nft", ["-j", "list", "map", "ip", table, "affinity"]);
      const parsed = JSON.parse(text) as { nftables: { map?: { elem?: readonly [unknown, unknown][] } }[] };
      const elements = parsed.nftables.find((n) => n.map)?.map?.elem ?? [];
      return elements.flatMap(([key, value]) => {
        const to = concatOf(value);
        const from = concatOf(key);
        return to && from && to.join(" . ") === endpoint ? [from.join(" . ")] : [];
      });
    },
    async forgetUdp({ ip, port }) {
      // conntrack exits with 1 when nothing matched
      await runProgram("conntrack", ["-D", "-p", "udp", "--reply-src", ip, "--reply-port-src", String(port)]).catch(
        (error: Error) => {
          if (!error.message.includes("0 flow entries")) throw error;
        },
      );
    },
  };
}
