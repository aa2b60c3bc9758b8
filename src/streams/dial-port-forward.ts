// The client's end of port-forward over SPDY/3.1: one connection to one port, as a duplex that fails with the server's
// text when the port cannot be reached.
import { Duplex, Readable } from "node:stream";
import { dialSpdy, type DialOptions } from "./dial-remote-command.ts";
import { portForwardProtocol } from "./port-forward.ts";
import type { SpdyStream } from "./spdy/stream.ts";

const longestError = 16 * 1024;

/** `signal` ends the connection whenever it is aborted. */
export async function dialPortForward(options: DialOptions, port: number, signal: AbortSignal): Promise<Duplex> {
  const { connection } = await dialSpdy(options, [portForwardProtocol], signal);
  try {
    const headers = { port: String(port), requestid: "0" };
    const error = await connection.openStream({ ...headers, streamtype: "error" });
    error.end();
    const data = await connection.openStream({ ...headers, streamtype: "data" });
    data.once("close", () => connection.close());
    const ends = { readable: Readable.from(received(data, textOf(error))), writable: data };
    // Node's types leave the pair of Node streams out.
    return Duplex.from(ends as unknown as Iterable<never>);
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** The data; its end waits for what the error stream has to say. */
async function* received(data: SpdyStream, error: Promise<string>): AsyncGenerator<Uint8Array> {
  for await (const chunk of data) yield chunk as Uint8Array;
  const text = await error;
  if (text) throw new Error(text);
}

async function textOf(stream: SpdyStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += (chunk as Buffer).toString("utf8");
    if (text.length > longestError) break;
  }
  return text.trim();
}
