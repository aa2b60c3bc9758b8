import { test } from "node:test";
import assert from "node:assert/strict";
import packet from "dns-packet";
import fc from "fast-check";
import { silentLog } from "#base/log.ts";
import { BadMessage, ipv6Bytes, readQuery } from "./message.ts";
import { answer, reverseAddress, type ClusterView, type ServiceEntry } from "./records.ts";
import { DnsServer } from "./server.ts";
import { nameservers, type Upstream } from "./upstream.ts";

const ports = [{ name: "http", protocol: "tcp", port: 80 }];
const services: Record<string, ServiceEntry> = {
  "default/web": { type: "address", ips: ["10.96.0.9"], ports },
  "default/db": {
    type: "headless",
    endpoints: [
      { ips: ["10.1.0.2"], hostname: "db-0", ports },
      { ips: ["10.1.0.3"], hostname: "db-1", ports },
    ],
  },
  "default/empty": { type: "headless", endpoints: [] },
  "default/out": { type: "alias", target: "example.com" },
  "default/in": { type: "alias", target: "web.default.svc.cluster.local" },
};
const view: ClusterView = {
  zone: "cluster.local",
  service: (namespace, name) => services[`${namespace}/${name}`],
  hasNamespace: (namespace) => namespace === "default",
  nameOf: (ip) =>
    ({ "10.96.0.9": "web.default.svc.cluster.local", "10.1.0.2": "db-0.db.default.svc.cluster.local" })[ip],
  serial: 7,
};
const upstream: Upstream = {
  async forward(query) {
    const asked = packet.decode(query);
    const name = asked.questions![0]!.name;
    if (name === "silent.test") throw new Error("nobody");
    return packet.encode({
      type: "response",
      id: asked.id!,
      questions: asked.questions!,
      answers: [{ type: "A", name, ttl: 60, data: "203.0.113.1" }],
    });
  },
};
const server = new DnsServer({ view, upstream, addresses: [], port: 0, synced: Promise.resolve(), log: silentLog });

async function ask(name: string, type: packet.RecordType): Promise<packet.DecodedPacket> {
  const query = packet.encode({ type: "query", id: 99, flags: packet.RECURSION_DESIRED, questions: [{ type, name }] });
  const reply = await server.reply(Buffer.from(query), false);
  return packet.decode(reply!) as packet.DecodedPacket;
}
const data = (p: packet.DecodedPacket): unknown[] => p.answers!.map((a) => (a as { data: unknown }).data);

test("names of services, ports, endpoints and addresses", async () => {
  const cases: [string, packet.RecordType, unknown[]][] = [
    ["web.default.svc.cluster.local", "A", ["10.96.0.9"]],
    ["WEB.default.SVC.cluster.local", "A", ["10.96.0.9"]],
    ["db.default.svc.cluster.local", "A", ["10.1.0.2", "10.1.0.3"]],
    ["db-1.db.default.svc.cluster.local", "A", ["10.1.0.3"]],
    ["9.0.96.10.in-addr.arpa", "PTR", ["web.default.svc.cluster.local"]],
    ["2.0.1.10.in-addr.arpa", "PTR", ["db-0.db.default.svc.cluster.local"]],
    ["1-2-3-4.default.pod.cluster.local", "A", ["1.2.3.4"]],
    ["out.default.svc.cluster.local", "A", ["example.com", "203.0.113.1"]],
    ["in.default.svc.cluster.local", "A", ["web.default.svc.cluster.local", "10.96.0.9"]],
    ["example.com", "A", ["203.0.113.1"]],
  ];
  for (const [name, type, expected] of cases) assert.deepEqual(data(await ask(name, type)), expected, name);
  const srv = await ask("_http._tcp.db.default.svc.cluster.local", "SRV");
  assert.deepEqual(
    data(srv).map((d) => (d as { target: string; port: number }).target),
    ["db-0.db.default.svc.cluster.local", "db-1.db.default.svc.cluster.local"],
  );
  assert.equal(srv.additionals!.length, 2);
  assert.deepEqual(
    data(await ask("dns-version.cluster.local", "TXT"))
      .flat()
      .map(String),
    ["1.1.0"],
  );
});

test("a name that does not exist differs from one without such a record", async () => {
  const code = async (name: string, type: packet.RecordType): Promise<string> =>
    ((await ask(name, type)) as unknown as { rcode: string }).rcode;
  assert.equal(await code("web.default.svc.cluster.local", "AAAA"), "NOERROR");
  assert.equal(await code("default.svc.cluster.local", "A"), "NOERROR");
  assert.equal(await code("nope.default.svc.cluster.local", "A"), "NXDOMAIN");
  assert.equal(await code("empty.default.svc.cluster.local", "A"), "NXDOMAIN");
  assert.equal(await code("web.nope.svc.cluster.local", "A"), "NXDOMAIN");
  assert.equal(await code("_https._tcp.web.default.svc.cluster.local", "SRV"), "NXDOMAIN");
  assert.equal(await code("web.default.svc.cluster.local.cluster.local", "A"), "NXDOMAIN");
  assert.equal(await code("silent.test", "A"), "SERVFAIL");
  const none = await ask("nope.default.svc.cluster.local", "A");
  assert.equal(none.authorities![0]!.type, "SOA");
});

test("what does not fit a datagram is cut and marked", async () => {
  const many = Array.from({ length: 100 }, (_, i) => ({ ips: [`10.1.1.${i}`], hostname: `h${i}`, ports }));
  services["default/many"] = { type: "headless", endpoints: many };
  const reply = await ask("many.default.svc.cluster.local", "A");
  assert.equal(reply.flag_tc, true);
  assert.equal(reply.answers!.length, 0);
  const query = Buffer.from(
    packet.encode({ type: "query", id: 1, questions: [{ type: "A", name: "many.default.svc.cluster.local" }] }),
  );
  assert.equal((packet.decode((await server.reply(query, true))!) as packet.DecodedPacket).answers!.length, 100);
});

test("any bytes are answered, ignored or refused, never a crash", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
      try {
        readQuery(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof BadMessage);
      }
    }),
    { numRuns: 2000 },
  );
});

test("addresses and resolver lists", () => {
  assert.deepEqual(ipv6Bytes("::1"), [...Array.from({ length: 15 }, () => 0), 1]);
  assert.deepEqual(ipv6Bytes("::ffff:1.2.3.4").slice(10), [255, 255, 1, 2, 3, 4]);
  assert.equal(reverseAddress("4.3.2.1.in-addr.arpa"), "1.2.3.4");
  assert.deepEqual(nameservers("# x\nnameserver 10.96.0.10\nnameserver 9.9.9.9\nsearch a\n", new Set(["10.96.0.10"])), [
    { host: "9.9.9.9", port: 53 },
  ]);
  assert.equal(answer({ name: "example.com", asked: "example.com", type: 1, class: 1 }, view), undefined);
});
