// What `kubectl get services` shows, and the warnings about fields that have no effect.
import type { Column } from "#api/kind.ts";
import { ageColumn, labelsText, nameColumn, textColumn } from "#api/meta/columns.ts";
import { cidrWarnings, ipWarnings } from "#api/meta/ip.ts";
import type { Service, ServiceSpec } from "#api/core/schema/service.ts";

function externalCell({ spec, status }: Service): string {
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case "ClusterIP":
    case "NodePort":
      return external.join(",") || "<none>";
    case "LoadBalancer": {
      const given = (status.loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
      const balancers = [...new Set(given.filter(Boolean))].toSorted();
      return [...balancers, ...external].join(",") || "<pending>";
    }
    case "ExternalName":
      return spec.externalName ?? "";
    default:
      return "<unknown>";
  }
}
const portsCell = ({ ports = [] }: ServiceSpec): string =>
  ports
    .map(({ port, nodePort, protocol }) => `${nodePort ? `${port}:${nodePort}` : port}/${protocol ?? ""}`)
    .join(",") || "<none>";

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn,
  textColumn("Type", "How the Service is reached.", ({ spec }) => spec.type ?? ""),
  textColumn("Cluster-IP", "Address within the cluster.", ({ spec }) => spec.clusterIPs?.[0] ?? "<none>"),
  textColumn("External-IP", "Addresses outside the cluster.", externalCell),
  textColumn("Port(s)", "Ports, with those of the nodes.", ({ spec }) => portsCell(spec)),
  ageColumn,
  textColumn("Selector", "Labels of the pods behind it.", ({ spec }) => labelsText(spec.selector), 1),
];

const hints = "service.kubernetes.io/topology-aware-hints";
const mode = "service.kubernetes.io/topology-mode";
export function serviceWarnings({ spec, metadata }: Service): string[] {
  const { type, clusterIP, clusterIPs = [], externalIPs = [], loadBalancerIP } = spec;
  const headless = type === "ClusterIP" && clusterIP === "None";
  const hasAddress = !headless && clusterIP !== "" && clusterIP !== undefined;
  return [
    ...(metadata.annotations?.[hints] === undefined
      ? []
      : [`annotation ${hints} is deprecated, please use ${mode} instead`]),
    ...(hasAddress ? clusterIPs.flatMap((ip, i) => ipWarnings(`spec.clusterIPs[${i}]`, ip)) : []),
    ...(headless && loadBalancerIP ? ["spec.loadBalancerIP is ignored for headless services"] : []),
    ...(headless && externalIPs.length > 0 ? ["spec.externalIPs is ignored for headless services"] : []),
    ...(headless && spec.sessionAffinity !== "None" ? ["spec.SessionAffinity is ignored for headless services"] : []),
    ...externalIPs.flatMap((ip, i) => ipWarnings(`spec.externalIPs[${i}]`, ip)),
    ...(externalIPs.length > 0 && !headless && type !== "ExternalName"
      ? ["spec.externalIPs is deprecated and may no longer be implemented in some clusters"]
      : []),
    ...(loadBalancerIP ? ipWarnings("spec.loadBalancerIP", loadBalancerIP) : []),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((range, i) =>
      cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, range),
    ),
    ...(type === "ExternalName" && externalIPs.length > 0
      ? [`spec.externalIPs is ignored when spec.type is "ExternalName"`]
      : []),
    ...(type !== "ExternalName" && spec.externalName
      ? [`spec.externalName is ignored when spec.type is not "ExternalName"`]
      : []),
    ...(spec.trafficDistribution === "PreferClose"
      ? [`spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"`]
      : []),
  ];
}
