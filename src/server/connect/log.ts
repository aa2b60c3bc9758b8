// pods/log: a container's log from the server of its node, as plain text over HTTP or as messages of a WebSocket.
import type { IncomingMessage } from "node:http";
import { ApiError, badRequest } from "#api/errors.ts";
import type { Authenticated, Handler, Reply } from "#server/pipeline.ts";
import { flag } from "#server/stages/route.ts";
import { exchange, forwardUpgrade, wantsUpgrade } from "./forward.ts";
import type { ConnectOptions } from "./handlers.ts";
import { nodeOfPod, nodeTarget } from "./node-target.ts";
import { containerOf, logQuery } from "./options.ts";

export function createLogHandler(options: ConnectOptions): Handler<Authenticated> {
  return async (call): Promise<Reply> => {
    const { namespace, name } = call.info;
    const query = logQuery(call.query, name);
    const pod = await options.lookupPod(namespace, name, call.signal);
    const container = containerOf(pod, call.query.get("container") ?? "");
    const { nodeName } = pod.spec;
    // Upstream: a pod without a node has an empty log.
    if (!nodeName) return { type: "raw", code: 204, contentType: "text/plain", body: "" };
    const node = await nodeOfPod(options, nodeName, call.signal);
    const path = `/containerLogs/${[namespace, name, container].map(encodeURIComponent).join("/")}`;
    const made = nodeTarget(call, node, path, query, options);
    const trusting = flag(call.query, "insecureSkipTLSVerifyBackend");
    const target = trusting ? { ...made, tls: { ...made.tls, rejectUnauthorized: false } } : made;
    if (wantsUpgrade(call)) return forwardUpgrade(call, target, options.clock);
    const response = await exchange(call, target);
    const code = response.statusCode ?? 500;
    if (code < 200 || code > 206) throw refusal(code, await text(response), name);
    return { type: "raw", code: 200, contentType: "text/plain", body: response as AsyncIterable<Uint8Array> };
  };
}

const longestText = 10_000;
async function text(response: IncomingMessage): Promise<string> {
  let all = "";
  for await (const chunk of response.setEncoding("utf8")) {
    all += chunk as string;
    if (all.length > longestText) break;
  }
  return all.slice(0, longestText);
}

/** What the node's server said, as an error of the API. */
function refusal(code: number, said: string, name: string): ApiError {
  if (code === 400) return badRequest(said);
  if (code === 500)
    return new ApiError("InternalError", `Internal error occurred: ${said}`, {
      details: { causes: [{ message: said }] },
    });
  if (code !== 404)
    return new ApiError(
      "InternalError",
      `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`,
      {
        code,
        details: { name, kind: "pods/log" },
      },
    );
  return new ApiError("NotFound", `the server could not find the requested resource ( pods/log ${name})`, {
    details: { name, kind: "pods/log", causes: [{ reason: "UnexpectedServerResponse", message: said }] },
  });
}
