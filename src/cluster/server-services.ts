// What runs in a server process: store, API server, listener, and the controllers and scheduler, which see the cluster
// through clients that need no socket. Where several servers share an etcd, one of them leads.
import { readFileSync } from "node:fs";
import { controllerRules, createControllers } from "#controllers/all.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { Service as KubeService } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { notFound } from "#api/errors.ts";
import { keyText, type Kind, type KubeObject } from "#api/kind.ts";
import type { Log } from "#base/log.ts";
import { Metrics } from "#base/metrics.ts";
import { observeProcess } from "#base/process-metrics.ts";
import type { Tracer } from "#base/tracing/tracer.ts";
import { aborted, deferred, runAll, type Service } from "#base/service.ts";
import type { Client } from "#client/client.ts";
import { createInformers } from "#client/informers.ts";
import type { AnyController } from "#reconcile/controller.ts";
import { createLeaderElection } from "#reconcile/leader-election.ts";
import { workQueueMetrics } from "#reconcile/metrics.ts";
import { createControllerRunner } from "#reconcile/runner.ts";
import { createPlugins } from "#scheduler/plugins/all.ts";
import { schedulerMetrics } from "#scheduler/metrics.ts";
import { createScheduler } from "#scheduler/scheduler.ts";
import type { AuditOptions } from "#server/audit/audit.ts";
import { AuditFile } from "#server/audit/log-file.ts";
import type { AuditPolicy } from "#server/audit/policy.ts";
import { createConnectHandlers, type ConnectOptions } from "#server/connect/handlers.ts";
import { createFeatures, followedKinds, type Features } from "#server/features/served-kinds.ts";
import type { Registry } from "#server/registry.ts";
import { createHttpListener } from "#server/http/listener.ts";
import type { UserInfo } from "#server/pipeline.ts";
import type { Store } from "#store/store.ts";
import { createCertificateSigner } from "./pki/certificate-signer.ts";
import { authorityNames } from "./pki/certificates.ts";
import { readKey } from "./pki/x509.ts";
import { createControlPlane, type ControlPlane } from "./control-plane.ts";
import type { ServerConfig, StoreConfig, Surroundings } from "./server-process.ts";
import { previewControllers, servedControllers } from "./served-controllers.ts";
import { readServerSettings, type ServerSettings } from "./server-settings.ts";
import { createTracing } from "./tracing.ts";

const userOf = (name: string): UserInfo => ({ name, groups: ["system:authenticated"] });
const controllerManager = userOf("system:kube-controller-manager");
const scheduler = userOf("system:kube-scheduler");
const frontProxyName = "front-proxy-client";

async function openStore(config: StoreConfig, { clock, log }: Surroundings): Promise<Store> {
  if (config.kind === "memory") return (await import("#store/memory.ts")).createMemoryStore();
  if (config.kind === "etcd") return (await import("#store/etcd.ts")).openEtcdStore({ ...config, clock, log });
  return (await import("#store/sqlite.ts")).openSqliteStore({ path: config.file, clock, log });
}

/** Controllers and scheduler over their own informers; run anew for each term of a leader. */
export function createReconcilers(
  plane: ControlPlane,
  controllers: () => readonly AnyController[],
  surroundings: Surroundings,
): (signal: AbortSignal) => Promise<void> {
  const { clock, random, log } = surroundings;
  return (signal) => {
    const informers = createInformers({ client: plane.clientAs(controllerManager), clock, random, log });
    const runner = createControllerRunner({
      controllers: controllers(),
      clientFor: (name): Client => plane.controllerClient(name),
      informers,
      clock,
      random,
      log,
      metrics: workQueueMetrics(plane.api.metrics),
    });
    const scheduling = createScheduler({
      client: plane.clientAs(scheduler, "kube-scheduler"),
      informers,
      clock,
      random,
      log,
      plugins: createPlugins,
      metrics: schedulerMetrics(plane.api.metrics),
    });
    return runAll([informers, runner, scheduling], signal);
  };
}

/** Ready when the API answers on its port. */
export function createServer(config: ServerConfig, surroundings: Surroundings): Service {
  const { clock, random, log } = surroundings;
  const ready = deferred();
  return {
    name: "server",
    ready: ready.promise,
    async run(signal) {
      try {
        const settings = await readServerSettings(config.settings);
        const features = await createFeatures(config.features ?? {});
        await using store = await openSealed(config, settings, surroundings);
        const authority = readFileSync(config.authority.certificate, "utf8");
        const key = readKey(readFileSync(config.authority.key, "utf8"));
        const signer = createCertificateSigner({ commonName: authorityNames.ca, key }, clock, random);
        const kinds = followedKinds(features.kinds);
        const options = { kinds, rootCertificates: authority, clusterCidrs: [config.podCidr], authority: signer };
        const previews = await previewControllers(features);
        const controllers = () => [...servedControllers(createControllers(options), features), ...previews];
        await using auditing = settings.audit && createAuditing(config, settings.audit, surroundings);
        const tracing = settings.tracing && createTracing(settings.tracing, "apiserver", surroundings);
        const tracer = tracing ? { tracer: tracing.tracer } : {};
        const parts = { store, settings, features, ...tracer, ...(auditing ? { auditing } : {}) };
        const plane = createServerPlane(config, parts, controllers, surroundings);
        observeProcess(plane.api.metrics, clock);
        const listener = createHttpListener({
          handler: plane.api.handler,
          protobuf: plane.protobuf,
          isTracing: tracing !== undefined,
          host: config.listen.host,
          port: config.listen.port,
          tls: {
            cert: readFileSync(config.serving.certificate, "utf8"),
            key: readFileSync(config.serving.key, "utf8"),
            clientCa: authority,
            frontProxyCa: readFileSync(config.frontProxyAuthority, "utf8"),
          },
          clock,
          random,
          log,
        });
        void Promise.all([plane.api.ready, listener.ready]).then(() => ready.resolve(), ready.reject);
        const reconcilers = reconciling(config, plane, controllers, surroundings);
        await runAll([plane.api, listener, reconcilers, ...(tracing ? [tracing.exporter] : [])], signal);
      } catch (error) {
        ready.reject(error);
        throw error;
      }
    },
  };
}

