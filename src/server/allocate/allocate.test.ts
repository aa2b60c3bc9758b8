import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import { settleFamilies } from "./ip-families.ts";
import { IpRange } from "./ip-range.ts";
import { pick } from "./pick.ts";

const services = "/api/v1/namespaces/default/services";
const small = { serviceCidr: "10.0.0.0/28", nodePorts: { from: 30000, to: 30003 } };
const start = (cluster = small): Promise<TestServer> => testServer({ cluster });
const service = (name: string, spec: object = {}, port = 80): Json => ({
  metadata: { name },
  spec: { selector: { app: "x" }, ports: [{ port, name: "a" }], ...spec },
});

test("ranges", () => {
  const four = new IpRange("10.96.0.0/12");
  assert.deepEqual([four.at(0), four.at(9), four.firstDynamic], ["10.96.0.1", "10.96.0.10", 256]);
  assert.deepEqual(
    [four.contains("10.111.255.254"), four.contains("10.111.255.255"), four.contains("10.96.0.0")],
    [true, false, false],
  );
  const six = new IpRange("fd00::/112");
  assert.deepEqual([six.at(0), six.contains("fd00::ffff"), six.contains("10.0.0.1")], ["fd00::1", true, false]);
});

test("picking prefers the upper part and finds the last free number", () => {
  const free = new Set([2, 7]);
  const taken: (number | undefined)[] = [];
  for (let i = 0; i < 3; i++) {
    const picked = pick({ size: 10, from: 5 }, (n) => free.has(n), seededRandom(i));
    taken.push(picked);
    free.delete(picked ?? -1);
  }
  assert.deepEqual(taken, [7, 2, undefined]);
});

test("every service gets an address of its own until there are none", async () => {
  await using server = await start();
  const made = await Promise.all(Array.from({ length: 14 }, (_, i) => server.create(services, service(`s${i}`))));
  const ips = made.map((s) => s.spec.clusterIP);
  assert.equal(new Set(ips).size, 14);
  assert.deepEqual(made[0].spec.clusterIPs, [ips[0]]);
  assert.deepEqual([made[0].spec.ipFamilies, made[0].spec.ipFamilyPolicy], [["IPv4"], "SingleStack"]);
  const full = await server.ask("POST", services, service("more"));
  assert.equal(full.code, 500);
  assert.match(full.body.message, /failed to allocate a serviceIP: range is full$/);
  await server.delete(`${services}/s3`);
  assert.equal((await server.create(services, service("again"))).spec.clusterIP, ips[3]);
});

test("what the client chooses is checked", async () => {
  await using server = await start();
  const chosen = await server.create(
    services,
    service("one", { clusterIP: "10.0.0.5", type: "NodePort", ports: [{ port: 80, nodePort: 30001 }] }),
  );
  assert.deepEqual([chosen.spec.clusterIP, chosen.spec.ports[0].nodePort], ["10.0.0.5", 30001]);
  const cases: readonly (readonly [object, string])[] = [
    [
      { clusterIP: "10.0.0.5" },
      'Service "two" is invalid: spec.clusterIPs: Invalid value: ["10.0.0.5"]: failed to allocate IP 10.0.0.5: provided IP is already allocated',
    ],
    [
      { clusterIP: "10.1.0.5" },
      'Service "two" is invalid: spec.clusterIPs: Invalid value: ["10.1.0.5"]: failed to allocate IP 10.1.0.5: the provided IP (10.1.0.5) is not in the valid range. The range of valid IPs is 10.0.0.0/28',
    ],
    [
      { type: "NodePort", ports: [{ port: 80, nodePort: 30001 }] },
      'Service "two" is invalid: spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated',
    ],
    [
      { type: "NodePort", ports: [{ port: 80, nodePort: 99 }] },
      'Service "two" is invalid: spec.ports[0].nodePort: Invalid value: 99: provided port is not in the valid range. The range of valid ports is 30000-30003',
    ],
  ];
  for (const [spec, message] of cases) {
    const answer = await server.ask("POST", services, service("two", spec));
    assert.deepEqual([answer.code, answer.body.message], [422, message]);
  }
  const same = await server.merge(`${services}/one`, { metadata: { labels: { a: "b" } } });
  assert.equal(same.spec.clusterIP, "10.0.0.5");
});

