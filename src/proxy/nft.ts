// The real packet filter: nft and conntrack as programs. One nft process per transaction costs about 4 ms.
import { spawn } from "node:child_process";
import type { PacketFilter } from "#proxy/proxy.ts";

const outputLimitBytes = 32 << 20;

/** Runs a program with `input` on its standard input; resolves to its output, rejects with its error text. */
export function runProgram(command: string, args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let sizeBytes = 0;
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= outputLimitBytes) into.push(chunk);
      else child.kill("SIGKILL");
    };
    child.stdout.on("data", collect(out));
    child.stderr.on("data", collect(err));
    child.once("error", (error) =>
      reject(new Error(`${command} could not be started: ${error.message}`, { cause: error })),
    );
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else
        reject(
          new Error(
            `${command} ${args.join(" ")} failed (${code}): ${Buffer.concat(err).toString().trim().slice(0, 2000)}`,
          ),
        );
    });
    child.stdin.on("error", () => undefined); // the program ended early: its exit code tells
    child.stdin.end(input);
  });
}

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
