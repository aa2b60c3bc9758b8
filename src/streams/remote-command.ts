// Exec and attach as both ends see them, whatever carries the streams: SPDY/3.1 or WebSocket channels. The version of
// the protocol decides how the outcome is told: as a Status since v4, before that as plain text and only on failure.
import type { Readable, Writable } from "node:stream";

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}
/** Which streams a client asks for. */
export interface StreamFlags {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}
/** The outcome: a meta/v1 Status. */
export interface StreamStatus {
  readonly status?: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** The server's end of exec or attach. */
export interface RemoteCommandConnection {
  /** Ends when the client closes its half or goes away. */
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  readonly resizes: AsyncIterable<TerminalSize>;
  /** Ends the output streams and tells the outcome; at most once. */
  finish(status: StreamStatus): Promise<void>;
  /** Closes the connection once everything is sent. */
  close(): void;
  /** Aborted when the connection is gone. */
  readonly ended: AbortSignal;
}

/** The client's end. */
export interface RemoteProcess {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  resize(size: TerminalSize): void;
  /** Rejects when the connection ends without an outcome. */
  readonly status: Promise<StreamStatus>;
  close(): void;
}

/** 1 to 5, from names such as "v4.channel.k8s.io" and "base64.channel.k8s.io". */
export function protocolVersion(protocol: string): number {
  return Number(/^v([2-5])\./.exec(protocol)?.[1] ?? 1);
}

/** What the error stream carries; nothing when an old protocol has nothing to say. */
export function encodeStatus(version: number, status: StreamStatus): string {
  if (version >= 4) return JSON.stringify({ metadata: {}, ...status });
  return status.status === "Success" ? "" : (status.message ?? "unknown error");
}
/** The reverse of `encodeStatus`. */
export function decodeStatus(version: number, text: string): StreamStatus {
  if (version < 4) return text ? { status: "Failure", message: text } : { status: "Success" };
  try {
    return JSON.parse(text) as StreamStatus;
  } catch {
    return { status: "Failure", message: text };
  }
}

/** The exit code in a Status; undefined when it tells of another failure. */
export function exitCodeOf(status: StreamStatus): number | undefined {
  if (status.status === "Success") return 0;
  if (status.reason !== "NonZeroExitCode") return undefined;
  const code = status.details?.causes?.find((cause) => cause.reason === "ExitCode")?.message;
  return code !== undefined && /^\d+$/.test(code) ? Number(code) : undefined;
}
/** The Status of a process that ended with this code. */
export function exitStatus(code: number): StreamStatus {
  if (code === 0) return { status: "Success" };
  return {
    status: "Failure",
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}

const longestSize = 1024;

/** Terminal sizes out of a stream of JSON objects such as {"Width":80,"Height":24}. */
export async function* terminalSizes(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<TerminalSize> {
  let text = "";
  for await (const chunk of stream) {
    text += Buffer.from(chunk).toString("utf8");
    for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}")) {
      const size = parseSize(text.slice(0, end + 1));
      text = text.slice(end + 1);
      if (size) yield size;
    }
    if (text.length > longestSize) return;
  }
}
function parseSize(text: string): TerminalSize | undefined {
  const width = /"Width"\s*:\s*(\d+)/i.exec(text)?.[1];
  const height = /"Height"\s*:\s*(\d+)/i.exec(text)?.[1];
  return width && height ? { width: Number(width), height: Number(height) } : undefined;
}
export const encodeSize = (size: TerminalSize): string => JSON.stringify({ Width: size.width, Height: size.height });
