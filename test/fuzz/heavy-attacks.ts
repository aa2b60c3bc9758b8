// Clients that ask for what is dear: long header lists, deep and long bodies, long selectors, many watches, handshakes that
// never end. As in attacks.ts, what they get back does not matter.
import { once } from "node:events";
import { connect as connectH2, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { pause, type Attack, type Target } from "./attacks.ts";
import { connectionPreface, frame } from "../support/http2-frame.ts";

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const configmaps = "/api/v1/namespaces/default/configmaps";

function session({ port, keys }: Target): ClientHttp2Session {
  // Our own side must not be what refuses.
  const generous = { maxSendHeaderBlockLength: 1 << 24, maxHeaderListPairs: 1 << 20 };
  const made = connectH2(`https://127.0.0.1:${port}`, { ...keys, ...generous });
  made.on("error", () => undefined);
  return made;
}
function ask(
  client: ClientHttp2Session,
  headers: Record<string, string | string[]>,
  body?: Uint8Array,
): ClientHttp2Stream {
  const stream = client.request(headers, { endStream: body === undefined });
  stream.on("error", () => undefined);
  stream.resume();
  if (body) stream.end(body);
  return stream;
}
const over = (streams: readonly ClientHttp2Stream[], limitMs: number): Promise<unknown> =>
  Promise.race([Promise.all(streams.map((s) => s.closed || once(s, "close").catch(() => undefined))), pause(limitMs)]);

const headerLists: Attack = async (target) => {
  const lists: Record<string, string>[] = [
    Object.fromEntries(times(5_000, (i) => [`x-${i}`, "a"])),
    { "x-long": "a".repeat(200_000) },
    { accept: times(5_000, (i) => `a/b${i};q=0.${i}`).join() },
    { "impersonate-group": times(5_000, (i) => `g${i}`).join() },
    { "x-remote-group": "a,".repeat(10_000), cookie: "a=b; ".repeat(10_000) },
    { traceparent: "0".repeat(30_000), baggage: "a=b,".repeat(8_000), tracestate: "a=b,".repeat(8_000) },
  ];
  for (const headers of lists) {
    const client = session(target);
    await over(
      times(20, () => ask(client, { ":path": configmaps, ...headers })),
      300,
    );
    client.destroy();
  }
};

/** A header once in full, then thousands of times by its number in the table. */
const headerBomb: Attack = async ({ port, keys }) => {
  const [headers, settings, continuation] = [1, 4, 9];
  const value = Buffer.alloc(3_900, "a");
  const insert = Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, ...varint(value.length - 127)]), value]);
  const again = Buffer.alloc(15_000, 0xbe);
  const sockets = times(10, () =>
    connectTls({ host: "127.0.0.1", port, ...keys, ALPNProtocols: ["h2"] }).on("error", () => undefined),
  );
  for (const socket of sockets) {
    socket.resume();
    socket.write(
      Buffer.concat([
        connectionPreface,
        frame(settings, 0, 0, new Uint8Array()),
        frame(headers, 0, 1, insert),
        ...times(50, () => frame(continuation, 0, 1, again)),
      ]),
    );
  }
  await pause(300);
  for (const socket of sockets) socket.destroy();
};
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/** They read what they are told, but they are many, and somebody writes. */
const manyWatches: Attack = async (target) => {
  const clients = times(3, () => session(target));
  const paths = [
    `${configmaps}?watch=1`,
    `${configmaps}?watch=1&labelSelector=a%20in%20(b,c)`,
    "/api/v1/pods?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
    "/apis/apps/v1/deployments?watch=1&resourceVersion=0",
  ];
  for (const client of clients)
    for (let i = 0; i < 700; i++) {
      const accept = i % 5 ? "application/json" : "application/json;as=Table;v=v1;g=meta.k8s.io";
      ask(client, { ":path": paths[i % paths.length]!, accept });
    }
  const body = Buffer.from(JSON.stringify({ data: { a: "x".repeat(10_000) } }));
  const small = Buffer.from('{"metadata":{"name":"watched"}}');
  ask(clients[0]!, { ":method": "POST", ":path": configmaps, "content-type": "application/json" }, small);
  const headers = {
    ":method": "PATCH",
    ":path": `${configmaps}/watched`,
    "content-type": "application/merge-patch+json",
  };
  for (let i = 0; i < 20; i++) {
    ask(clients[0]!, headers, i % 2 ? body : Buffer.from('{"data":null}'));
    await pause(20);
  }
  await pause(200);
  for (const client of clients) client.destroy();
};

