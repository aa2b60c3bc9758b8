// Where a cluster keeps its things and which names and addresses it uses. All of it follows from a small record: the
// name, the data directory, an index that no other cluster of the machine has, and the ports chosen at creation.
import { join } from "node:path";
import type { FeatureSettings } from "#server/features/settings.ts";

/** What `cluster.json` in the data directory holds. Everything else is derived. */
export interface ClusterRecord {
  readonly format: 1;
  readonly name: string;
  /** Distinguishes the clusters of one machine: address ranges, bridge, table. */
  readonly index: number;
  readonly dataDir: string;
  /** Kept when the host's name changes, so that the node stays the same node. */
  readonly nodeName: string;
  readonly apiPort: number;
  readonly kubeletPort: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** OCI runtime of new containers. */
  readonly runtime: "crun" | "runc";
  /** --runtime-config and --feature-gates of the last start that named them. */
  readonly features?: FeatureSettings;
}

export const componentNames = ["containerd", "server", "node"] as const;
export type ComponentName = (typeof componentNames)[number];

export interface Layout extends ClusterRecord {
  readonly context: string;
  readonly recordFile: string;
  readonly pki: string;
  readonly db: string;
  /** What a person may set (server-settings.ts). */
  readonly config: string;
  readonly pods: string;
  readonly logs: string;
  /** Logs of containers, one directory for each pod. */
  readonly podLogs: string;
  readonly images: string;
  readonly run: string;
  /** A copy of the program that runs the cluster, so that a change of the checkout cannot change a running cluster. */
  readonly programDir: string;
  readonly containerd: {
    readonly dir: string;
    readonly root: string;
    readonly state: string;
    readonly config: string;
    readonly registries: string;
    readonly socket: string;
    /** Bound over /run/containerd and /var/lib/cni in the cluster's mount namespace. */
    readonly shims: string;
    readonly cniCache: string;
  };
  readonly cni: { readonly conf: string; readonly ipam: string };
  /** The file that pins the mount namespace of containerd and the node process. */
  readonly mountNamespace: string;
  readonly clusterDomain: string;
  readonly podCidr: string;
  /** The part of `podCidr` that belongs to this machine's node. */
  readonly nodePodCidr: string;
  /** First address of `nodePodCidr`: the bridge's own. */
  readonly gateway: string;
  readonly serviceCidr: string;
  /** ClusterIP of the Service default/kubernetes: the first of `serviceCidr`. */
  readonly apiServiceIp: string;
  /** ClusterIP of the cluster's DNS: the tenth. */
  readonly dnsServiceIp: string;
  readonly bridge: string;
  /** Leaves room for a tunnel's header, should other machines join. */
  readonly mtu: number;
  readonly nftTable: string;
  /** Relative to the root of every cgroup hierarchy. */
  readonly cgroup: string;
  readonly podsCgroup: string;
  readonly systemCgroup: string;
}

export const defaultHome = "/var/lib/timonier";
export const defaultName = "default";
/** Pod ranges 10.244.0.0/16 to 10.255.0.0/16 bound the number of clusters on one machine. */
export const mostClusters = 12;

const validName = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;
export const isClusterName = (name: string): boolean => validName.test(name);

/** A UNIX socket's path may have 107 bytes; the longest name below the data directory takes 24 of them. */
export const longestDataDirBytes = 107 - "/run/containerd.sock.ttrpc".length;

export function clusterLayout(record: ClusterRecord): Layout {
  const { dataDir, index, name } = record;
  const at = (...parts: readonly string[]): string => join(dataDir, ...parts);
  const suffix = index === 0 ? "" : String(index);
  const pods = `10.${244 + index}`;
  const services = `10.${96 + index}`;
  const cgroup = `/timonier/${name}`;
  return {
    ...record,
    context: contextName(name),
    recordFile: at("cluster.json"),
    pki: at("pki"),
    db: at("db"),
    config: at("config"),
    pods: at("pods"),
    logs: at("logs"),
    podLogs: at("logs", "pods"),
    images: at("images"),
    run: at("run"),
    programDir: at("program"),
    containerd: {
      dir: at("containerd"),
      root: at("containerd", "root"),
      state: at("containerd", "state"),
      config: at("containerd", "config.toml"),
      registries: at("containerd", "certs.d"),
      socket: at("run", "containerd.sock"),
      shims: at("containerd", "run"),
      cniCache: at("cni", "cache"),
    },
    cni: { conf: at("cni", "conf"), ipam: at("cni", "ipam") },
    mountNamespace: at("run", "ns", "mnt"),
    clusterDomain: "cluster.local",
    podCidr: `${pods}.0.0/16`,
    nodePodCidr: `${pods}.0.0/24`,
    gateway: `${pods}.0.1`,
    serviceCidr: `${services}.0.0/16`,
    apiServiceIp: `${services}.0.1`,
    dnsServiceIp: `${services}.0.10`,
    bridge: `timonier${suffix}`,
    mtu: 1450,
    nftTable: `timonier${suffix}`,
    cgroup,
    podsCgroup: `${cgroup}/pods`,
    systemCgroup: `${cgroup}/system`,
  };
}

export const contextName = (name: string): string => (name === defaultName ? "timonier" : `timonier-${name}`);

export const logFile = (layout: Layout, component: ComponentName): string => join(layout.logs, `${component}.log`);
/** Written by a component once it is ready, removed before each start. */
export const readyFile = (layout: Pick<Layout, "run">, component: ComponentName): string =>
  join(layout.run, `${component}.ready`);
/** Written by the supervising loop at every start and end. */
export const stateFile = (layout: Pick<Layout, "run">, component: ComponentName): string =>
  join(layout.run, `${component}.state`);
