// Calls to the runtime's socket over gRPC, with its errors as RuntimeError. The gRPC library is loaded at the first
// call, and reconnects quickly when the runtime comes back.
import type { Client, Metadata, ServiceError } from "@grpc/grpc-js";
import { inSpan } from "#base/tracing/span.ts";
import { traceHeaders } from "#base/tracing/traceparent.ts";
import { RuntimeError, type RuntimeErrorCode } from "#node/runtime/runtime.ts";
import { decode, encode, type Draft, type Message, type Value } from "./message.ts";
import type { Method } from "./messages.ts";

export interface CallOptions {
  /** Milliseconds since the epoch. */
  readonly deadline?: number;
  readonly signal: AbortSignal;
}
export interface Channel {
  call<Q extends Message, A extends Message>(
    method: Method<Q, A>,
    request: Draft<Q>,
    options: CallOptions,
  ): Promise<Value<A>>;
  /** The call is on its way when this returns; ends when the runtime ends it. */
  stream<Q extends Message, A extends Message>(
    method: Method<Q, A>,
    request: Draft<Q>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Value<A>>>;
}

const options = {
  // The socket's path, percent-encoded, would be refused as an authority.
  "grpc.default_authority": "localhost",
  "grpc.max_receive_message_length": 32 << 20,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.min_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1000,
};

interface Opened {
  readonly client: Client;
  readonly newMetadata: (entries: Record<string, string>) => Metadata;
}
/** A call as a span, as gRPC's own instrumentation names it; `path` is "/<service>/<method>". */
const inCallSpan = <T>(path: string, run: () => Promise<T>): Promise<T> =>
  inSpan(path.slice(1), () => ({ "rpc.system.name": "grpc", "rpc.method": path.slice(1) }), run, "client");

const namespaceHeader = (namespace: string | undefined): Record<string, string> =>
  namespace === undefined ? {} : { "containerd-namespace": namespace };

export function createChannel(socket: string): Channel {
  let opened: Promise<Opened> | undefined;
  const open = async (): Promise<Opened> => {
    const grpc = await import("@grpc/grpc-js");
    const client = new grpc.Client(`unix://${socket}`, grpc.credentials.createInsecure(), options);
    return { client, newMetadata: (entries) => grpc.Metadata.fromHttp2Headers(entries) };
  };
  const client = (): Promise<Opened> => (opened ??= open());
  return {
    call: (method, request, { deadline, signal }) =>
      inCallSpan(method.path, async () => {
        const { client: c, newMetadata } = await client();
        signal.throwIfAborted();
        return new Promise((resolve, reject) => {
          const write = (draft: typeof request): Buffer => encode(method.request, draft);
          const read = (bytes: Buffer) => decode(method.answer, bytes);
          const call = c.makeUnaryRequest(
            method.path,
            write,
            read,
            request,
            newMetadata({ ...traceHeaders(), ...namespaceHeader(method.namespace) }),
            deadline === undefined ? {} : { deadline },
            (error, value) => {
              signal.removeEventListener("abort", abort);
              if (error) reject(signal.aborted ? signal.reason : runtimeError(error));
              else resolve(value!);
            },
          );
          const abort = (): void => call.cancel();
          signal.addEventListener("abort", abort, { once: true });
        });
      }),
    async stream(method, request, signal) {
      const { client: c } = await client();
      signal.throwIfAborted();
      const call = c.makeServerStreamRequest(
        method.path,
        (draft: typeof request) => encode(method.request, draft),
        (bytes: Buffer) => decode(method.answer, bytes),
        request,
      );
      const abort = (): void => call.cancel();
      signal.addEventListener("abort", abort, { once: true });
      // Errors come out of the iteration; one that comes when nobody iterates any more is of no interest.
      call.on("error", () => undefined);
      return received(call, () => signal.removeEventListener("abort", abort));
    },
  };
}

async function* received<T>(call: AsyncIterable<T> & { cancel(): void }, ended: () => void): AsyncGenerator<T> {
  try {
    yield* call;
  } catch (error) {
    throw runtimeError(error as ServiceError);
  } finally {
    ended();
    call.cancel();
  }
}

const codes: Readonly<Record<number, RuntimeErrorCode>> = {
  4: "DeadlineExceeded",
  5: "NotFound",
  6: "AlreadyExists",
  14: "Unavailable",
};

/** Names of the gRPC statuses, by number. */
const statuses: readonly string[] = [
  ...["OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists"],
  ...["PermissionDenied", "ResourceExhausted", "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented"],
  ...["Internal", "Unavailable", "DataLoss", "Unauthenticated"],
];

/** The runtime's own words, without those of the layers that they came through. */
export const cleanText = (details: string): string =>
  details
    .replace(/^(?:rpc error: code = \w+ desc = |\d+ [A-Z_]+: )+/, "")
    .replace(/^No connection established\. Last error: (?:Error: )?(.*?)\.? Resolution note:.*$/s, "$1")
    .trim();

export function runtimeError(error: Pick<ServiceError, "code" | "details" | "message">): RuntimeError {
  const message = cleanText(error.details || error.message);
  // containerd's socket answers a moment before its CRI part is ready
  const isStarting = message === "server is not initialized yet";
  const code = isStarting ? "Unavailable" : (codes[error.code] ?? "Unknown");
  return new RuntimeError(code, message, { cause: error, status: statuses[error.code] ?? "Unknown" });
}

/** What a call gives; undefined when the thing it is about does not exist. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === "NotFound") return undefined;
    throw error;
  }
}
