// The API server without a socket: the pipeline over storage and registry, for the HTTP listener, in-process clients and
// tests alike.
import type { AnyKind } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { Metrics } from "#base/metrics.ts";
import type { Random } from "#base/random.ts";
import type { Tracer } from "#base/tracing/tracer.ts";
import { deferred, type Service } from "#base/service.ts";
import type { Store } from "#store/store.ts";
import { admissionMetrics } from "./admission/admission-metrics.ts";
import { AdmissionChain, type AdmissionPlugin } from "./admission/admission.ts";
import { createAdmissionPlugins } from "./admission/plugins.ts";
import { keepClaims } from "./allocate/keep-claims.ts";
import { ServiceAllocator } from "./allocate/service-allocator.ts";
import type { ApiContext } from "./api-context.ts";
import { createAudit, type AuditOptions } from "./audit/audit.ts";
import type { DecodeProtobuf } from "./body.ts";
import { Storage } from "./cache/storage.ts";
import { createDropDisabled } from "./features/drop-disabled.ts";
import { defaultGates, observeFeatureGates, type FeatureGates } from "./features/feature-gates.ts";
import { dispatch, type PathHandler, type ResourceHandlers } from "./dispatch.ts";
import { flowControl } from "./flow-control/flow-control.ts";
import { FlowController } from "./flow-control/flow-controller.ts";
import { observeFlowControl } from "./flow-control/flow-metrics.ts";
import { keepSchemaStatus } from "./flow-control/schema-status.ts";
import { flowControlObjects, planFlowControl } from "./flow-control/suggested.ts";
import { healthChecks } from "./paths/health-checks.ts";
import { healthCheckPaths, healthPaths, type HealthCheck } from "./paths/health.ts";
import { measuredAuthenticator, measuredAuthorizer } from "./paths/access-metrics.ts";
import { metricsPath, observeStorage } from "./paths/metrics.ts";
import { measure } from "./paths/request-metrics.ts";
import { measureStore } from "./paths/store-metrics.ts";
import { createHealthSlis } from "./paths/slis.ts";
import { rootPath } from "./paths/root.ts";
import { observeBuild, versionPath } from "./paths/version.ts";
import type { Authenticated, Authenticator, Authorizer, Call, Handler, Routed, Stage } from "./pipeline.ts";
import { Registry } from "./registry.ts";
import { authenticate } from "./stages/authenticate.ts";
import { authorize } from "./stages/authorize.ts";
import { bodyFirst } from "./stages/body-first.ts";
import { deadline, inFlightLimits, maxInFlight, type InFlightLimits } from "./stages/limits.ts";
import { recover } from "./stages/recover.ts";
import { route } from "./stages/route.ts";
import { step, trace } from "./stages/trace.ts";
import { clusterObjects, namespaceObjects, type BootstrapObject, type ClusterConfig } from "./upkeep/bootstrap.ts";
import { compactHistory } from "./upkeep/compaction.ts";
import { expireEvents } from "./upkeep/event-expiry.ts";
import { keepServerLease, type ServerIdentity } from "./upkeep/server-lease.ts";
import { Keeper } from "./upkeep/keep.ts";

