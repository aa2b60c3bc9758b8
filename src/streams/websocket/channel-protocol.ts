// The channel protocols on WebSocket, as pure functions: every message begins with a channel number, as one byte in
// binary protocols and as one digit in base64 ones. v5 adds a message that closes a channel.

export interface ChannelProtocol {
  /** As negotiated; "" when the client names none. */
  readonly name: string;
  readonly base64: boolean;
  /** 1 to 5: see remote-command.ts. */
  readonly version: number;
}
export type ChannelMessage =
  | { readonly type: "data"; readonly channel: number; readonly data: Buffer }
  | { readonly type: "close"; readonly channel: number };

/** Channel numbers of exec and attach. */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;
const closeChannel = 255;

/** For exec and attach, in no order: the client's order decides. */
export const remoteCommandProtocols: readonly string[] = [
  "v5.channel.k8s.io",
  "v4.channel.k8s.io",
  "v4.base64.channel.k8s.io",
  "v3.channel.k8s.io",
  "v2.channel.k8s.io",
  "channel.k8s.io",
  "base64.channel.k8s.io",
];
/** For port-forward without SPDY. */
export const portForwardProtocols: readonly string[] = ["v4.channel.k8s.io", "v4.base64.channel.k8s.io"];
/** For streams of one direction, such as logs: whole messages without a channel number. */
export const plainProtocols: readonly string[] = ["binary.k8s.io", "base64.binary.k8s.io"];

export function channelProtocol(name: string): ChannelProtocol {
  return { name, base64: name.includes("base64."), version: Number(/^v([2-5])\./.exec(name)?.[1] ?? 1) };
}

export function encodeMessage(protocol: ChannelProtocol, channel: number, data: Uint8Array): Buffer | string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (protocol.base64) return String(channel) + bytes.toString("base64");
  return Buffer.concat([Buffer.from([channel]), bytes]);
}

/** Undefined for a message that says nothing. */
export function decodeMessage(protocol: ChannelProtocol, message: Buffer): ChannelMessage | undefined {
  const first = message[0];
  if (first === undefined) return undefined;
  const rest = message.subarray(1);
  if (protocol.base64) {
    const channel = first - 0x30;
    if (channel < 0 || channel > 9) return undefined;
    return { type: "data", channel, data: Buffer.from(rest.toString("latin1"), "base64") };
  }
  if (protocol.version === 5 && first === closeChannel) {
    const closed = rest[0];
    return closed === undefined ? undefined : { type: "close", channel: closed };
  }
  return { type: "data", channel: first, data: rest };
}
