// Exec and attach: joins the streams of a client to those of a process, and tells the client how it ended.
import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Log } from "#base/log.ts";
import type { ProcessStreams } from "#node/runtime/runtime.ts";
import { exitStatus, type RemoteCommandConnection, type StreamStatus } from "#streams/remote-command.ts";

/** `start` begins the process; `what` says what failed when it does. Ends when the client has been told. */
export async function serveProcess(
  connection: RemoteCommandConnection,
  start: (signal: AbortSignal) => Promise<ProcessStreams>,
  what: string,
  log: Log,
): Promise<void> {
  const status = await run(connection, start).catch((error: unknown): StreamStatus => {
    if (!connection.ended.aborted) log.info(what, { error });
    return internalError(`${what}: ${(error as Error).message}`);
  });
  await connection.finish(status);
  connection.close();
}

async function run(
  connection: RemoteCommandConnection,
  start: (signal: AbortSignal) => Promise<ProcessStreams>,
): Promise<StreamStatus> {
  const process = await start(connection.ended);
  // When the client goes away these two fail; the end of the process is what counts.
  const gone = (): void => undefined;
  feed(connection, process).catch(gone);
  resize(connection, process).catch(gone);
  const [code] = await Promise.all([
    process.done,
    drain(process.stdout, connection.stdout, connection.ended),
    drain(process.stderr, connection.stderr, connection.ended),
  ]);
  return exitStatus(code);
}

async function feed(connection: RemoteCommandConnection, process: ProcessStreams): Promise<void> {
  const { stdin } = process;
  if (!stdin || !connection.stdin) return;
  // A process that has ended takes no more input.
  stdin.on("error", () => undefined);
  for await (const chunk of connection.stdin) {
    if (!stdin.writable) return;
    if (!stdin.write(chunk as Uint8Array)) await taken(stdin, connection.ended);
  }
  stdin.end();
}

async function resize(connection: RemoteCommandConnection, process: ProcessStreams): Promise<void> {
  for await (const { width, height } of connection.resizes) process.resize(width, height);
}

async function drain(
  from: AsyncIterable<Uint8Array> | undefined,
  to: Writable | undefined,
  ended: AbortSignal,
): Promise<void> {
  for await (const chunk of from ?? []) if (to?.writable && !to.write(chunk)) await taken(to, ended);
}

/** Resolves when the stream takes more, or never will. */
async function taken(stream: NodeJS.WritableStream, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return;
  const done = new AbortController();
  const stop = AbortSignal.any([done.signal, ended]);
  const aborted = (): undefined => undefined;
  await Promise.race([
    once(stream as Writable, "drain", { signal: stop }),
    once(stream as Writable, "close", { signal: stop }),
  ]).catch(aborted);
  done.abort();
}

const internalError = (message: string): StreamStatus & { readonly details: object } => ({
  status: "Failure",
  message: `Internal error occurred: ${message}`,
  reason: "InternalError",
  details: { causes: [{ message }] },
  code: 500,
});
