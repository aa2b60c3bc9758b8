// The cluster of the conformance equivalents: one for each test file, behind its HTTPS port, with a client that speaks
// plain HTTP. Each test has a namespace of its own. Time stands still but for `until` and `advance`.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { testCluster, type TestCluster, type TestClusterOptions } from "#testing.ts";
import { Rest, type Wire } from "./rest.ts";

export interface World {
  readonly cluster: TestCluster;
  readonly rest: Rest;
  /** Of this test alone; its path is `/api/v1/namespaces/<ns>`. */
  readonly ns: string;
  /** "/apis/apps/v1", "deployments" → the collection's path in the test's namespace. */
  path(groupVersion: string, plural: string): string;
}
export interface Suite {
  /** A test whose name are the words of the official title. */
  conforms(behaviour: string, tell: (world: World) => Promise<void>): void;
}
let namespaces = 0;

export async function newNamespace(rest: Rest, cluster: TestCluster, metadata: object = {}): Promise<string> {
  const name = `conformance-${++namespaces}`;
  await rest.post("/api/v1/namespaces", { metadata: { name, ...metadata } });
  await cluster.until(async () => (await rest.ask(`/api/v1/namespaces/${name}/serviceaccounts/default`)).code === 200);
  return name;
}
/** The client that a kubeconfig (JSON) describes. */
export function restOf(url: string, kubeconfig: string): Rest {
  const { clusters, users }: Wire = JSON.parse(kubeconfig);
  const decoded = (base64: string): string => Buffer.from(base64, "base64").toString();
  const { user } = users[0];
  return new Rest(url, {
    ca: decoded(clusters[0].cluster["certificate-authority-data"]),
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
  });
}
/** The client of a cluster's administrator. */
export async function connect(cluster: TestCluster): Promise<Rest> {
  const { url, kubeconfig } = await cluster.listen();
  return restOf(url, kubeconfig);
}
/** To be called at the top of a test file. */
export function suite(options: TestClusterOptions = {}): Suite {
  let cluster: TestCluster;
  let rest: Rest;
  before(async () => {
    cluster = await testCluster(options);
    rest = await connect(cluster);
  });
  after(async () => {
    rest[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
  });
  return {
    conforms: (behaviour, tell) =>
      void it(behaviour, async () => {
        const ns = await newNamespace(rest, cluster);
        const path = (groupVersion: string, plural: string): string => `${groupVersion}/namespaces/${ns}/${plural}`;
        const known = cluster.warnings.length;
        try {
          await tell({ cluster, rest, ns, path });
        } catch (error) {
          for (const line of cluster.warnings.slice(known).slice(-5)) console.error(line.trimEnd());
          throw error;
        }
      }),
  };
}

/** Whether an object has everything that `part` has. Lists are as long, and their items are compared likewise. */
export function includes(object: Wire, part: Wire): boolean {
  if (part === null || typeof part !== "object") return object === part;
  if (Array.isArray(part) && (!Array.isArray(object) || object.length !== part.length)) return false;
  return Object.entries(part).every(([name, value]) => includes(object?.[name], value));
}
export function assertIncludes(object: Wire, part: Wire, where: string): void {
  assert.ok(includes(object, part), `${where}: ${JSON.stringify(part)} is not part of ${JSON.stringify(object)}`);
}
export const isNewer = (a: Wire, b: Wire): boolean =>
  BigInt(a.metadata.resourceVersion) > BigInt(b.metadata.resourceVersion);
export const names = (list: Wire): string[] => list.items.map((item: Wire) => item.metadata.name).toSorted();
export const condition = (object: Wire, type: string): Wire =>
  object.status?.conditions?.find((c: Wire) => c.type === type);
