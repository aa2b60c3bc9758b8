// What every cluster holds from its first moment: the system namespaces, the priority classes, the Service by which
// pods reach the API server. What is missing is made at start, and made again when somebody deletes it.
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { Endpoints } from "#api/core/endpoints.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Service } from "#api/core/service.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { ServiceCIDR } from "#api/networking/service-cidr.ts";
import { PriorityClass } from "#api/scheduling/priority-class.ts";
import type { Draft } from "#api/schema.ts";
import { IpRange } from "#server/allocate/ip-range.ts";

export interface BootstrapObject {
  readonly kind: AnyKind;
  readonly object: Draft<KubeObject>;
  /** What stands there is made to agree; else it is only made when it is missing. */
  readonly isKept?: boolean;
}
export interface Advertised {
  readonly address: string;
  readonly port: number;
}
export interface ClusterConfig {
  readonly serviceCidr: string;
  readonly nodePorts: { readonly from: number; readonly to: number };
  /** Other servers work on the same store: what one gives out, no other does. */
  readonly isShared?: boolean;
  /** Where pods reach this server; absent: there is no Service default/kubernetes. */
  readonly advertise?: Advertised;
}

const object = (kind: AnyKind, value: object, isKept = false): BootstrapObject => ({
  kind,
  object: value as Draft<KubeObject>,
  isKept,
});

export const systemNamespaces = ["kube-system", "kube-public", "kube-node-lease", "default"] as const;
export const namespaceObjects: readonly BootstrapObject[] = systemNamespaces.map((name) =>
  object(Namespace, { metadata: { name } }),
);

const priorityClasses = [
  object(PriorityClass, {
    metadata: { name: "system-node-critical" },
    value: 2_000_001_000,
    description: "Used for system critical pods that must not be moved from their current node.",
  }),
  object(PriorityClass, {
    metadata: { name: "system-cluster-critical" },
    value: 2_000_000_000,
    description:
      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  }),
];

const apiMetadata = { name: "kubernetes", namespace: "default" };
function apiService({ serviceCidr, advertise, isShared }: ClusterConfig): BootstrapObject[] {
  if (!advertise) return [];
  const service = object(Service, {
    metadata: { ...apiMetadata, labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      type: "ClusterIP",
      clusterIP: new IpRange(serviceCidr).at(0),
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: advertise.port }],
    },
  });
  // Of several servers each one adds itself (server-lease.ts).
  return [service, ...(isShared ? [] : apiEndpoints([advertise]))];
}
/** The endpoints of the Service by which pods reach the API; all have the port of the first. */
export function apiEndpoints(servers: readonly Advertised[]): BootstrapObject[] {
  const { address: first, port } = servers[0]!;
  const addressType = first.includes(":") ? "IPv6" : "IPv4";
  const addresses = [...new Set(servers.map(({ address }) => address))].toSorted();
  const ports = [{ name: "https", port, protocol: "TCP" }];
  return [
    object(
      Endpoints,
      {
        metadata: { ...apiMetadata, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
        subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports }],
      },
      true,
    ),
    object(
      EndpointSlice,
      {
        metadata: { ...apiMetadata, labels: { "kubernetes.io/service-name": "kubernetes" } },
        addressType,
        endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
        ports,
      },
      true,
    ),
  ];
}

/** Needs the namespaces. */
export const clusterObjects = (config: ClusterConfig | undefined): readonly BootstrapObject[] => [
  ...priorityClasses,
  ...(config
    ? [
        object(ServiceCIDR, { metadata: { name: "kubernetes" }, spec: { cidrs: [config.serviceCidr] } }),
        ...apiService(config),
      ]
    : []),
];
