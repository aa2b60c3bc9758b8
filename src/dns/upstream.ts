// Forwards questions that are not about the cluster to the machine's resolvers: UDP first, TCP when the answer is cut,
// the next resolver when one is silent. Messages pass through as they are, but for their id.
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import type { Clock } from "#base/clock.ts";

export interface Upstream {
  /** Rejects when no resolver answers. */
  forward(query: Buffer): Promise<Buffer>;
}
export interface ResolverAddress {
  readonly host: string;
  readonly port: number;
}
const answerWithinMs = 2_000;
const longestAnswerBytes = 65_535;

/** Nameservers of a resolv.conf, without those in `ownAddresses`, which would lead back here. */
export const nameservers = (resolvConf: string, ownAddresses: ReadonlySet<string>): ResolverAddress[] =>
  resolvConf
    .split("\n")
    .flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    .filter((host) => !ownAddresses.has(host))
    .map((host) => ({ host, port: 53 }));

function overUdp(query: Buffer, to: ResolverAddress, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(to.host.includes(":") ? "udp6" : "udp4");
    const end = (run: () => void): void => {
      timer.stop();
      socket.close();
      run();
    };
    const timer = clock.after(answerWithinMs, () => end(() => reject(new Error(`no answer from ${to.host}`))));
    socket.once("error", (error) => end(() => reject(error)));
    // Connected: only datagrams from that resolver arrive, and a closed port is an error at once.
    socket.connect(to.port, to.host, () => socket.send(query));
    socket.on("message", (message) => {
      if (message.length >= 12 && message.readUInt16BE(0) === query.readUInt16BE(0)) end(() => resolve(message));
    });
  });
}
function overTcp(query: Buffer, to: ResolverAddress, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(to.port, to.host);
    const chunks: Buffer[] = [];
    const fail = (error: Error): void => {
      timer.stop();
      socket.destroy();
      reject(error);
    };
    const timer = clock.after(answerWithinMs, () => fail(new Error(`no answer from ${to.host}`)));
    socket.once("error", fail);
    socket.once("end", () => fail(new Error(`${to.host} closed the connection`)));
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return;
      timer.stop();
      socket.destroy();
      resolve(all.subarray(2, 2 + all.readUInt16BE(0)).subarray(0, longestAnswerBytes));
    });
  });
}

/** `resolvers` is asked anew for every question, so that a changed resolv.conf counts at once. */
export function createUpstream(options: {
  readonly resolvers: () => readonly ResolverAddress[];
  readonly clock: Clock;
}): Upstream {
  return {
    async forward(query) {
      let last: unknown = new Error("the machine has no resolver");
      for (const to of options.resolvers()) {
        try {
          const answer = await overUdp(query, to, options.clock);
          const truncated = (answer[2]! & 0x02) !== 0;
          return truncated ? await overTcp(query, to, options.clock) : answer;
        } catch (error) {
          last = error;
        }
      }
      throw last;
    },
  };
}
