// Services: which addresses stand behind them, as pods come, get ready, fail and go.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { Endpoints } from "#api/core/endpoints.ts";
import { Pod } from "#api/core/pod.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { TestCluster } from "#testing.ts";
import {
  becomesReady,
  container,
  deploymentManifest,
  nameOf,
  podManifest,
  podsOf,
  rolledOut,
  story,
} from "../support/test-cluster.ts";

const service = (spec: object = {}): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: 8080 }], ...spec },
});
/** "pod: ready serving terminating", as flags. */
async function endpoints(cluster: TestCluster): Promise<Record<string, string>> {
  const slices = await cluster.list(EndpointSlice, { labelSelector: "kubernetes.io/service-name=web" });
  const flag = (letter: string, value: boolean | undefined): string => (value ? letter : "-");
  return Object.fromEntries(
    slices
      .flatMap((slice) => slice.endpoints ?? [])
      .map(({ targetRef, conditions: c }) => [
        targetRef?.name ?? "",
        flag("r", c?.ready) + flag("s", c?.serving) + flag("t", c?.terminating),
      ]),
  );
}
const old = async (cluster: TestCluster): Promise<[number, number]> => {
  const [subset] = (await cluster.get(Endpoints, "web"))?.subsets ?? [];
  return [subset?.addresses?.length ?? 0, subset?.notReadyAddresses?.length ?? 0];
};
const probed = { containers: [container({ readinessProbe: { exec: { command: ["check"] }, periodSeconds: 1 } })] };
const labelled = { labels: { app: "web" } };

describe("a service", () => {
  story("follows the readiness and the end of its pods", { nodes: 2 }, async (cluster) => {
    const unready = new Set<string>();
    cluster.behaviour.exec = ({ pod }) => (unready.has(pod) ? { exitCode: 1 } : undefined);
    await cluster.apply([
      service(),
      podManifest("a", probed, { ...labelled, annotations: { "simulated.timonier.io/stop-after": "5s" } }),
      podManifest("b", probed, labelled),
      podManifest("other", probed, { labels: { app: "other" } }),
    ]);
    for (const name of ["a", "b", "other"]) await becomesReady(cluster, name);
    await cluster.advance("1s");
    assert.deepEqual(await endpoints(cluster), { a: "rs-", b: "rs-" });
    assert.deepEqual(await old(cluster), [2, 0]);
    const [slice] = await cluster.list(EndpointSlice, { labelSelector: "kubernetes.io/service-name=web" });
    assert.deepEqual(
      slice?.ports?.map((p) => [p.name, p.port, p.protocol]),
      [["http", 8080, "TCP"]],
    );

    unready.add("b");
    await cluster.advance("5s");
    assert.deepEqual(await endpoints(cluster), { a: "rs-", b: "---" });
    assert.deepEqual(await old(cluster), [1, 1]);
    unready.delete("b");
    await cluster.advance("5s");
    assert.deepEqual(await endpoints(cluster), { a: "rs-", b: "rs-" });

    await cluster.client.delete(Pod, { namespace: "default", name: "a" });
    await cluster.advance("1s");
    assert.deepEqual(await endpoints(cluster), { a: "-st", b: "rs-" });
    await cluster.advance("6s");
    assert.deepEqual(await endpoints(cluster), { b: "rs-" });
    await cluster.client.delete(Service, { namespace: "default", name: "web" });
    await cluster.advance("5s");
    assert.deepEqual(await cluster.list(EndpointSlice, { labelSelector: "kubernetes.io/service-name=web" }), []);
    assert.equal(await cluster.get(Endpoints, "web"), undefined);
  });
  story("may tell of pods that are not ready", { nodes: 1 }, async (cluster) => {
    cluster.behaviour.exec = () => ({ exitCode: 1 });
    await cluster.apply([
      service({ clusterIP: "None", publishNotReadyAddresses: true }),
      podManifest("a", probed, labelled),
    ]);
    await cluster.advance("3s");
    assert.deepEqual(await endpoints(cluster), { a: "r--" });
  });
  story("follows its selector and its ports", { nodes: 1 }, async (cluster) => {
    const ports = [{ name: "admin", containerPort: 9090 }];
    await cluster.apply([
      service(),
      podManifest("a", { containers: [container({ ports })] }, labelled),
      podManifest("b", { containers: [container({ ports })] }, { labels: { app: "web", tier: "front" } }),
    ]);
    for (const name of ["a", "b"]) await becomesReady(cluster, name);
    await cluster.advance("1s");
    assert.deepEqual(Object.keys(await endpoints(cluster)), ["a", "b"]);
    const spec = { selector: { app: "web", tier: "front" }, ports: [{ name: "http", port: 80, targetPort: "admin" }] };
    await cluster.client.patch(Service, { namespace: "default", name: "web" }, { type: "merge", patch: { spec } });
    await cluster.advance("1s");
    assert.deepEqual(await endpoints(cluster), { b: "rs-" });
    const [slice] = await cluster.list(EndpointSlice, { labelSelector: "kubernetes.io/service-name=web" });
    assert.equal(slice?.ports?.[0]?.port, 9090);
  });
  story("of many pods has slices of a hundred", { nodes: 2 }, async (cluster) => {
    await cluster.apply([service(), deploymentManifest("web", 130)]);
    await rolledOut(cluster, "web");
    await cluster.advance("2s");
    const slices = await cluster.list(EndpointSlice, { labelSelector: "kubernetes.io/service-name=web" });
    assert.deepEqual(
      slices.map((s) => s.endpoints?.length).toSorted((a, b) => a! - b!),
      [30, 100],
    );
    const names = slices.flatMap((s) => s.endpoints ?? []).map((e) => e.targetRef?.name);
    assert.deepEqual(names.toSorted(), (await podsOf(cluster, "web")).map(nameOf));
  });
});
