// A call that is part of a trace tells the runtime so.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Server, ServerCredentials, type Metadata } from "@grpc/grpc-js";
import { systemClock } from "#base/clock.ts";
import { seededRandom } from "#base/random.ts";
import type { Span } from "#base/tracing/span.ts";
import { Tracer } from "#base/tracing/tracer.ts";
import { createChannel } from "./channel.ts";
import { methods } from "./messages.ts";

test("calls are spans, and carry their trace", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cri-channel-"));
  const socket = join(folder, "s");
  const seen: (string | undefined)[] = [];
  const server = new Server();
  const plain = (bytes: Buffer): Buffer => bytes;
  const unary = {
    path: methods.version.path,
    requestStream: false,
    responseStream: false,
    requestSerialize: plain,
    requestDeserialize: plain,
    responseSerialize: plain,
    responseDeserialize: plain,
  };
  server.addService(
    { Version: unary },
    {
      Version(call: { readonly metadata: Metadata }, answer: (error: null, bytes: Buffer) => void) {
        seen.push(call.metadata.get("traceparent")[0] as string | undefined);
        answer(null, Buffer.alloc(0));
      },
    },
  );
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  const spans: Span[] = [];
  const sink = (span: Span): void => void spans.push(span);
  const tracer = new Tracer({ clock: systemClock, random: seededRandom(1), samplesPerMillion: 1_000_000, sink });
  const channel = createChannel(socket);
  const signal = AbortSignal.timeout(10_000);
  const ask = () => channel.call(methods.version, {}, { signal });
  try {
    await ask();
    await tracer.run("syncPod", {}, ask);
  } finally {
    server.forceShutdown();
    rmSync(folder, { recursive: true, force: true });
  }
  const [call, pod] = spans;
  assert.deepEqual(
    [call?.name, call?.kind, call?.parentId],
    ["runtime.v1.RuntimeService/Version", "client", pod?.context.spanId],
  );
  assert.deepEqual(seen, [undefined, `00-${pod!.context.traceId}-${call!.context.spanId}-01`]);
});
