// The API server with everything that belongs into its process, but without store and socket: those differ between a
// server process and a test.
import type { KeyObject } from "node:crypto";
import { Scale } from "#api/autoscaling-v1/scale.ts";
import { TokenRequest } from "#api/authentication/token-request.ts";
import { ConfigMap } from "#api/core/config-map.ts";
import { Service } from "#api/core/service.ts";
import type { AnyKind } from "#api/kind.ts";
import { Eviction } from "#api/policy/eviction.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { createClient } from "#client/api-client.ts";
import type { Client } from "#client/client.ts";
import { accountOf } from "#controllers/rules.ts";
import { createAdmissionPlugins } from "#server/admission/plugins.ts";
import { createApiServer, type ApiServer, type ApiServerOptions, type Companion } from "#server/api-server.ts";
import { aggregateOpenApi } from "#server/aggregate/openapi.ts";
import { planPolicy } from "#server/auth/bootstrap.ts";
import { createAuthHandlers, createIssuerPaths } from "#server/auth/handlers.ts";
import { impersonate } from "#server/auth/impersonate.ts";
import { encodeOpenApiV2 } from "#server/discovery/openapi-v2-protobuf.ts";
import { createDiscovery } from "#server/discovery/serve.ts";
import { createOpenApi } from "#server/discovery/openapi.ts";
import { createExtensions } from "#server/extensions.ts";
import { defaultFeatures, type Features } from "#server/features/served-kinds.ts";
import { apiVersion } from "#server/paths/version.ts";
import type { UserInfo } from "#server/pipeline.ts";
import type { BootstrapObject, ClusterConfig } from "#server/upkeep/bootstrap.ts";
import { keepTokenSecrets } from "#server/upkeep/token-secrets.ts";
import { tokenTracking } from "#server/upkeep/token-use.ts";
import { createProtobufSupport } from "#server/protobuf.ts";
import type { Registry } from "#server/registry.ts";
import type { ProtobufEncoder } from "#server/represent.ts";
import type { WebhookCaller } from "#server/webhook/caller.ts";
import type { Store } from "#store/store.ts";
import { createIdentities, type Identities, type IdentityOptions } from "./identities.ts";
import { inProcessTransport } from "./in-process-transport.ts";

export interface ControlPlaneOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** host:port that clients reach the API at. */
  readonly serverAddress: string;
  readonly issuer: string;
  /** Signs service account tokens; PEM or a key. */
  readonly signingKey: string | KeyObject;
  /** Its name among the servers of its store; absent: it has no Lease. */
  readonly serverName?: string;
  /** Further users and rights. */
  readonly identities?: IdentityOptions;
  /** PEM: the authority of the server's certificate, for Secrets with tokens; absent: these stay empty. */
  readonly rootCertificates?: string;
  /** Rules of the controllers that run, by their name. */
  readonly controllerRules: ReadonlyMap<string, readonly PolicyRule[]>;
  /** Where Services get their addresses; absent: they get none. */
  readonly cluster?: ClusterConfig;
  /** ClusterIP of kube-system/kube-dns, which the nodes answer; absent: there is no such Service. */
  readonly dnsServiceIp?: string;
  /** Which built-in kinds are served, and which features are on; absent: as upstream has it by default. */
  readonly features?: Features;
  /** Served besides the built-in ones. */
  readonly kinds?: readonly AnyKind[];
  readonly extra?: Pick<
    ApiServerOptions,
    "handlers" | "paths" | "admission" | "limits" | "audit" | "companions" | "metrics" | "tracer"
  >;
  /** What vouches for this server as a proxy and for its clients; absent: aggregated servers trust nobody. */
  readonly proxyTrust?: ProxyTrust;
  /** How webhooks are called; absent: over the network. */
  readonly webhooks?: WebhookCaller;
  /** Where several servers share the store: how long new names rest before a custom kind is served. */
  readonly establishDelayMs?: number;
}
/** Certificates and keys in PEM form. */
export interface ProxyTrust {
  /** Of this server as a client of others that it speaks to for users; asked for now and then, for it is renewed. */
  readonly certificate: () => { readonly cert: string; readonly key: string };
  readonly proxyAuthority: string;
  readonly proxyNames: readonly string[];
  readonly clientAuthority: string;
}
export interface ControlPlane {
  readonly api: ApiServer;
  readonly registry: Registry;
  /** For listeners. */
  readonly protobuf: ProtobufEncoder;
  /** A client that acts as `user`, without a socket. */
  clientAs(user: UserInfo, fieldManager?: string): Client;
  /** The identity of a controller. */
  controllerClient(name: string): Client;
}
const bodies: readonly AnyKind[] = [Eviction, Scale, TokenRequest];

