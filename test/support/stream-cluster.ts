// The API server with its connect handlers, a node's server and a container runtime, without a node agent: pods are made
// through the runtime and written to the API by the test. For streams through real clients.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { systemClock } from "#base/clock.ts";
import { silentLog, type Log } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import { createControlPlane } from "#cluster/control-plane.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";
import type { PodLookup } from "#node/server/pod-lookup.ts";
import { createNodeServer } from "#node/server/server.ts";
import { createConnectHandlers } from "#server/connect/handlers.ts";
import { createHttpListener } from "#server/http/listener.ts";
import { createMemoryStore } from "#store/memory.ts";
import { createTestPki } from "./test-pki.ts";

export interface StreamCluster extends AsyncDisposable {
  readonly client: Client;
  /** Path of a kubeconfig with cluster administrator's rights. */
  readonly kubeconfig: string;
  readonly url: string;
  readonly nodeUrl: string;
  readonly pki: Awaited<ReturnType<typeof createTestPki>>;
}

const nodeName = "node-1";

export async function startStreamCluster(options: {
  readonly runtime: ContainerRuntime;
  readonly pods: PodLookup;
  readonly podsDir: string;
  readonly log?: Log;
}): Promise<StreamCluster> {
  const log = options.log ?? silentLog;
  const dir = mkdtempSync(join(tmpdir(), "stream-cluster-"));
  const stop = new AbortController();
  const pki = await createTestPki();
  const [nodeKeys, apiKeys, kubeletClient, admin] = await Promise.all([
    pki.server("system:node:node-1"),
    pki.server("kube-apiserver"),
    pki.client("kube-apiserver-kubelet-client"),
    pki.client("admin", "system:masters"),
  ]);
  const node = createNodeServer({
    nodeName,
    host: "127.0.0.1",
    port: 0,
    tls: { ...nodeKeys, clientCa: pki.ca },
    runtime: options.runtime,
    pods: options.pods,
    podsDir: options.podsDir,
    clock: systemClock,
    log,
  });
  const running = [node.run(stop.signal)];
  await node.ready;
  let client: Client;
  const plane = createControlPlane({
    store: createMemoryStore(),
    clock: systemClock,
    random: systemRandom,
    log,
    serverAddress: "127.0.0.1",
    issuer: "https://kubernetes.default.svc",
    signingKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    controllerRules: new Map(),
    extra: {
      handlers: () =>
        createConnectHandlers({
          lookupPod: (namespace, name, signal) => client.get(Pod, { namespace, name }, { signal }),
          lookupNode: (name, signal) => client.get(Node, { name }, { signal }),
          lookupService: (namespace, name, signal) => client.get(Service, { namespace, name }, { signal }),
          lookupEndpointSlices: async (namespace, service, signal) => {
            const labelSelector = `kubernetes.io/service-name=${service}`;
            return (await client.list(EndpointSlice, { namespace, labelSelector }, signal)).items;
          },
          nodeTls: () => ({ ...kubeletClient, ca: pki.ca }),
          clock: systemClock,
          random: systemRandom,
          log,
        }),
    },
  });
  client = plane.clientAs({ name: "admin", groups: ["system:masters", "system:authenticated"] });
  running.push(plane.api.run(stop.signal));
  await plane.api.ready;
  const listener = createHttpListener({
    host: "127.0.0.1",
    port: 0,
    tls: { ...apiKeys, clientCa: pki.ca },
    handler: plane.api.handler,
    protobuf: plane.protobuf,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  running.push(listener.run(stop.signal));
  await listener.ready;
  const url = `https://127.0.0.1:${listener.port}`;
  const kubeconfig = join(dir, "config");
  writeFileSync(kubeconfig, kubeconfigText(url, pki.ca, admin));
  await client.create(ServiceAccount, { metadata: { name: "default", namespace: "default" } });
  await client.create(Node, { metadata: { name: nodeName } });
  await client.patch(
    Node,
    { name: nodeName },
    {
      type: "merge",
      patch: {
        status: {
          addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
          daemonEndpoints: { kubeletEndpoint: { Port: node.port } },
        },
      },
    },
    { subresource: "status" },
  );
  return {
    client,
    kubeconfig,
    url,
    nodeUrl: `https://127.0.0.1:${node.port}`,
    pki,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(running);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function kubeconfigText(server: string, ca: string, { cert, key }: { cert: string; key: string }): string {
  const data = (pem: string): string => Buffer.from(pem).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server, "certificate-authority-data": data(ca) } }],
    users: [{ name: "u", user: { "client-certificate-data": data(cert), "client-key-data": data(key) } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}