const longSelectors: Attack = async (target) => {
  const label = encodeURIComponent(`a in (${times(4_000, (i) => `v${i}`).join()})`);
  const many = encodeURIComponent(times(3_000, (i) => `k${i}!=v`).join());
  const field = encodeURIComponent(times(2_000, (i) => `metadata.name!=n${i}`).join());
  const client = session(target);
  const streams = [label, many, field].flatMap((selector, which) =>
    times(60, (i) => {
      const name = which === 2 ? "fieldSelector" : "labelSelector";
      const method = i % 10 ? "GET" : "DELETE";
      return ask(client, {
        ":method": method,
        ":path": `${configmaps}?${name}=${selector}${i % 3 || method === "DELETE" ? "&dryRun=All" : "&watch=1&timeoutSeconds=1"}`,
      });
    }),
  );
  await over(streams, 1_500);
  client.destroy();
};

const deepBodies: Attack = async (target) => {
  const depth = 400_000;
  const bodies: readonly (readonly [type: string, method: string, body: string])[] = [
    ["application/json", "POST", "[".repeat(depth)],
    ["application/json", "POST", `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`],
    ["application/json", "POST", `{"metadata":{"annotations":${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}}}`],
    ["application/merge-patch+json", "PATCH", `${'{"data":'.repeat(9_000)}1${"}".repeat(9_000)}`],
    ["application/apply-patch+yaml", "PATCH", `a: ${"[".repeat(100_000)}`],
    ["application/yaml", "POST", `${"- ".repeat(100_000)}a`],
    ["application/yaml", "POST", times(40, (i) => `a${i}: &a${i} [${i ? `*a${i - 1},*a${i - 1}` : "x"}]`).join("\n")],
    ["application/json", "POST", `{"metadata":{"name":"a","labels":{${times(60_000, (i) => `"k${i}":"v"`).join()}}}}`],
    ["application/json", "POST", `{"data":{"a":"${"x".repeat(3_200_000)}"}}`],
    ["application/vnd.kubernetes.protobuf", "POST", `k8s\0${"\x12\xff\x7f".repeat(200_000)}`],
  ];
  const client = session(target);
  const streams = bodies.flatMap(([type, method, body]) =>
    times(3, () => {
      // Nothing of it is kept, for what is kept is no leak.
      const path = `${configmaps}${method === "PATCH" ? "/a" : ""}?dryRun=All&fieldManager=m`;
      return ask(client, { ":method": method, ":path": path, "content-type": type }, Buffer.from(body, "latin1"));
    }),
  );
  await over(streams, 3_000);
  client.destroy();
};

const idleHandshakes: Attack = async ({ port }) => {
  const hello = Buffer.from("16030100a5010000a10303", "hex");
  const sockets = times(400, (i) => {
    const socket = connectTcp(port, "127.0.0.1").on("error", () => undefined);
    if (i % 2) socket.write(hello);
    return socket;
  });
  for (let i = 0; i < 10; i++) {
    for (const socket of sockets) if (!socket.destroyed && socket.writable) socket.write("\0");
    await pause(30);
  }
  for (const socket of sockets) socket.destroy();
};

export const heavyAttacks: Readonly<Record<string, Attack>> = {
  "long header lists": headerLists,
  "a bomb of headers": headerBomb,
  "many watches": manyWatches,
  "long selectors": longSelectors,
  "deep and long bodies": deepBodies,
  "handshakes that never end": idleHandshakes,
};
