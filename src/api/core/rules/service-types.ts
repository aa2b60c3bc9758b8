// What the types of Services imply.
import type { Draft } from "#api/schema.ts";
import type { ServiceSpec } from "#api/core/schema/service.ts";

type Spec = Draft<ServiceSpec> | ServiceSpec;
/** Without an address of its own: its name stands for its endpoints. */
export const isHeadless = ({ clusterIPs }: Spec): boolean => clusterIPs?.length === 1 && clusterIPs[0] === "None";
export const needsClusterIP = ({ type }: Spec): boolean => type !== "ExternalName";
export const needsNodePort = ({ type }: Spec): boolean => type === "NodePort" || type === "LoadBalancer";
/** Traffic from outside the cluster reaches it. */
export const isExternallyReachable = ({ type, externalIPs }: Spec): boolean =>
  type === "LoadBalancer" || type === "NodePort" || (type === "ClusterIP" && (externalIPs?.length ?? 0) > 0);
/** A load balancer must find out which nodes have endpoints. */
export const needsHealthCheckPort = ({ type, externalTrafficPolicy }: Spec): boolean =>
  type === "LoadBalancer" && externalTrafficPolicy === "Local";