/** The name by which pods find DNS; no endpoints stand behind it, because every node answers the address itself. */
const dnsService = (clusterIP: string): BootstrapObject => ({
  kind: Service,
  object: {
    metadata: {
      name: "kube-dns",
      namespace: "kube-system",
      labels: { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
    },
    spec: {
      clusterIP,
      ports: [
        { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
      ],
    },
  } as BootstrapObject["object"],
});
/** What aggregated servers read to tell who speaks for users, and with which certificates users come themselves. */
const trustConfigMap = ({ clientAuthority, proxyAuthority, proxyNames }: ProxyTrust): BootstrapObject => ({
  kind: ConfigMap,
  isKept: true,
  object: {
    metadata: { name: "extension-apiserver-authentication", namespace: "kube-system" },
    data: {
      "client-ca-file": clientAuthority,
      "requestheader-allowed-names": JSON.stringify(proxyNames),
      "requestheader-client-ca-file": proxyAuthority,
      "requestheader-extra-headers-prefix": '["X-Remote-Extra-"]',
      "requestheader-group-headers": '["X-Remote-Group"]',
      "requestheader-uid-headers": '["X-Remote-Uid"]',
      "requestheader-username-headers": '["X-Remote-User"]',
    },
  } as BootstrapObject["object"],
});
const controllerUser = (name: string): UserInfo => ({
  name: `system:serviceaccount:kube-system:${accountOf(name)}`,
  groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
});

export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { clock, random, log, extra = {}, features = defaultFeatures } = options;
  const { issuer, signingKey } = options;
  const identities = { ...options.identities, issuer, signingKey };
  const made = new WeakMap<Registry, Identities>();
  const auth = (registry: Registry): Identities => {
    let found = made.get(registry);
    if (!found) made.set(registry, (found = createIdentities(registry, identities, options)));
    return found;
  };
  let kindsVersion = 0;
  const served = { kinds: (): readonly AnyKind[] => api.registry.kinds(), version: (): number => kindsVersion };
  const remote = {
    remote: () => extensions.discovery.all(),
    version: () => kindsVersion + extensions.discovery.version,
  };
  const protobuf = createProtobufSupport({ ...served, bodies });
  const encodeProtobuf = (document: object): Uint8Array => protobuf.encoder.encode(document, undefined);
  const { webhooks: caller, establishDelayMs } = options;
  const extensions = createExtensions({
    clock,
    random,
    ...(caller ? { caller } : {}),
    ...(establishDelayMs === undefined ? {} : { establishDelayMs }),
    ...(options.proxyTrust ? { proxyCertificate: options.proxyTrust.certificate } : {}),
  });
  const tokenSecrets =
    (registry: Registry, rootCertificates: string): Companion =>
    (signal) =>
      keepTokenSecrets({ registry, signer: auth(registry).accounts.signer, rootCertificates, log }, signal);
  const api: ApiServer = createApiServer({
    admission: (registry) => {
      const { authorizer } = auth(registry);
      const plugins = createAdmissionPlugins({ registry, clock, random, authorizer, gates: features.gates });
      return extensions.admission(plugins, registry, authorizer);
    },
    ...extra,
    companions: (context) => [
      ...extensions.companions(context),
      ...(extra.companions?.(context) ?? []),
      ...(options.rootCertificates === undefined ? [] : [tokenSecrets(context.registry, options.rootCertificates)]),
    ],
    flowControl: true,
    decodeProtobuf: protobuf.decode,
    store: options.store,
    kinds: [...features.kinds, ...(options.kinds ?? [])],
    gates: features.gates,
    clock,
    random,
    log,
    authenticator: { authenticate: (call) => auth(api.registry).authenticator.authenticate(call) },
    authorizer: (registry) => auth(registry).authorizer,
    delegate: extensions.delegate,
    impersonate: (registry) => impersonate(auth(registry).authorizer),
    bootstrap: (registry) => [
      ...planPolicy(registry, options.controllerRules, features.gates).map(({ kind, object, exists }) => ({
        kind,
        object,
        isKept: exists,
      })),
      ...(options.dnsServiceIp ? [dnsService(options.dnsServiceIp)] : []),
      ...(options.proxyTrust ? [trustConfigMap(options.proxyTrust)] : []),
      tokenTracking(clock),
    ],
    ...(options.cluster ? { cluster: options.cluster } : {}),
    ...(options.serverName === undefined ? {} : { serverName: options.serverName }),
    handlers: (context) => {
      const { review, accounts } = auth(context.registry);
      return { ...createAuthHandlers(context, review, accounts), ...extra.handlers?.(context) };
    },
    paths: (context) => {
      context.registry.onChange(() => kindsVersion++);
      return [
        createDiscovery({
          ...served,
          ...remote,
          serverAddress: options.serverAddress,
          encodeProtobuf,
          hasStorageHashes: features.gates.isOn("StorageVersionHash"),
        }),
        aggregateOpenApi(createOpenApi({ ...served, bodies, apiVersion, encodeV2: encodeOpenApiV2 }), {
          ...remote,
          encodeV2: encodeOpenApiV2,
        }),
        createIssuerPaths(auth(context.registry).accounts, `https://${options.serverAddress}/openid/v1/jwks`),
        ...(extra.paths?.(context) ?? []),
      ];
    },
  });
  const clientAs = (user: UserInfo, fieldManager?: string): Client =>
    createClient(inProcessTransport(api.handler, user, { clock }), fieldManager ? { fieldManager } : {});
  return {
    api,
    registry: api.registry,
    protobuf: protobuf.encoder,
    clientAs,
    controllerClient: (name) => clientAs(controllerUser(name), name),
  };
}
