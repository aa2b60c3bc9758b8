// The server process of a cluster inside the test's own process, on a real port and real time, with simulated nodes:
// starts in well under a second and needs neither root nor containerd. For clients that only talk to the API.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { freePort } from "#base/free-port.fake.ts";
import { createLog, type Log } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import type { Service } from "#base/service.ts";
import { createClient } from "#client/api-client.ts";
import type { Client } from "#client/client.ts";
import { createHttpTransport } from "#client/http-transport.ts";
import { createInformers } from "#client/informers.ts";
import { mergeContext } from "#cluster/access/kubeconfig.ts";
import { clusterLayout, type Layout } from "#cluster/layout.ts";
import { ensureCertificates } from "#cluster/pki/certificates.ts";
import { serverConfig } from "#cluster/server-process.ts";
import { createServer } from "#cluster/server-services.ts";
import { certificateNames } from "#cluster/start.ts";
import type { FeatureSettings } from "#server/features/settings.ts";
import { createSimulatedNode } from "#node/simulated-node.ts";
import { createEventRecorder } from "#reconcile/event-recorder.ts";
import { execute, type Outcome } from "./real-cluster.ts";
import { helmPath, kubectlPath, type HelmRelease, type KubectlRelease } from "./tools.ts";

export interface ApiCluster extends AsyncDisposable {
  readonly url: string;
  /** Path of a kubeconfig with the administrator's rights. */
  readonly kubeconfig: string;
  /** Files of the test go here; it is removed at the end. */
  readonly folder: string;
  /** Has the administrator's rights. */
  readonly client: Client;
  kubectl(...args: readonly string[]): Promise<string>;
  kubectlOf(release: KubectlRelease, args: readonly string[], input?: string): Promise<Outcome>;
  helmOf(major: HelmRelease, args: readonly string[]): Promise<Outcome>;
}
export interface ApiClusterOptions {
  /** How many simulated nodes; default 2. */
  readonly nodes?: number;
  /** Default: warnings and errors go to standard error. */
  readonly log?: Log;
  /** Default: a free one. */
  readonly port?: number;
  /** Which beta and alpha APIs are served and which features are on, as the flags have them. */
  readonly features?: FeatureSettings;
  /** Settings of the server by file name (server-settings.ts). */
  readonly settings?: Readonly<Record<string, string>>;
}

const loudLog = (): Log =>
  createLog({ clock: systemClock, level: "warn", write: (line) => void process.stderr.write(line) });
const pem = (layout: Layout, file: string): string => readFileSync(join(layout.pki, file), "utf8");

export async function startApiCluster(options: ApiClusterOptions = {}): Promise<ApiCluster> {
  const folder = mkdtempSync(join(tmpdir(), "timonier-api-"));
  const surroundings = { clock: systemClock, random: systemRandom, log: options.log ?? loudLog() };
  const layout = clusterLayout({
    format: 1,
    name: "api",
    index: 0,
    dataDir: join(folder, "data"),
    nodeName: "node-1",
    apiPort: options.port ?? (await freePort()),
    kubeletPort: 0,
    createdAt: systemClock.now(),
    runtime: "runc",
    ...(options.features ? { features: options.features } : {}),
  });
  mkdirSync(layout.config, { recursive: true });
  for (const [name, text] of Object.entries(options.settings ?? {})) writeFileSync(join(layout.config, name), text);
  await ensureCertificates(layout.pki, certificateNames(layout), surroundings);
  const config = serverConfig(layout, { hasIpv6: false });
  const stop = new AbortController();
  const running: Promise<unknown>[] = [];
  const start = async (service: Service): Promise<void> => {
    running.push(service.run(stop.signal));
    await service.ready;
  };
  await start(createServer({ ...config, store: { kind: "memory" } }, surroundings));
  const server = `https://127.0.0.1:${layout.apiPort}`;
  const admin = { cert: pem(layout, "admin.crt"), key: pem(layout, "admin.key") };
  const ca = pem(layout, "ca.crt");
  const connect = (): Client =>
    createClient(createHttpTransport({ server, ca, ...admin, userAgent: "timonier-test" }, systemClock));
  for (let number = 1; number <= (options.nodes ?? 2); number++) {
    const name = `node-${number}`;
    const client = connect();
    const informers = createInformers({ client, ...surroundings });
    const { agent } = createSimulatedNode({
      ...surroundings,
      nodeName: name,
      client,
      informers,
      podCidr: `10.244.${number}.0/24`,
      nodeIp: `172.16.0.${number}`,
      events: createEventRecorder({ client, component: "kubelet", host: name, ...surroundings, signal: stop.signal }),
    });
    running.push(informers.run(stop.signal));
    await start(agent);
  }
  const kubeconfig = join(folder, "kubeconfig");
  const context = { name: "test", server, authority: ca, certificate: admin.cert, key: admin.key };
  writeFileSync(kubeconfig, JSON.stringify(mergeContext({}, context)), { mode: 0o600 });
  const env = { KUBECONFIG: kubeconfig, HOME: folder };
  const cluster: ApiCluster = {
    url: server,
    kubeconfig,
    folder,
    client: connect(),
    async kubectl(...args) {
      const outcome = await cluster.kubectlOf("35", args);
      if (outcome.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${outcome.stderr.trim()}`);
      return outcome.stdout;
    },
    kubectlOf: (release, args, input) =>
      execute(kubectlPath(release), args, { env, ...(input === undefined ? {} : { input }) }),
    helmOf: (major, args) => execute(helmPath(major), args, { env }),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("the test is over"));
      await Promise.allSettled(running);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return cluster;
}
