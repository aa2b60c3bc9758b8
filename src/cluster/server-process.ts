// The configuration of a server process, which follows from its cluster's layout.
import { hostname } from "node:os";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { FeatureSettings } from "#server/features/settings.ts";
import type { Layout } from "./layout.ts";

/** Files in PEM. */
export interface KeyFiles {
  readonly certificate: string;
  readonly key: string;
}

export type StoreConfig =
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "etcd"; readonly endpoints: readonly string[]; readonly prefix: string }
  | { readonly kind: "memory" };

export interface ServerConfig {
  readonly clusterName: string;
  /** Tells this server from others that share the store. */
  readonly serverName: string;
  /** Every address of the machine: pods come through their Service, so access is by TLS and authentication only. */
  readonly listen: { readonly host: "::" | "0.0.0.0"; readonly port: number };
  /** Endpoint of the Service default/kubernetes. The pod gateway stays when the machine's address changes. */
  readonly advertise: { readonly address: string; readonly port: number };
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** ClusterIP of default/kubernetes. */
  readonly apiServiceIp: string;
  /** ClusterIP of kube-system/kube-dns. */
  readonly dnsServiceIp: string;
  readonly clusterDomain: string;
  readonly nodePorts: { readonly from: number; readonly to: number };
  readonly store: StoreConfig;
  /** Folder of further settings (server-settings.ts); it need not be there. */
  readonly settings: string;
  /** What is served and which features are on; absent: as upstream has it by default. */
  readonly features?: FeatureSettings;
  /** Where audit events go once there is a policy. */
  readonly auditLog: string;
  /** Signs and verifies serving and client certificates of the cluster. */
  readonly authority: KeyFiles;
  readonly serving: KeyFiles;
  readonly kubeletClient: KeyFiles;
  readonly frontProxyAuthority: string;
  readonly frontProxyClient: KeyFiles;
  readonly serviceAccounts: { readonly issuer: string; readonly privateKey: string; readonly publicKey: string };
}

const keyFiles = (layout: Layout, name: string): KeyFiles => ({
  certificate: join(layout.pki, `${name}.crt`),
  key: join(layout.pki, `${name}.key`),
});

export interface ServerOptions {
  readonly hasIpv6: boolean;
  /** Instead of the embedded database. */
  readonly etcd?: readonly string[];
}

export function serverConfig(layout: Layout, options: ServerOptions): ServerConfig {
  const sqlite: StoreConfig = { kind: "sqlite", file: join(layout.db, "cluster.db") };
  return {
    clusterName: layout.name,
    serverName: hostname(),
    listen: { host: options.hasIpv6 ? "::" : "0.0.0.0", port: layout.apiPort },
    advertise: { address: layout.gateway, port: layout.apiPort },
    podCidr: layout.podCidr,
    serviceCidr: layout.serviceCidr,
    apiServiceIp: layout.apiServiceIp,
    dnsServiceIp: layout.dnsServiceIp,
    clusterDomain: layout.clusterDomain,
    nodePorts: { from: 30_000, to: 32_767 },
    settings: layout.config,
    features: layout.features ?? {},
    auditLog: join(layout.logs, "audit.log"),
    store: options.etcd ? { kind: "etcd", endpoints: options.etcd, prefix: `/timonier/${layout.name}` } : sqlite,
    authority: keyFiles(layout, "ca"),
    serving: keyFiles(layout, "apiserver"),
    kubeletClient: keyFiles(layout, "apiserver-kubelet-client"),
    frontProxyAuthority: join(layout.pki, "front-proxy-ca.crt"),
    frontProxyClient: keyFiles(layout, "front-proxy-client"),
    serviceAccounts: {
      issuer: `https://kubernetes.default.svc.${layout.clusterDomain}`,
      privateKey: join(layout.pki, "sa.key"),
      publicKey: join(layout.pki, "sa.pub"),
    },
  };
}

export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
