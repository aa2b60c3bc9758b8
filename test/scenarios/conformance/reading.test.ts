// Discovery, lists in pieces, tables, and watches.
import assert from "node:assert/strict";
import { suite, type World } from "../../support/conformance.ts";
import { merged } from "../../support/operations.ts";
import type { Rest, Wire } from "../../support/rest.ts";
import { definition, establish } from "../../support/custom-resources.ts";

const { conforms } = suite();
const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
/** Built-in resources that every server has: group, version, resource. */
const expected = [
  ["", "v1", "namespaces"],
  ["admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations"],
  ["apiextensions.k8s.io", "v1", "customresourcedefinitions"],
  ["apiregistration.k8s.io", "v1", "apiservices"],
  ["apps", "v1", "deployments"],
  ["authentication.k8s.io", "v1", "tokenreviews"],
  ["authorization.k8s.io", "v1", "selfsubjectaccessreviews"],
  ["autoscaling", "v1", "horizontalpodautoscalers"],
  ["autoscaling", "v2", "horizontalpodautoscalers"],
  ["batch", "v1", "jobs"],
  ["certificates.k8s.io", "v1", "certificatesigningrequests"],
  ["coordination.k8s.io", "v1", "leases"],
  ["discovery.k8s.io", "v1", "endpointslices"],
  ["events.k8s.io", "v1", "events"],
  ["networking.k8s.io", "v1", "ingresses"],
  ["node.k8s.io", "v1", "runtimeclasses"],
  ["policy", "v1", "poddisruptionbudgets"],
  ["scheduling.k8s.io", "v1", "priorityclasses"],
  ["storage.k8s.io", "v1", "csinodes"],
] as const;

