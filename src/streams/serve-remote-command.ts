// The server's end of exec and attach: takes an upgrade request over and gives back the streams that the client asked
// for, over SPDY/3.1 or WebSocket.
import type { Duplex } from "node:stream";
import type { Clock } from "#base/clock.ts";
import { channels, remoteCommandProtocols } from "./websocket/channel-protocol.ts";
import { acceptWebSocket } from "./websocket/accept.ts";
import { ChannelSocket } from "./websocket/channels.ts";
import {
  chooseProtocol,
  noCommonProtocol,
  offeredProtocols,
  refuseUpgrade,
  switchToSpdy,
  upgradeKind,
  type UpgradeCall,
} from "./negotiate.ts";
import { encodeStatus, protocolVersion, terminalSizes } from "./remote-command.ts";
import type { RemoteCommandConnection, StreamFlags, StreamStatus } from "./remote-command.ts";
import { SpdyConnection } from "./spdy/connection.ts";
import type { SpdyStream } from "./spdy/stream.ts";

/** In no order: the client's order decides. */
const spdyProtocols = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];
/** How long a client may take to open its streams. */
const openStreamsMs = 30_000;

/**
 * Undefined when the client could not be served; it has its answer then. With a terminal there is no stderr.
 */
export async function serveRemoteCommand(
  call: UpgradeCall,
  flags: StreamFlags,
  clock: Clock,
): Promise<RemoteCommandConnection | undefined> {
  const wanted = flags.tty ? { ...flags, stderr: false } : flags;
  switch (upgradeKind(call.request.headers)) {
    case "websocket":
      return overWebSocket(call, wanted, clock);
    case "spdy":
      return overSpdy(call, wanted, clock);
    case undefined:
      refuseUpgrade(call.socket, 400, "unable to upgrade: unexpected protocol");
      return undefined;
  }
}

async function overWebSocket(
  call: UpgradeCall,
  flags: StreamFlags,
  clock: Clock,
): Promise<RemoteCommandConnection | undefined> {
  const accepted = await acceptWebSocket(call, remoteCommandProtocols);
  if (!accepted) return undefined;
  const socket = new ChannelSocket(accepted.socket, accepted.protocol, clock);
  const connection: RemoteCommandConnection = {
    stdin: flags.stdin ? socket.reader(channels.stdin) : undefined,
    stdout: flags.stdout ? socket.writer(channels.stdout) : undefined,
    stderr: flags.stderr ? socket.writer(channels.stderr) : undefined,
    resizes: terminalSizes(flags.tty ? socket.reader(channels.resize) : []),
    ended: socket.ended,
    async finish(status) {
      await Promise.all([endWriter(connection.stdout), endWriter(connection.stderr)]);
      const text = encodeStatus(socket.protocol.version, status);
      if (text) await socket.send(channels.error, Buffer.from(text));
    },
    close: () => socket.close(),
  };
  // Upstream: an empty message on the first channel tells the client that the streams are open.
  const first = flags.stdout ? channels.stdout : flags.stderr ? channels.stderr : channels.error;
  await socket.send(first, Buffer.alloc(0));
  return connection;
}

async function overSpdy(
  call: UpgradeCall,
  flags: StreamFlags,
  clock: Clock,
): Promise<RemoteCommandConnection | undefined> {
  const offered = offeredProtocols(call.request.headers);
  const protocol = chooseProtocol(offered, spdyProtocols);
  if (protocol === undefined) {
    refuseUpgrade(call.socket, 403, noCommonProtocol(offered, spdyProtocols));
    return undefined;
  }
  const version = protocolVersion(protocol);
  switchToSpdy(call.socket, protocol);
  const streams = await openedStreams(call, expectedStreams(flags, version), clock);
  if (!streams) return undefined;
  const { connection, byType } = streams;
  const output = (name: string): SpdyStream | undefined => byType.get(name)?.resume();
  const error = output("error")!;
  return {
    stdin: byType.get("stdin"),
    stdout: output("stdout"),
    stderr: output("stderr"),
    resizes: terminalSizes(byType.get("resize") ?? []),
    ended: connection.ended,
    async finish(status: StreamStatus) {
      await Promise.all([endWriter(byType.get("stdout")), endWriter(byType.get("stderr"))]);
      const text = encodeStatus(version, status);
      if (text) error.write(text);
      await endWriter(error);
    },
    close: () => connection.close(),
  };
}

function expectedStreams(flags: StreamFlags, version: number): ReadonlySet<string> {
  const names = ["error"];
  for (const name of ["stdin", "stdout", "stderr"] as const) if (flags[name]) names.push(name);
  if (flags.tty && version >= 3) names.push("resize");
  return new Set(names);
}

interface OpenedStreams {
  readonly connection: SpdyConnection;
  readonly byType: ReadonlyMap<string, SpdyStream>;
}
/** Undefined when the client goes away or does not open them all in time. */
function openedStreams(
  call: UpgradeCall,
  expected: ReadonlySet<string>,
  clock: Clock,
): Promise<OpenedStreams | undefined> {
  const byType = new Map<string, SpdyStream>();
  return new Promise((resolve) => {
    const onStream = (stream: SpdyStream): void => {
      const type = stream.headers["streamtype"] ?? "";
      if (!expected.has(type) || byType.has(type)) return stream.refuse();
      byType.set(type, stream);
      stream.reply();
      if (byType.size < expected.size) return;
      timer.stop();
      resolve({ connection, byType });
    };
    const timer = clock.after(openStreamsMs, () =>
      connection.destroy(new Error("the client opened no streams in time")),
    );
    const connection = new SpdyConnection({ socket: call.socket, head: call.head, side: "server", onStream, clock });
    connection.ended.addEventListener("abort", () => {
      timer.stop();
      resolve(undefined);
    });
  });
}

function endWriter(stream: Duplex | RemoteCommandConnection["stdout"]): Promise<void> {
  return new Promise((resolve) => {
    if (!stream || stream.destroyed || stream.writableFinished) return resolve();
    stream.once("finish", resolve).once("close", resolve);
    stream.end();
  });
}
