// The few requests the command line makes itself: is the API ready, is the node Ready. By HTTPS with the cluster's own
// authority, through the loopback address, and without the client library, which would double the time to start.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import type { IncomingMessage } from "node:http";
import type { Clock } from "#base/clock.ts";
import type { Layout } from "#cluster/layout.ts";
import { messageOf, Problem } from "#cluster/problem.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const mostBodyBytes = 1 << 20;

/** `asAdmin` reads the administrator's key, which only root may. */
function send(layout: Layout, path: string, asAdmin: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  const file = (name: string): Buffer => readFileSync(join(layout.pki, name));
  const identity = asAdmin ? { cert: file("admin.crt"), key: file("admin.key") } : {};
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: layout.apiPort,
      path,
      ca: file("ca.crt"),
      ...identity,
      agent: false,
      signal,
    };
    request(options, resolve).on("error", reject).end();
  });
}

export async function askApi(layout: Layout, path: string, asAdmin: boolean, signal: AbortSignal): Promise<Answer> {
  const response = await send(layout, path, asAdmin, signal);
  let body = "";
  response.setEncoding("utf8");
  for await (const chunk of response) {
    body += chunk as string;
    if (body.length > mostBodyBytes) throw new Error(`the answer to ${path} is too long`);
  }
  return { status: response.statusCode ?? 0, body };
}

/** Whether /readyz says so. False as well when nobody answers. */
export async function isApiReady(layout: Layout, signal: AbortSignal): Promise<boolean> {
  try {
    return (await askApi(layout, "/readyz", false, signal)).status === 200;
  } catch {
    // Every reason (refused, reset, timed out) means the same here: not ready.
    return false;
  }
}

interface NodeEvent {
  readonly type?: string;
  readonly object?: {
    readonly status?: {
      readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    };
  };
}

/** What a node's condition Ready says; undefined while it has none. */
export function readiness(event: NodeEvent): { readonly ready: boolean; readonly message: string } | undefined {
  const condition = event.object?.status?.conditions?.find((c) => c.type === "Ready");
  return condition && { ready: condition.status === "True", message: condition.message ?? "" };
}

const retryMs = 100;

/** Waits until the node of this machine is Ready. Throws Problem with the node's own reason when it takes too long. */
export async function waitForNode(
  layout: Layout,
  options: { readonly limitMs: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const { clock, limitMs } = options;
  const late = new AbortController();
  using _timer = clock.after(limitMs, () => late.abort());
  const signal = AbortSignal.any([options.signal, late.signal]);
  let reason = "it has not registered itself";
  while (!signal.aborted) {
    try {
      for await (const event of watchNode(layout, signal)) {
        const condition = readiness(event);
        if (condition?.ready) return;
        if (condition) reason = condition.message;
      }
    } catch (error) {
      if (!signal.aborted) reason = messageOf(error);
    }
    // The watch ended, for example because the server was started again.
    if (!signal.aborted) await clock.sleep(retryMs, signal).catch(() => undefined);
  }
  options.signal.throwIfAborted();
  throw new Problem(`the node ${layout.nodeName} is not Ready after ${Math.round(limitMs / 1000)} seconds`, {
    why: reason,
    remedy: `see the log of the node process: timonier logs node --name ${layout.name}`,
  });
}

/** A watch without a version begins with the object as it is. */
async function* watchNode(layout: Layout, signal: AbortSignal): AsyncGenerator<NodeEvent> {
  const query = new URLSearchParams({ watch: "true", fieldSelector: `metadata.name=${layout.nodeName}` });
  const response = await send(layout, `/api/v1/nodes?${query.toString()}`, true, signal);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`the API answered ${response.statusCode} to a watch of nodes`);
  }
  let rest = "";
  response.setEncoding("utf8");
  for await (const chunk of response) {
    const lines = (rest + (chunk as string)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line) as NodeEvent;
  }
}
