import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { expand, unknownNames } from "./expansion.ts";
import { environmentOf, type EnvironmentSources } from "./environment.ts";
import { testContainer, testPod, testUid } from "#node/pod/pod.fake.ts";
import type { Container, PodSpec } from "#node/pod/types.ts";
import type { Service } from "#api/core/service.ts";

const service = (name: string, spec: object): Service => ({ metadata: { name, namespace: "ns" }, spec }) as Service;
const master = service("kubernetes", {
  clusterIP: "10.96.0.1",
  ports: [{ name: "https", port: 443, protocol: "TCP" }],
});
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const sources: EnvironmentSources = {
  podIPs: ["10.1.0.5", "fd00::5"],
  hostIPs: ["192.168.0.1"],
  allocatable: { cpu: "4", memory: "8Gi" },
  configMap: (name) => (name === "cm" ? { metadata: { name }, data: { a: "1", "b.c": "2" } } : undefined),
  secret: (name) => (name === "sec" ? { metadata: { name }, data: { pw: base64("hush") } } : undefined),
  services: [],
  master: undefined,
};
const env = (
  container: Partial<Container>,
  more: Partial<EnvironmentSources> = {},
  spec: Partial<PodSpec> = {},
): Record<string, string> => {
  const c = testContainer("c", container);
  const pod = testPod(
    { containers: [c], serviceAccountName: "sa", ...spec },
    { metadata: { labels: { app: "web", tier: 'x"y' }, annotations: { note: "hi" } } },
  );
  return Object.fromEntries(environmentOf(pod, c, { ...sources, ...more }));
};

describe("expansion", () => {
  const cases: [string, string][] = [
    ["$(A)-$(B)", "1-2"],
    ["$(X)", "$(X)"],
    ["$$(A)", "$(A)"],
    ["$$$(A)", "$1"],
    ["$A $", "$A $"],
    ["$(A", "$(A"],
    ["$$$$", "$$"],
    ["$()", "$()"],
    ["plain", "plain"],
    ["$(A)$", "1$"],
  ];
  for (const [text, expected] of cases)
    it(text, () =>
      assert.equal(
        expand(text, (n) => ({ A: "1", B: "2" })[n]),
        expected,
      ),
    );
  it("names what it does not know", () =>
    assert.deepEqual(
      unknownNames("$(A)/$(B)/$$(C)", () => undefined),
      ["A", "B"],
    ));
});

