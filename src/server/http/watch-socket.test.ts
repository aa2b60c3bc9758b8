import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { WebSocket } from "ws";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { admin, testServer, type Json } from "#server/api-server.fake.ts";
import { BodyBudget } from "./body-budget.ts";
import { serve } from "./serve.ts";
import { upgradeExchange } from "./upgrade.ts";

const maps = "/api/v1/namespaces/n/configmaps";

test("a watch over a WebSocket: a message for each event, until the client goes", async () => {
  await using server = await testServer();
  await server.create(maps, { metadata: { name: "one" } });
  const connections: AbortController[] = [];
  const context = {
    handler: server.server.handler,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
    bodies: new BodyBudget(),
  };
  const http = createServer();
  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const gone = new AbortController();
    connections.push(gone);
    socket.once("close", () => gone.abort());
    const peer = { address: "test", trustedUser: admin };
    void serve(context, upgradeExchange(request, socket), peer, gone.signal, { socket, head });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}${maps}`;
  try {
    const socket = new WebSocket(`${url}?watch=1`, ["base64url.bearer.authorization.k8s.io.dA", "anything"]);
    const seen: Json[] = [];
    let arrived = (): void => undefined;
    socket.on("message", (data: Buffer, isBinary) => {
      seen.push({ ...JSON.parse(data.toString()), isBinary });
      arrived();
    });
    const until = async (count: number): Promise<void> => {
      while (seen.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    };
    await once(socket, "open");
    assert.equal(socket.protocol, "anything");
    await until(1);
    await server.create(maps, { metadata: { name: "two" } });
    await server.create(maps, { metadata: { name: "three" } });
    await until(3);
    assert.deepEqual(
      seen.map(({ type, object, isBinary }) => `${type} ${object.metadata.name} ${isBinary}`),
      ["ADDED one false", "ADDED two false", "ADDED three false"],
    );
    socket.close();
    await once(socket, "close");
    const { signal } = connections[0]!;
    if (!signal.aborted) await once(signal, "abort");
    assert.match(
      String((await server.ask("GET", "/metrics")).body),
      /longrunning_requests\{[^}]*resource="configmaps"[^}]*\} 0/,
    );
    const refused = new WebSocket(`${url}?watch=1&resourceVersion=x`);
    const [, response] = (await once(refused, "unexpected-response")) as [unknown, IncomingMessage];
    assert.equal(response.statusCode, 400);
    refused.on("error", () => undefined);
    refused.terminate();
  } finally {
    http.close();
    http.closeAllConnections();
  }
});