/** The store, whose values are sealed where that is configured. */
async function openSealed(config: ServerConfig, settings: ServerSettings, surroundings: Surroundings): Promise<Store> {
  const store = await openStore(config.store, surroundings);
  if (!settings.encryption) return store;
  const { createEncryption } = await import("#server/encryption/configuration.ts");
  const { EncryptedStore } = await import("#server/encryption/encrypted-store.ts");
  return new EncryptedStore(store, await createEncryption(settings.encryption, surroundings.random));
}
/** Once everything is loaded, what lies in a form of before is written anew. */
async function reseal(store: Store, log: Log, signal: AbortSignal): Promise<void> {
  const { EncryptedStore, rewriteStale } = await import("#server/encryption/encrypted-store.ts");
  if (!(store instanceof EncryptedStore)) return;
  try {
    const written = await rewriteStale(store, signal);
    if (written > 0) log.info("stored values were encrypted anew", { written });
  } catch (error) {
    // They can be read as they are; the next start goes on.
    if (!signal.aborted) log.error("stored values could not all be encrypted anew", { error });
  }
}

interface Auditing extends AsyncDisposable {
  readonly metrics: Metrics;
  readonly options: AuditOptions;
}
function createAuditing(config: ServerConfig, policy: AuditPolicy, surroundings: Surroundings): Auditing {
  const metrics = new Metrics();
  const sink = new AuditFile({ file: config.auditLog }, { ...surroundings, metrics });
  return { metrics, options: { policy, sink }, [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose]() };
}

interface ServerParts {
  readonly store: Store;
  readonly settings: ServerSettings;
  readonly features: Features;
  readonly auditing?: Auditing;
  readonly tracer?: Tracer;
}
function createServerPlane(
  config: ServerConfig,
  { store, settings, features, auditing, tracer }: ServerParts,
  controllers: () => readonly AnyController[],
  surroundings: Surroundings,
): ControlPlane {
  return createControlPlane({
    ...surroundings,
    store,
    features,
    serverAddress: `${config.advertise.address}:${config.advertise.port}`,
    issuer: config.serviceAccounts.issuer,
    signingKey: readFileSync(config.serviceAccounts.privateKey, "utf8"),
    controllerRules: controllerRules(controllers()),
    rootCertificates: readFileSync(config.authority.certificate, "utf8"),
    serverName: config.serverName,
    identities: { ...settings.identities, frontProxy: { allowedNames: [frontProxyName] } },
    proxyTrust: {
      certificate: () => ({
        cert: readFileSync(config.frontProxyClient.certificate, "utf8"),
        key: readFileSync(config.frontProxyClient.key, "utf8"),
      }),
      proxyAuthority: readFileSync(config.frontProxyAuthority, "utf8"),
      proxyNames: [frontProxyName],
      clientAuthority: readFileSync(config.authority.certificate, "utf8"),
    },
    cluster: {
      serviceCidr: config.serviceCidr,
      nodePorts: config.nodePorts,
      advertise: config.advertise,
      isShared: config.store.kind === "etcd",
    },
    dnsServiceIp: config.dnsServiceIp,
    extra: {
      handlers: (context) => createConnectHandlers(connectOptions(config, context.registry, surroundings)),
      companions: () => [(signal) => reseal(store, surroundings.log, signal)],
      ...(auditing ? { audit: auditing.options, metrics: auditing.metrics } : {}),
      ...(tracer ? { tracer } : {}),
    },
  });
}

function connectOptions(config: ServerConfig, registry: Registry, surroundings: Surroundings): ConnectOptions {
  const found = <T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): T => {
    const object = registry.get(kind, keyText({ namespace, name }));
    if (!object) throw notFound(kind, name);
    return object;
  };
  const serviceName = "kubernetes.io/service-name";
  return {
    ...surroundings,
    lookupPod: async (namespace, name) => found(Pod, namespace, name),
    lookupNode: async (name) => found(Node, "", name),
    lookupService: async (namespace, name) => found(KubeService, namespace, name),
    lookupEndpointSlices: async (namespace, service) =>
      [...registry.list(EndpointSlice, namespace)].filter((s) => s.metadata.labels?.[serviceName] === service),
    nodeTls: () => ({
      cert: readFileSync(config.kubeletClient.certificate, "utf8"),
      key: readFileSync(config.kubeletClient.key, "utf8"),
      ca: readFileSync(config.authority.certificate, "utf8"),
    }),
  };
}

/** Starts once the API server has its policy; alone on its store there is nobody to elect. */
function reconciling(
  config: ServerConfig,
  plane: ControlPlane,
  controllers: () => readonly AnyController[],
  surroundings: Surroundings,
): Service {
  const run = createReconcilers(plane, controllers, surroundings);
  return {
    name: "reconcilers",
    ready: Promise.resolve(),
    async run(signal) {
      await Promise.race([plane.api.ready, aborted(signal)]);
      if (signal.aborted) return;
      if (config.store.kind !== "etcd") return run(signal);
      const client = plane.clientAs(controllerManager);
      await createLeaderElection({
        ...surroundings,
        lease: "kube-controller-manager",
        identity: config.serverName,
        client,
        lead: run,
      }).run(signal);
    },
  };
}