describe("environment", () => {
  it("takes values and expands earlier ones", () =>
    assert.deepEqual(
      env({
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "$(A)2 $(LATER)" },
          { name: "LATER", value: "x" },
          { name: "EMPTY" },
        ],
      }),
      { A: "1", B: "12 $(LATER)", LATER: "x", EMPTY: "" },
    ));
  it("loads config maps and secrets, and env wins", () =>
    assert.deepEqual(
      env({
        envFrom: [
          { configMapRef: { name: "cm" } },
          { prefix: "S_", secretRef: { name: "sec" } },
          { configMapRef: { name: "none", optional: true } },
        ],
        env: [{ name: "a", value: "own" }],
      }),
      { a: "own", "b.c": "2", S_pw: "hush" },
    ));
  it("reads keys, and leaves out optional ones that are missing", () =>
    assert.deepEqual(
      env({
        env: [
          { name: "A", valueFrom: { configMapKeyRef: { name: "cm", key: "a" } } },
          { name: "P", valueFrom: { secretKeyRef: { name: "sec", key: "pw" } } },
          { name: "N", valueFrom: { secretKeyRef: { name: "no", key: "pw", optional: true } } },
          { name: "M", valueFrom: { configMapKeyRef: { name: "cm", key: "z", optional: true } } },
        ],
      }),
      { A: "1", P: "hush" },
    ));
  const fields: [string, string][] = [
    ["metadata.name", "p"],
    ["metadata.namespace", "ns"],
    ["metadata.uid", testUid],
    ["metadata.labels['app']", "web"],
    ["metadata.annotations['note']", "hi"],
    ["metadata.labels", 'app="web"\ntier="x\\"y"'],
    ["spec.nodeName", "n"],
    ["spec.serviceAccountName", "sa"],
    ["status.hostIP", "192.168.0.1"],
    ["status.podIP", "10.1.0.5"],
    ["status.podIPs", "10.1.0.5,fd00::5"],
  ];
  for (const [fieldPath, expected] of fields)
    it(`field ${fieldPath}`, () =>
      assert.equal(env({ env: [{ name: "X", valueFrom: { fieldRef: { fieldPath } } }] })["X"], expected));
  const figures: [string, string | undefined, string][] = [
    ["limits.cpu", undefined, "1"],
    ["limits.cpu", "1m", "500"],
    ["requests.cpu", "1m", "100"],
    ["limits.memory", "1Mi", "64"],
    ["limits.memory", "1Gi", "1"],
    ["requests.memory", "0", "67108864"],
    ["limits.ephemeral-storage", undefined, "0"],
  ];
  for (const [resource, divisor, expected] of figures)
    it(`figure ${resource} in ${divisor ?? "units"}`, () => {
      const ref = { resource, ...(divisor ? { divisor } : {}) };
      const resources = {
        limits: { cpu: "500m", memory: "64Mi" },
        requests: { cpu: "100m", memory: "64Mi" },
      };
      assert.equal(env({ resources, env: [{ name: "X", valueFrom: { resourceFieldRef: ref } }] })["X"], expected);
    });
  it("a missing limit is what the node can give", () =>
    assert.equal(env({ env: [{ name: "X", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } }] })["X"], "4"));
  const errors: [string, Partial<Container>, string][] = [
    ["config map", { envFrom: [{ configMapRef: { name: "no" } }] }, 'configmap "no" not found'],
    [
      "secret",
      { env: [{ name: "X", valueFrom: { secretKeyRef: { name: "no", key: "k" } } }] },
      'secret "no" not found',
    ],
    [
      "key of a config map",
      { env: [{ name: "X", valueFrom: { configMapKeyRef: { name: "cm", key: "k" } } }] },
      "couldn't find key k in ConfigMap ns/cm",
    ],
    [
      "key of a secret",
      { env: [{ name: "X", valueFrom: { secretKeyRef: { name: "sec", key: "k" } } }] },
      "couldn't find key k in Secret ns/sec",
    ],
  ];
  for (const [what, container, message] of errors)
    it(`missing ${what}`, () => assert.throws(() => env(container), { message, reason: "CreateContainerConfigError" }));
});

describe("service variables", () => {
  const web = service("my-web", {
    clusterIP: "10.96.0.9",
    ports: [
      { name: "http", port: 80, protocol: "TCP" },
      { name: "dns-udp", port: 53, protocol: "UDP" },
    ],
  });
  it("names every port", () =>
    assert.deepEqual(env({}, { services: [web, service("none", { clusterIP: "None", ports: [{ port: 1 }] })] }), {
      MY_WEB_SERVICE_HOST: "10.96.0.9",
      MY_WEB_SERVICE_PORT: "80",
      MY_WEB_SERVICE_PORT_HTTP: "80",
      MY_WEB_SERVICE_PORT_DNS_UDP: "53",
      MY_WEB_PORT: "tcp://10.96.0.9:80",
      MY_WEB_PORT_80_TCP: "tcp://10.96.0.9:80",
      MY_WEB_PORT_80_TCP_PROTO: "tcp",
      MY_WEB_PORT_80_TCP_PORT: "80",
      MY_WEB_PORT_80_TCP_ADDR: "10.96.0.9",
      MY_WEB_PORT_53_UDP: "udp://10.96.0.9:53",
      MY_WEB_PORT_53_UDP_PROTO: "udp",
      MY_WEB_PORT_53_UDP_PORT: "53",
      MY_WEB_PORT_53_UDP_ADDR: "10.96.0.9",
    }));
  it("the API server is announced also without links", () => {
    const found = env({}, { services: [web], master }, { enableServiceLinks: false });
    assert.equal(found["KUBERNETES_SERVICE_HOST"], "10.96.0.1");
    assert.equal(found["KUBERNETES_SERVICE_PORT"], "443");
    assert.equal(found["MY_WEB_SERVICE_HOST"], undefined);
  });
  it("can be used in values and overridden", () =>
    assert.deepEqual(
      env(
        {
          env: [
            { name: "URL", value: "$(KUBERNETES_SERVICE_HOST)" },
            { name: "KUBERNETES_SERVICE_HOST", value: "x" },
          ],
        },
        { master },
      )["KUBERNETES_SERVICE_HOST"],
      "x",
    ));
});
