// A pod template as Go prints its internal type in a message, in which what pods share with the host is part of their
// security context and the fields stand in another order than in the API.
import { sortedMap } from "#api/meta/checks.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { type PodSpec, PodSpec as schema, type PodTemplateSpec } from "#api/core/schema/pod-spec.ts";

const sharedWithHost = ["HostNetwork", "HostPID", "HostIPC", "ShareProcessNamespace", "HostUsers"] as const;
const order = [
  ...["Volumes", "InitContainers", "Containers", "EphemeralContainers", "RestartPolicy"],
  ...["TerminationGracePeriodSeconds", "ActiveDeadlineSeconds", "DNSPolicy", "NodeSelector", "ServiceAccountName"],
  ...["AutomountServiceAccountToken", "NodeName", "SecurityContext", "ImagePullSecrets", "Hostname", "Subdomain"],
  ...["SetHostnameAsFQDN", "Affinity", "SchedulerName", "Tolerations", "HostAliases", "PriorityClassName", "Priority"],
  ...["PreemptionPolicy", "DNSConfig", "ReadinessGates", "RuntimeClassName", "Overhead", "EnableServiceLinks"],
  ...["TopologySpreadConstraints", "OS", "SchedulingGates", "ResourceClaims", "Resources", "HostnameOverride"],
  "SchedulingGroup",
];

/** The same fields, one of them behind another. */
const moveAfter = (fields: object, moved: string, after: string): object => {
  const of = fields as Record<string, unknown>;
  const names = Object.keys(of).filter((name) => name !== moved);
  names.splice(names.indexOf(after) + 1, 0, moved);
  return Object.fromEntries(names.map((name) => [name, of[name]]));
};
export function shownPodSpec(spec: PodSpec): Record<string, unknown> {
  const shown = goStruct(schema, spec);
  const host = Object.fromEntries(sharedWithHost.map((name) => [name, shown[name]]));
  const context = shown["SecurityContext"] as object | null;
  const all = {
    ...shown,
    SecurityContext: context && moveAfter({ ...host, ...context }, "Sysctls", "FSGroupChangePolicy"),
  };
  return Object.fromEntries(order.map((name) => [name, (all as Record<string, unknown>)[name]]));
}
export const shownPodTemplate = ({ metadata, spec }: PodTemplateSpec): Record<string, unknown> => ({
  ...metadata,
  ...(metadata.labels && { labels: sortedMap(metadata.labels) }),
  Spec: shownPodSpec(spec),
});
