// The DNS server of a node: UDP and TCP on the cluster's DNS address. Cluster names are answered from memory, others
// forwarded. Limits: questions under way at once, TCP connections, and how long a connection may idle.
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { createServer, type Socket } from "node:net";
import type { Log } from "#base/log.ts";
import { aborted, deferred, type Service } from "#base/service.ts";
import { BadMessage, rcodes, readQuery, recordTypes, writeAnswer, type Answer, type Query } from "#dns/message.ts";
import { answer, type ClusterView } from "#dns/records.ts";
import type { Upstream } from "#dns/upstream.ts";

export interface DnsOptions {
  readonly view: ClusterView;
  readonly upstream: Upstream;
  readonly addresses: readonly string[];
  readonly port: number;
  /** Names are unknown until the caches are filled; questions wait for it. */
  readonly synced: Promise<void>;
  readonly log: Log;
}
const mostForwarded = 1_000;
const mostConnections = 200;
const idleMs = 10_000;
const tcpLimitBytes = 65_535;

const failure = (rcode: number): Answer => ({
  rcode,
  authoritative: false,
  answers: [],
  authority: [],
  additional: [],
});

export class DnsServer implements Service {
  readonly name = "dns";
  readonly #options: DnsOptions;
  readonly #ready = deferred();
  #forwarded = 0;

  constructor(options: DnsOptions) {
    this.#options = options;
  }
  get ready(): Promise<void> {
    return this.#ready.promise;
  }
  async run(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#options.synced, aborted(signal)]);
    if (signal.aborted) return;
    const closers: (() => void)[] = [];
    try {
      for (const address of this.#options.addresses) {
        const udp = await this.#listenUdp(address);
        closers.push(() => udp.close());
        closers.push(await this.#listenTcp(address));
      }
      this.#ready.resolve();
      await aborted(signal);
    } catch (error) {
      this.#ready.reject(error);
      throw error;
    } finally {
      for (const close of closers) close();
    }
  }
  #listenUdp(address: string): Promise<UdpSocket> {
    return new Promise((resolve, reject) => {
      const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", reuseAddr: true });
      socket.on("message", (message, from) => void this.#udp(socket, message, from));
      socket.once("error", reject);
      socket.bind(this.#options.port, address, () => {
        socket.off("error", reject);
        socket.on("error", (error) => this.#options.log.warn("DNS socket error", { error }));
        resolve(socket);
      });
    });
  }
  async #udp(socket: UdpSocket, message: Buffer, from: RemoteInfo): Promise<void> {
    const reply = await this.reply(message, false);
    if (reply)
      socket.send(
        reply,
        from.port,
        from.address,
        (error) => error && this.#options.log.debug("DNS answer was not sent", { error }),
      );
  }
  #listenTcp(address: string): Promise<() => void> {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      if (open.size >= mostConnections) return void socket.destroy();
      open.add(socket);
      socket.setTimeout(idleMs, () => socket.destroy());
      socket.once("close", () => open.delete(socket));
      socket.on("error", () => socket.destroy());
      this.#tcp(socket);
    });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#options.port, address, () =>
        resolve(() => {
          server.close();
          for (const socket of open) socket.destroy();
        }),
      );
    });
  }
  #tcp(socket: Socket): void {
    let pending: Buffer = Buffer.alloc(0);
    let busy = Promise.resolve();
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const message = pending.subarray(2, 2 + pending.readUInt16BE(0));
        pending = pending.subarray(2 + message.length);
        busy = busy.then(async () => {
          const reply = await this.reply(Buffer.from(message), true);
          if (!reply || socket.destroyed) return;
          const length = Buffer.alloc(2);
          length.writeUInt16BE(reply.length);
          socket.write(Buffer.concat([length, reply]));
        });
      }
      if (pending.length > tcpLimitBytes + 2) socket.destroy();
    });
  }
  /** The answer to one message; undefined when it deserves none. */
  async reply(message: Buffer, tcp: boolean): Promise<Buffer | undefined> {
    let query: Query;
    try {
      query = readQuery(message);
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error;
      return error.id === undefined ? undefined : formatError(error.id);
    }
    const limitBytes = tcp ? tcpLimitBytes : query.udpSizeBytes;
    if (query.opcode !== 0) return writeAnswer(query, failure(rcodes.notImplemented), limitBytes);
    const own = answer(query.question, this.#options.view);
    if (own) return writeAnswer(query, await this.#followed(query, own), limitBytes);
    const passed = await this.#forward(message);
    if (!passed) return writeAnswer(query, failure(rcodes.serverFailure), limitBytes);
    return passed.length <= limitBytes ? passed : writeAnswer(query, failure(rcodes.noError), 0);
  }
  async #forward(message: Buffer): Promise<Buffer | undefined> {
    if (this.#forwarded >= mostForwarded) return undefined;
    this.#forwarded++;
    try {
      return await this.#options.upstream.forward(message);
    } catch (error) {
      this.#options.log.debug("no resolver answered", { error });
      return undefined;
    } finally {
      this.#forwarded--;
    }
  }
  /** Adds the addresses behind an alias to a name of the cluster; clients follow other aliases by asking again. */
  async #followed(query: Query, own: Answer): Promise<Answer> {
    const alias = own.answers[0];
    if (alias?.type !== "CNAME" || query.question.type === recordTypes.CNAME) return own;
    const target = alias.target.toLowerCase();
    const next = answer({ ...query.question, name: target, asked: alias.target }, this.#options.view);
    if (next) return { ...own, answers: [...own.answers, ...next.answers] };
    const records = await this.#resolveOutside(query, alias.target);
    return { ...own, answers: [...own.answers, ...records] };
  }
  async #resolveOutside(query: Query, name: string): Promise<Answer["answers"]> {
    const { type } = query.question;
    if (type !== recordTypes.A && type !== recordTypes.AAAA) return [];
    const asked = Buffer.from(
      writeAnswer({ ...query, edns: false, question: { ...query.question, asked: name } }, failure(0), 512),
    );
    asked.writeUInt16BE(0x0100, 2); // turns the empty answer into a recursive question
    const reply = await this.#forward(asked);
    return reply ? addressesIn(reply, type, name) : [];
  }
}

/** The address records of a forwarded answer, under the name that was asked for. */
function addressesIn(reply: Buffer, type: number, name: string): Answer["answers"] {
  const skipName = (at: number): number => {
    let i = at;
    while (i < reply.length && reply[i] !== 0) {
      if ((reply[i]! & 0xc0) === 0xc0) return i + 2;
      i += reply[i]! + 1;
    }
    return i + 1;
  };
  const out: Answer["answers"][number][] = [];
  let at = skipName(12) + 4;
  for (let n = reply.readUInt16BE(6); n > 0 && at < reply.length; n--) {
    at = skipName(at);
    if (at + 10 > reply.length) break;
    const [found, ttlSeconds, size] = [reply.readUInt16BE(at), reply.readUInt32BE(at + 4), reply.readUInt16BE(at + 8)];
    const data = reply.subarray(at + 10, at + 10 + size);
    if (found === type && type === recordTypes.A && size === 4)
      out.push({ type: "A", address: [...data].join("."), name, ttlSeconds });
    if (found === type && type === recordTypes.AAAA && size === 16)
      out.push({ type: "AAAA", address: data.toString("hex").match(/.{4}/g)!.join(":"), name, ttlSeconds });
    at += 10 + size;
  }
  return out;
}
function formatError(id: number): Buffer {
  const out = Buffer.alloc(12);
  out.writeUInt16BE(id, 0);
  out.writeUInt16BE(0x8000 | rcodes.formatError, 2);
  return out;
}
