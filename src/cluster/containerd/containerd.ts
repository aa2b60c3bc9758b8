// The texts that make a containerd private to one cluster: its configuration, its pod network, its registry
// directory. Pure; mount-namespace.ts prepares where it runs, and docs/decisions has the reasons for the settings.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "#cluster/layout.ts";
import { pauseImage } from "./pause-image.ts";
import { writeWhole } from "#cluster/registry.ts";

export interface ContainerdPrograms {
  readonly containerd: string;
  readonly runc: string;
  readonly crun: string | undefined;
  /** Directory of the CNI plugins. */
  readonly cni: string;
}

/** Of no use here, and each costs start-up time or logs an error on machines without its kernel part. */
const disabledPlugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp",
];

type Toml = string | number | boolean | readonly string[] | { readonly [key: string]: Toml };

/** `version = 2` is read by containerd 1.4 to 1.7; 2.x converts it. */
export function containerdConfig(layout: Layout, programs: ContainerdPrograms): string {
  const cri = "io.containerd.grpc.v1.cri";
  const runtime = (binary: string): Toml => ({
    runtime_type: "io.containerd.runc.v2",
    options: { BinaryName: binary, SystemdCgroup: false },
  });
  return toml({
    version: 2,
    root: layout.containerd.root,
    state: layout.containerd.state,
    oom_score: 0,
    disabled_plugins: disabledPlugins,
    grpc: { address: layout.containerd.socket },
    plugins: {
      [cri]: {
        sandbox_image: pauseImage,
        restrict_oom_score_adj: true,
        netns_mounts_under_state_dir: true,
        stream_server_address: "127.0.0.1",
        stream_server_port: "0",
        cni: { bin_dir: programs.cni, conf_dir: layout.cni.conf },
        registry: { config_path: layout.containerd.registries },
        containerd: {
          snapshotter: "overlayfs",
          default_runtime_name: layout.runtime,
          runtimes: {
            runc: runtime(programs.runc),
            ...(programs.crun === undefined ? {} : { crun: runtime(programs.crun) }),
          },
        },
      },
    },
  });
}

/** Scalars of a table come before its sub-tables, as TOML demands. */
function toml(table: { readonly [key: string]: Toml }, path: readonly string[] = []): string {
  const isTable = (value: Toml): value is { readonly [key: string]: Toml } =>
    typeof value === "object" && !Array.isArray(value);
  const entries = Object.entries(table);
  const own = entries.filter(([, value]) => !isTable(value));
  // JSON's strings, numbers, truth values and arrays of strings are TOML's.
  const lines = own.map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const head = path.length > 0 && own.length > 0 ? [`[${path.map(tomlKey).join(".")}]`] : [];
  const below = entries.flatMap(([key, value]) => (isTable(value) ? [toml(value, [...path, key])] : []));
  return [...head, ...lines, ...below].join("\n");
}

const tomlKey = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** The pod network of a single machine: one bridge with the node's addresses, and ports of the host on request. */
export function podNetworkConfig(layout: Layout): string {
  const bridge = {
    type: "bridge",
    bridge: layout.bridge,
    isGateway: true,
    ipMasq: false,
    hairpinMode: true,
    mtu: layout.mtu,
    ipam: {
      type: "host-local",
      ranges: [[{ subnet: layout.nodePodCidr }]],
      routes: [{ dst: "0.0.0.0/0" }],
      dataDir: layout.cni.ipam,
    },
  };
  const portmap = { type: "portmap", capabilities: { portMappings: true }, snat: true };
  return `${JSON.stringify({ cniVersion: "1.0.0", name: layout.bridge, plugins: [bridge, portmap] }, undefined, 2)}\n`;
}

export function writeContainerdFiles(layout: Layout, programs: ContainerdPrograms): void {
  const { containerd, cni } = layout;
  for (const directory of [containerd.root, containerd.state, containerd.shims, containerd.cniCache, cni.ipam])
    mkdirSync(directory, { recursive: true, mode: 0o711 });
  mkdirSync(containerd.registries, { recursive: true });
  writeWhole(containerd.config, `${containerdConfig(layout, programs)}\n`, 0o600);
  writeWhole(join(cni.conf, "10-pod.conflist"), podNetworkConfig(layout), 0o644);
}

/** Runs in the cluster's mount namespace. */
export const containerdCommand = (layout: Layout, programs: ContainerdPrograms): readonly string[] => [
  "nsenter",
  `--mount=${layout.mountNamespace}`,
  programs.containerd,
  "--config",
  layout.containerd.config,
  "--log-level",
  "warn",
];