test("kinds of services", async () => {
  await using server = await start();
  const headless = await server.create(services, service("headless", { clusterIP: "None" }));
  assert.deepEqual([headless.spec.clusterIP, headless.spec.clusterIPs], ["None", ["None"]]);
  const external = await server.create(services, {
    metadata: { name: "external" },
    spec: { type: "ExternalName", externalName: "example.com" },
  });
  assert.equal(external.spec.clusterIP, undefined);
  const balancer = await server.create(
    services,
    service("lb", { type: "LoadBalancer", externalTrafficPolicy: "Local" }),
  );
  const { ports, healthCheckNodePort } = balancer.spec;
  assert.ok(ports[0].nodePort >= 30000 && healthCheckNodePort >= 30000 && ports[0].nodePort !== healthCheckNodePort);
  const both = [
    { port: 53, name: "u", protocol: "UDP" },
    { port: 53, name: "t", protocol: "TCP" },
  ];
  const shared = await server.create(services, service("dns", { type: "NodePort", ports: both }));
  assert.equal(shared.spec.ports[0].nodePort, shared.spec.ports[1].nodePort);
});

test("a change of type gives and takes", async () => {
  await using server = await start();
  const made = await server.create(services, service("s"));
  const opened = await server.merge(`${services}/s`, { spec: { type: "NodePort" } });
  assert.equal(opened.spec.clusterIP, made.spec.clusterIP);
  assert.ok(opened.spec.ports[0].nodePort >= 30000);
  const put = await server.put(`${services}/s`, { ...service("s", { type: "NodePort" }) });
  assert.deepEqual(
    [put.spec.clusterIP, put.spec.ports[0].nodePort],
    [made.spec.clusterIP, opened.spec.ports[0].nodePort],
  );
  const closed = await server.merge(`${services}/s`, { spec: { type: "ClusterIP" } });
  assert.equal(closed.spec.ports[0].nodePort, undefined);
});

test("families that a cluster of one does not have, and contradictions", () => {
  const rows: readonly (readonly [spec: Json, expected: string])[] = [
    [{ ipFamilies: ["IPv6"] }, "spec.ipFamilies[0] not configured on this cluster"],
    [{ clusterIP: "::1" }, "spec.clusterIPs[0] IPv6 is not configured on this cluster"],
    [{ clusterIPs: ["10.0.0.2"] }, "spec.clusterIPs must be empty when `clusterIP` is not specified"],
    [
      { ipFamilyPolicy: "RequireDualStack" },
      "spec.ipFamilyPolicy this cluster is not configured for dual-stack services",
    ],
    [
      { ipFamilies: ["IPv4", "IPv6"] },
      "spec.ipFamilyPolicy must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
    ],
    [{ clusterIP: "None", selector: { a: "b" } }, "SingleStack IPv4"],
    [{ clusterIP: "None" }, "RequireDualStack IPv4 IPv6"],
    [{ clusterIP: "None", ipFamilyPolicy: "SingleStack" }, "SingleStack IPv4"],
    [{ ipFamilyPolicy: "PreferDualStack" }, "PreferDualStack IPv4"],
  ];
  for (const [spec, expected] of rows) {
    const draft = { type: "ClusterIP", ...spec };
    const found = settleFamilies(draft, undefined, "IPv4");
    const text = found.map((e) => `${e.field} ${e.message.replace(/^Invalid value: (\[.*?\]|".*?"): /, "")}`);
    assert.deepEqual(found.length > 0 ? text : [[draft.ipFamilyPolicy, ...(draft.ipFamilies ?? [])].join(" ")], [
      expected,
    ]);
  }
});

test("an address that is given cannot be changed, wherever the new one lies", async () => {
  await using server = await start();
  const made = await server.create(services, service("one"));
  const spec = { ...made.spec, clusterIP: "1.2.3.4", clusterIPs: ["1.2.3.4"] };
  const { body } = await server.ask("PUT", `${services}/one`, { ...made, spec });
  assert.match(body.message, /^Service "one" is invalid: spec\.clusterIPs\[0\]: .*: may not change once set$/);
});