export interface ApiServerOptions {
  readonly store: Store;
  readonly kinds: readonly AnyKind[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly authenticator: Authenticator;
  /** Made once the registry exists, for it reads the stored objects. */
  readonly authorizer: (registry: Registry) => Authorizer;
  readonly impersonate?: (registry: Registry) => Stage<Authenticated>;
  /** Stands before what this server answers itself, and may hand authorized requests to others (aggregated servers). */
  readonly delegate?: (context: ApiContext) => Stage<Authenticated>;
  /** The plugins, in order; absent: those that upstream has on. */
  readonly admission?: (registry: Registry) => readonly AdmissionPlugin[];
  /** Its name among the servers of its store; absent: it has no Lease. */
  readonly serverName?: string;
  /** Absent: Services get no addresses. */
  readonly cluster?: ClusterConfig;
  /** Kinds and subresources that others answer: exec, log, tokens, reviews. */
  readonly handlers?: (context: ApiContext) => ResourceHandlers;
  /** Paths that others answer: discovery, OpenAPI, key sets. */
  readonly paths?: (context: ApiContext) => readonly PathHandler[];
  /** Further objects to make at start (roles, flow schemas); read when the caches are loaded. */
  readonly bootstrap?: (registry: Registry) => readonly BootstrapObject[];
  /** What else works on the loaded caches until the end: custom resources, aggregated servers. Begins before bootstrap. */
  readonly companions?: (context: ApiContext) => readonly Companion[];
  /** Absent: nothing is noted. */
  readonly audit?: AuditOptions;
  /** Absent: nothing is recorded. */
  readonly tracer?: Tracer;
  readonly healthChecks?: readonly HealthCheck[];
  readonly build?: { readonly commit?: string; readonly date?: string };
  readonly metrics?: Metrics;
  readonly limits?: InFlightLimits;
  /** Priority and fairness instead of plain limits: the limits together are the seats that levels share. */
  readonly flowControl?: boolean;
  readonly decodeProtobuf?: DecodeProtobuf;
  /** Which features are on; absent: as upstream has them by default. */
  readonly gates?: FeatureGates;
}

export type Companion = (signal: AbortSignal) => Promise<void>;

export interface ApiServer extends Service {
  readonly handler: Handler<Call>;
  readonly registry: Registry;
  readonly context: ApiContext;
  readonly metrics: Metrics;
}

function createContext(
  options: ApiServerOptions,
  metrics: Metrics,
): { context: ApiContext; allocator?: ServiceAllocator | undefined } {
  const { clock, random, log, cluster, decodeProtobuf } = options;
  const storage = new Storage({ store: measureStore(metrics, clock)(options.store), clock, log });
  const registry = new Registry(storage, options.kinds);
  const authorizer = options.authorizer(registry);
  const plugins = options.admission?.(registry) ?? createAdmissionPlugins({ registry, clock, random, authorizer });
  const allocator = cluster && new ServiceAllocator({ registry, clock, random, ...cluster });
  const context: ApiContext = {
    storage,
    registry,
    admission: new AdmissionChain(plugins, admissionMetrics(metrics, clock)),
    authorizer,
    clock,
    random,
    log,
    dropDisabled: createDropDisabled(options.gates ?? defaultGates),
    ...(options.gates ? { gates: options.gates } : {}),
    ...(allocator ? { reserve: allocator.reserve } : {}),
    ...(decodeProtobuf ? { decodeProtobuf } : {}),
  };
  return { context, allocator };
}

function createFlowControl(
  options: ApiServerOptions,
  { registry, clock }: ApiContext,
  metrics: Metrics,
): FlowController {
  const { reading, writing } = options.limits ?? inFlightLimits;
  const controller = new FlowController({ registry, clock, total: reading + writing });
  observeFlowControl(metrics, controller);
  return controller;
}

function identityOf({ serverName, cluster, gates = defaultGates }: ApiServerOptions): ServerIdentity | undefined {
  if (serverName === undefined || !gates.isOn("APIServerIdentity")) return undefined;
  const { advertise, isShared = false } = cluster ?? {};
  return { name: serverName, isShared, ...(advertise ? { advertise } : {}) };
}

/** What goes on beside answering requests. */
function upkeepOf(
  options: ApiServerOptions,
  context: ApiContext,
  allocator: ServiceAllocator | undefined,
): readonly Companion[] {
  const { storage, clock, log } = context;
  const identity = identityOf(options);
  return [
    (signal) => expireEvents(context, signal),
    (signal) => compactHistory({ store: storage.store, clock, log }, signal),
    (signal) => keepClaims({ storage, kinds: allocator?.claimKinds ?? [], clock, log }, signal),
    ...(options.flowControl ? [(signal: AbortSignal) => keepSchemaStatus(context, signal)] : []),
    ...(identity ? [(signal: AbortSignal) => keepServerLease(context, identity, signal)] : []),
    ...(options.companions?.(context) ?? []),
  ];
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { clock, log, authenticator } = options;
  const metrics = options.metrics ?? new Metrics();
  const { context, allocator } = createContext(options, metrics);
  const { storage, registry, authorizer } = context;
  observeStorage(metrics, registry, storage);
  observeBuild(metrics, options.build);
  observeFeatureGates(metrics, options.gates ?? defaultGates);
  const progress = { isLoaded: false, isBootstrapped: false, isStopping: false };
  const storeFailure = (): Promise<string | undefined> => storage.store.revision().then(() => undefined, String);
  const checks = [...healthChecks(progress, storeFailure), ...(options.healthChecks ?? [])];
  const slis = createHealthSlis();
  const own = dispatch(context, {
    handlers: options.handlers?.(context) ?? {},
    paths: [
      rootPath(() => registry.kinds(), healthCheckPaths(checks)),
      healthPaths(checks, slis.observe),
      versionPath(options.build),
      metricsPath(metrics),
      slis.path,
      ...(options.paths?.(context) ?? []),
    ],
  });
  const inner = options.delegate?.(context)(own) ?? own;
  const impersonate = options.impersonate?.(registry) ?? ((next) => next);
  const flows = options.flowControl ? createFlowControl(options, context, metrics) : undefined;
  const fair = flows ? flowControl(flows) : (next: Handler<Authenticated>) => next;
  const { decodeProtobuf } = context;
  const audit = options.audit && createAudit(options.audit, { clock, metrics, decodeProtobuf });
  const authorized = step("authorization", authorize(measuredAuthorizer(authorizer, metrics, clock)))(inner);
  const seated = step("priorityandfairness", fair)(authorized);
  const known = step("impersonation", impersonate)(bodyFirst(seated));
  const traced = trace(options.tracer)(audit ? audit.requests(known) : known);
  const asked = authenticate(measuredAuthenticator(authenticator, metrics, clock))(traced);
  const authenticated = audit ? audit.refusals(asked) : asked;
  const limited = deadline(clock)(flows ? authenticated : maxInFlight(options.limits)(authenticated));
  const handler = route(measure(metrics, clock)(recover<Routed>(log)(limited)));
  const ready = deferred();

  const bootstrap = async (signal: AbortSignal): Promise<Disposable> => {
    const keeper = new Keeper(context, handler, signal);
    const objects = [
      ...clusterObjects(options.cluster),
      ...(flows ? planFlowControl(registry) : []),
      ...(options.bootstrap?.(registry) ?? []),
    ];
    const made = [await keeper.ensureAll(namespaceObjects), await keeper.ensureAll(objects)];
    progress.isBootstrapped = made.every((isComplete) => isComplete);
    return keeper.watch([
      ...namespaceObjects,
      ...clusterObjects(options.cluster),
      ...(flows ? flowControlObjects : []),
    ]);
  };
  return {
    name: "api-server",
    handler,
    registry,
    context,
    metrics,
    ready: ready.promise,
    async run(signal) {
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      signal.addEventListener("abort", () => (progress.isStopping = true), { once: true });
      try {
        await storage.load();
        progress.isLoaded = true;
        const following = storage.follow(both);
        const upkeep = upkeepOf(options, context, allocator).map((start) => start(both));
        using _kept = await bootstrap(both);
        ready.resolve();
        await Promise.all([following, ...upkeep]);
      } catch (error) {
        stop.abort(error);
        ready.reject(error);
        if (!signal.aborted) throw error;
      }
    },
  };
}
