// The configuration of a node process, which follows from its cluster's layout. The process runs in the mount namespace
// of its containerd.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerAddress } from "#client/http-transport.ts";
import type { Layout } from "./layout.ts";
import type { KeyFiles } from "./server-process.ts";
import { tracingFile } from "./tracing.ts";

export interface NodeConfig {
  readonly clusterName: string;
  readonly nodeName: string;
  /** The node's InternalIP: the machine's own address, or the pod gateway on a machine without any. */
  readonly nodeIp: string;
  readonly api: { readonly url: string; readonly authority: string };
  /** system:node:<name>, group system:nodes. */
  readonly nodeClient: KeyFiles;
  /** system:kube-proxy, for the Service proxy and the DNS. */
  readonly proxyClient: KeyFiles;
  /** Serving certificate of the kubelet API; its clients are verified against `api.authority`. */
  readonly serving: KeyFiles;
  readonly kubeletPort: number;
  readonly containerdSocket: string;
  /** Names of containerd's runtime handlers; the first is the default. */
  readonly runtimeHandlers: readonly string[];
  readonly podsDir: string;
  readonly podLogsDir: string;
  /** A TracingConfiguration (tracing.ts); it need not be there. */
  readonly tracing: string;
  /** Where the node process may keep state of its own. */
  readonly stateDir: string;
  /** Parent of the pods' groups, relative to the root of each hierarchy. */
  readonly podsCgroup: string;
  /** For the capacity of images and containers. */
  readonly containerdRoot: string;
  readonly bridge: string;
  readonly mtu: number;
  readonly podCidr: string;
  readonly nodePodCidr: string;
  /** Address of the bridge; the DNS listens there, port 53. */
  readonly gateway: string;
  readonly serviceCidr: string;
  readonly dnsServiceIp: string;
  readonly clusterDomain: string;
  readonly nftTable: string;
  readonly nodePorts: { readonly from: number; readonly to: number };
}

const keyFiles = (layout: Layout, name: string): KeyFiles => ({
  certificate: join(layout.pki, `${name}.crt`),
  key: join(layout.pki, `${name}.key`),
});

export interface NodeOptions {
  /** Absent: the machine has no address but loopback. */
  readonly address: string | undefined;
  readonly hasCrun: boolean;
}

export function nodeConfig(layout: Layout, options: NodeOptions): NodeConfig {
  const other = layout.runtime === "runc" ? "crun" : "runc";
  return {
    clusterName: layout.name,
    nodeName: layout.nodeName,
    nodeIp: options.address ?? layout.gateway,
    api: { url: `https://127.0.0.1:${layout.apiPort}`, authority: join(layout.pki, "ca.crt") },
    nodeClient: keyFiles(layout, "kubelet-client"),
    proxyClient: keyFiles(layout, "kube-proxy"),
    serving: keyFiles(layout, "kubelet"),
    kubeletPort: layout.kubeletPort,
    containerdSocket: layout.containerd.socket,
    runtimeHandlers: [layout.runtime, ...(other === "runc" || options.hasCrun ? [other] : [])],
    tracing: join(layout.config, tracingFile),
    podsDir: layout.pods,
    podLogsDir: layout.podLogs,
    stateDir: layout.run,
    podsCgroup: layout.podsCgroup,
    containerdRoot: layout.containerd.root,
    bridge: layout.bridge,
    mtu: layout.mtu,
    podCidr: layout.podCidr,
    nodePodCidr: layout.nodePodCidr,
    gateway: layout.gateway,
    serviceCidr: layout.serviceCidr,
    dnsServiceIp: layout.dnsServiceIp,
    clusterDomain: layout.clusterDomain,
    nftTable: layout.nftTable,
    nodePorts: { from: 30_000, to: 32_767 },
  };
}

/** How a part of the node process reaches the API server. */
export const clientAddress = (config: NodeConfig, files: KeyFiles, userAgent: string): ServerAddress => ({
  server: config.api.url,
  ca: readFileSync(config.api.authority, "utf8"),
  cert: readFileSync(files.certificate, "utf8"),
  key: readFileSync(files.key, "utf8"),
  userAgent,
});