/** "group/version/resource" of everything that the aggregated documents name. */
async function discoverAtOnce(rest: Rest): Promise<Set<string>> {
  const found = new Set<string>();
  for (const path of ["/api", "/apis"]) {
    const { body, headers } = await rest.ask(path, { accept: aggregated });
    assert.deepEqual([body.kind, body.apiVersion], ["APIGroupDiscoveryList", "apidiscovery.k8s.io/v2"]);
    assert.equal(headers["content-type"], aggregated);
    for (const group of body.items)
      for (const { version, resources } of group.versions)
        for (const { resource } of resources) found.add(`${group.metadata?.name ?? ""}/${version}/${resource}`);
  }
  return found;
}
/** As a client does it that prefers the aggregated documents but takes the others, too. */
async function discoverAnyhow(rest: Rest): Promise<{ groupVersions: Set<string>; resources: Set<string> }> {
  const accept = `${aggregated},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;
  const groupVersions = new Set<string>();
  const resources = new Set<string>();
  for (const path of ["/api", "/apis"]) {
    const { body } = await rest.ask(path, { accept });
    for (const { metadata, versions } of body.items)
      for (const v of versions) {
        groupVersions.add(`${metadata?.name ?? ""}/${v.version}`);
        for (const { resource } of v.resources) resources.add(`${metadata?.name ?? ""}/${v.version}/${resource}`);
      }
  }
  return { groupVersions, resources };
}
const servesCustom = async ({ rest, cluster, ns }: World, find: () => Promise<Set<string>>): Promise<void> => {
  const crd = definition({ group: `${ns}.example.com` });
  await establish({ rest, cluster }, crd);
  const { group, versions, names } = crd.spec;
  await cluster.until(async () => (await find()).has(`${group}/${versions[0].name}/${names.plural}`));
};

conforms("AggregatedDiscovery should support raw aggregated discovery endpoint Accept headers", async ({ rest }) => {
  const found = await discoverAtOnce(rest);
  for (const names of expected) assert.ok(found.has(names.join("/")), names.join("/"));
});
conforms("AggregatedDiscovery should support raw aggregated discovery request for CRDs", (world) =>
  servesCustom(world, () => discoverAtOnce(world.rest)),
);
conforms("AggregatedDiscovery should support aggregated discovery interface", async ({ rest }) => {
  const { groupVersions, resources } = await discoverAnyhow(rest);
  for (const [group, version, resource] of expected) {
    assert.ok(groupVersions.has(`${group}/${version}`));
    assert.ok(resources.has(`${group}/${version}/${resource}`));
  }
});
conforms("AggregatedDiscovery should support aggregated discovery interface for CRDs", (world) =>
  servesCustom(world, async () => (await discoverAnyhow(world.rest)).resources),
);
conforms("Discovery should validate PreferredVersion for each APIGroup", async ({ rest }) => {
  const { groups } = await rest.get("/apis");
  assert.ok(groups.length >= 15);
  for (const { name, preferredVersion, versions } of groups) {
    assert.ok(preferredVersion.version && versions.length > 0, name);
    const group = await rest.get(`/apis/${name}`);
    assert.deepEqual(group.preferredVersion, preferredVersion, name);
    assert.ok(
      group.versions.some((v: Wire) => v.groupVersion === preferredVersion.groupVersion),
      name,
    );
  }
});
conforms("Discovery should locate the groupVersion and a resource within each APIGroup", async ({ rest }) => {
  const { groups } = await rest.get("/apis");
  for (const [group, version, resource] of expected) {
    if (group) {
      const found = groups.find((g: Wire) => g.name === group);
      assert.ok(
        found?.versions.some((v: Wire) => v.groupVersion === `${group}/${version}`),
        group,
      );
    }
    const list = await rest.get(group ? `/apis/${group}/${version}` : `/api/${version}`);
    assert.equal(list.groupVersion, group ? `${group}/${version}` : version);
    assert.ok(
      list.resources.some((r: Wire) => r.name === resource),
      resource,
    );
  }
});
conforms("server version should find the server version", async ({ rest }) => {
  const version = await rest.get("/version");
  assert.match(version.major, /^1$/);
  assert.match(version.minor, /^\d+\+?$/);
  assert.match(version.gitVersion, /^v1\.\d+\.\d+/);
});
conforms(
  "Servers with support for Table transformation should return a 406 for a backend which does not implement metadata",
  async ({ rest }) => {
    const body = { spec: { nonResourceAttributes: { path: "/", verb: "get" } } };
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const status = await rest.refusal("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { body, accept });
    assert.deepEqual([status.code, status.reason], [406, "NotAcceptable"]);
  },
);

const total = 120;
const template = (number: number): string => `template-${String(number).padStart(4, "0")}`;
async function createMany({ rest, path }: World): Promise<string> {
  const collection = path("/api/v1", "podtemplates");
  const spec = { containers: [{ name: "c", image: "app:1" }] };
  const create = (_: unknown, i: number): Promise<Wire> =>
    rest.post(collection, { metadata: { name: template(i) }, template: { spec } });
  await Promise.all(Array.from({ length: total }, create));
  return collection;
}
/** Checks a page that begins at `from`, and says where the next one begins. */
function assertPage(page: Wire, from: number, limit: number): number {
  const { continue: token, remainingItemCount } = page.metadata;
  const next = from + page.items.length;
  assert.ok(page.items.length <= limit);
  assert.deepEqual(
    page.items.map((item: Wire) => item.metadata.name),
    Array.from({ length: page.items.length }, (_, i) => template(from + i)),
  );
  assert.equal(remainingItemCount, token ? total - next : undefined);
  return next;
}
conforms("Servers with support for API chunking should return chunks of results for list calls", async (world) => {
  const { rest } = world;
  const collection = await createMany(world);
  for (const limit of [17, 50]) {
    let page = await rest.get(`${collection}?limit=${limit}`);
    const { resourceVersion } = page.metadata;
    let read = assertPage(page, 0, limit);
    while (page.metadata.continue) {
      page = await rest.get(`${collection}?limit=${limit}&continue=${encodeURIComponent(page.metadata.continue)}`);
      read = assertPage(page, read, limit);
      assert.equal(page.metadata.resourceVersion, resourceVersion);
    }
    assert.equal(read, total);
  }
  const all = await rest.get(`${collection}?limit=${total + 1}`);
  assert.equal(assertPage(all, 0, total + 1), total);
});
conforms(
  "Servers with support for API chunking should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent",
  async (world) => {
    const { rest, cluster } = world;
    const collection = await createMany(world);
    const limit = total / 10;
    const first = await rest.get(`${collection}?limit=${limit}`);
    let read = assertPage(first, 0, limit);
    const pageAt = (token: string): string => `${collection}?limit=${limit}&continue=${encodeURIComponent(token)}`;
    await cluster.advance("4m");
    assertPage(await rest.get(pageAt(first.metadata.continue)), read, limit);
    // history goes away only when something has happened since
    await rest.post(world.path("/api/v1", "configmaps"), { metadata: { name: "later" } });
    const expired = await cluster.until(async () => {
      const { code, body } = await rest.ask(pageAt(first.metadata.continue));
      return code !== 200 && body;
    }, "30m");
    assert.deepEqual([expired.code, expired.reason], [410, "Expired"]);
    let page = await rest.get(pageAt(expired.metadata.continue));
    const { resourceVersion } = page.metadata;
    assert.notEqual(resourceVersion, first.metadata.resourceVersion);
    for (;;) {
      read = assertPage(page, read, limit);
      assert.equal(page.metadata.resourceVersion, resourceVersion);
      if (!page.metadata.continue) break;
      page = await rest.get(pageAt(page.metadata.continue));
    }
    assert.equal(read, total);
  },
);

const labelled = (name: string, label: string, data: object = {}): object => ({
  metadata: { name, labels: { watched: label } },
  data,
});
const selecting = (collection: string, labels: string): string =>
  `${collection}?labelSelector=${encodeURIComponent(`watched in (${labels})`)}`;
conforms(
  "Watchers should observe add, update, and delete watch notifications on configmaps",
  async ({ rest, path }) => {
    const maps = path("/api/v1", "configmaps");
    const [a, b, both] = await Promise.all(["a", "b", "a,b"].map((labels) => rest.watch(selecting(maps, labels))));
    await rest.post(maps, labelled("map-a", "a"));
    for (const change of ["1", "2"]) await rest.update(`${maps}/map-a`, (o) => merged(o, { data: { change } }));
    await rest.delete(`${maps}/map-a`);
    await rest.post(maps, labelled("map-b", "b"));
    await rest.delete(`${maps}/map-b`);
    for (const watch of [a!, both!]) {
      await watch.next("ADDED", (o) => o.metadata.name === "map-a");
      for (const change of ["1", "2"]) await watch.next("MODIFIED", (o) => o.data.change === change);
      await watch.next("DELETED", (o) => o.metadata.name === "map-a");
    }
    for (const watch of [b!, both!]) {
      await watch.next("ADDED", (o) => o.metadata.name === "map-b");
      await watch.next("DELETED", (o) => o.metadata.name === "map-b");
    }
    assert.deepEqual([a!.events.length, b!.events.length, both!.events.length], [4, 2, 6]);
  },
);
/** Adds, changes twice and deletes one map; the resourceVersion after the first change. */
async function story({ rest, path }: World, name: string): Promise<{ maps: string; first: string }> {
  const maps = path("/api/v1", "configmaps");
  await rest.post(maps, labelled(name, name));
  const first = await rest.update(`${maps}/${name}`, (o) => merged(o, { data: { change: "1" } }));
  await rest.update(`${maps}/${name}`, (o) => merged(o, { data: { change: "2" } }));
  await rest.delete(`${maps}/${name}`);
  return { maps, first: first.metadata.resourceVersion };
}
conforms("Watchers should be able to start watching from a specific resource version", async (world) => {
  const { maps, first } = await story(world, "from-version");
  const watch = await world.rest.watch(selecting(maps, "from-version"), { resourceVersion: first });
  await watch.next("MODIFIED", (o) => o.data.change === "2");
  await watch.next("DELETED", (o) => o.data.change === "2");
  assert.equal(watch.events.length, 2);
});
conforms(
  "Watchers should be able to restart watching from the last resource version observed by the previous watch",
  async (world) => {
    const { rest, path } = world;
    const maps = path("/api/v1", "configmaps");
    const watch = await rest.watch(selecting(maps, "restart"));
    await rest.post(maps, labelled("m", "restart"));
    await rest.update(`${maps}/m`, (o) => merged(o, { data: { change: "1" } }));
    await watch.next("ADDED");
    const { metadata } = await watch.next("MODIFIED");
    watch.stop();
    await rest.update(`${maps}/m`, (o) => merged(o, { data: { change: "2" } }));
    await rest.delete(`${maps}/m`);
    const again = await rest.watch(selecting(maps, "restart"), { resourceVersion: metadata.resourceVersion });
    await again.next("MODIFIED", (o) => o.data.change === "2");
    await again.next("DELETED");
    assert.equal(again.events.length, 2);
  },
);
conforms(
  "Watchers should observe an object deletion if it stops meeting the requirements of the selector",
  async ({ rest, path }) => {
    const maps = path("/api/v1", "configmaps");
    const watch = await rest.watch(selecting(maps, "selected"));
    const label = (watched: string) => (o: Wire) => merged(o, { metadata: { labels: { watched } } });
    await rest.post(maps, labelled("m", "selected"));
    await rest.update(`${maps}/m`, (o) => merged(o, { data: { change: "1" } }));
    await rest.update(`${maps}/m`, label("other"));
    await rest.update(`${maps}/m`, (o) => merged(o, { data: { change: "2" } }));
    await rest.update(`${maps}/m`, label("selected"));
    await rest.update(`${maps}/m`, (o) => merged(o, { data: { change: "3" } }));
    await rest.delete(`${maps}/m`);
    await watch.next("ADDED");
    await watch.next("MODIFIED", (o) => o.data.change === "1");
    await watch.next("DELETED", (o) => o.data.change === "1");
    await watch.next("ADDED", (o) => o.data.change === "2");
    await watch.next("MODIFIED", (o) => o.data.change === "3");
    await watch.next("DELETED", (o) => o.data.change === "3");
    assert.equal(watch.events.length, 6);
  },
);
conforms("Watchers should receive events on concurrent watches in same order", async ({ rest, path }) => {
  const maps = path("/api/v1", "configmaps");
  const { metadata } = await rest.get(maps);
  const first = await rest.watch(maps, { resourceVersion: metadata.resourceVersion });
  const rounds = 20;
  const produce = async (name: string): Promise<void> => {
    await rest.post(maps, { metadata: { name } });
    for (let i = 0; i < rounds; i++) await rest.update(`${maps}/${name}`, (o) => merged(o, { data: { i: String(i) } }));
    await rest.delete(`${maps}/${name}`);
  };
  await Promise.all(["a", "b", "c"].map(produce));
  const count = 3 * (rounds + 2);
  const line = (e: Wire): string => `${e.type} ${e.object.metadata.resourceVersion}`;
  const order = (await first.seen(count)).map(line);
  assert.equal(order.length, count);
  for (const at of [0, 5, 17]) {
    const later = await rest.watch(maps, { resourceVersion: order[at]!.split(" ")[1]! });
    const expected = order.slice(at + 1);
    assert.deepEqual((await later.seen(expected.length)).map(line), expected);
  }
});
