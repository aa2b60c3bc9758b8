// The client's end of exec and attach over SPDY/3.1, as a container runtime's streaming server speaks it. SPDY rather
// than WebSocket, because only there can standard input end while output goes on.
import type { Clock } from "#base/clock.ts";
import { decodeStatus, encodeSize, protocolVersion } from "./remote-command.ts";
import type { RemoteProcess, StreamFlags, StreamStatus } from "./remote-command.ts";
import { SpdyConnection } from "./spdy/connection.ts";
import type { SpdyStream } from "./spdy/stream.ts";
import { upgrade, type UpgradeRequest } from "./upgrade.ts";

const protocols = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];
const longestStatus = 64 * 1024;

export interface DialOptions {
  readonly url: string | URL;
  readonly tls?: UpgradeRequest["tls"];
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** An open SPDY connection and the protocol that was agreed on. Rejects with UpgradeRefused when it is refused. */
export async function dialSpdy(
  options: DialOptions,
  offered: readonly string[],
  signal: AbortSignal,
): Promise<{ connection: SpdyConnection; protocol: string }> {
  const headers = { ...options.headers, upgrade: "SPDY/3.1", "x-stream-protocol-version": offered };
  const tls = options.tls ? { tls: options.tls } : {};
  const {
    socket,
    head,
    headers: answer,
  } = await upgrade({ url: options.url, method: "POST", headers, ...tls }, signal);
  const connection = new SpdyConnection({ socket, head, side: "client", clock: options.clock });
  const abort = (): void => connection.destroy(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  connection.ended.addEventListener("abort", () => signal.removeEventListener("abort", abort), { once: true });
  const protocol = answer["x-stream-protocol-version"];
  return { connection, protocol: typeof protocol === "string" ? protocol : "" };
}

/** `signal` ends the connection whenever it is aborted. */
export async function dialRemoteCommand(
  options: DialOptions,
  flags: StreamFlags,
  signal: AbortSignal,
): Promise<RemoteProcess> {
  const { connection, protocol } = await dialSpdy(options, protocols, signal);
  const version = protocolVersion(protocol);
  const open = (name: string, wanted = true): Promise<SpdyStream> | undefined =>
    wanted ? connection.openStream({ streamtype: name }) : undefined;
  try {
    const [error, stdin, stdout, stderr, resize] = await Promise.all([
      open("error")!,
      open("stdin", flags.stdin),
      open("stdout", flags.stdout),
      open("stderr", flags.stderr && !flags.tty),
      open("resize", flags.tty && version >= 3),
    ]);
    error.end();
    for (const output of [stdout, stderr]) output?.end();
    const status = readStatus(error, version, connection);
    status.catch(() => undefined);
    return {
      stdin: stdin?.resume(),
      stdout,
      stderr,
      resize: (size) => void (resize?.writable && resize.write(encodeSize(size))),
      status,
      close: () => connection.close(),
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

async function readStatus(error: SpdyStream, version: number, connection: SpdyConnection): Promise<StreamStatus> {
  let text = "";
  for await (const chunk of error) {
    text += (chunk as Buffer).toString("utf8");
    if (text.length > longestStatus) break;
  }
  if (text === "" && version >= 4) {
    if (connection.ended.aborted) throw connection.ended.reason as Error;
    throw new Error("the stream of the outcome ended without one");
  }
  return decodeStatus(version, text);
}
