// The checks behind /healthz, /livez and /readyz, under upstream's names and in its order, for scripts ask for single
// ones. Upstream has one for each part that starts by itself; here parts start together, so many share an answer.
import type { HealthCheck } from "./health.ts";

export interface Progress {
  /** The caches are full. */
  readonly isLoaded: boolean;
  /** What every cluster holds is there. */
  readonly isBootstrapped: boolean;
  readonly isStopping: boolean;
}
type Stage = "isLoaded" | "isBootstrapped";
const hooks: readonly (readonly [name: string, needs: Stage])[] = [
  ["start-apiserver-admission-initializer", "isLoaded"],
  ["generic-apiserver-start-informers", "isLoaded"],
  ["priority-and-fairness-config-consumer", "isLoaded"],
  ["priority-and-fairness-filter", "isLoaded"],
  ["storage-object-count-tracker-hook", "isLoaded"],
  ["start-apiextensions-informers", "isLoaded"],
  ["start-apiextensions-controllers", "isLoaded"],
  ["crd-informer-synced", "isLoaded"],
  ["start-system-namespaces-controller", "isBootstrapped"],
  ["peer-endpoint-reconciler-controller", "isLoaded"],
  ["start-cluster-authentication-info-controller", "isBootstrapped"],
  ["start-kube-apiserver-identity-lease-controller", "isLoaded"],
  ["start-kube-apiserver-identity-lease-garbage-collector", "isLoaded"],
  ["storage-readiness", "isLoaded"],
  ["start-legacy-token-tracking-controller", "isBootstrapped"],
  ["start-service-ip-repair-controllers", "isLoaded"],
  ["rbac/bootstrap-roles", "isBootstrapped"],
  ["scheduling/bootstrap-system-priority-classes", "isBootstrapped"],
  ["priority-and-fairness-config-producer", "isBootstrapped"],
  ["bootstrap-controller", "isBootstrapped"],
  ["start-kubernetes-service-cidr-controller", "isBootstrapped"],
  ["aggregator-reload-proxy-client-cert", "isLoaded"],
  ["start-kube-aggregator-informers", "isLoaded"],
  ["apiservice-status-local-available-controller", "isBootstrapped"],
  ["apiservice-status-remote-available-controller", "isBootstrapped"],
  ["apiservice-registration-controller", "isBootstrapped"],
  ["apiservice-discovery-controller", "isBootstrapped"],
  ["kube-apiserver-autoregistration", "isBootstrapped"],
  ["autoregister-completion", "isBootstrapped"],
  ["apiservice-openapi-controller", "isLoaded"],
  ["apiservice-openapiv3-controller", "isLoaded"],
];

/** `storeFailure` tells why the store does not answer. */
export function healthChecks(
  progress: Progress,
  storeFailure: () => Promise<string | undefined>,
): readonly HealthCheck[] {
  const fine = (): undefined => undefined;
  const reached = (stage: Stage) => (): string | undefined => (progress[stage] ? undefined : "not finished");
  return [
    { name: "ping", check: fine },
    { name: "log", check: fine },
    { name: "loopback-serving-certificate", check: fine, at: ["healthz", "livez"] },
    { name: "etcd", check: storeFailure },
    { name: "etcd-readiness", check: storeFailure, at: ["readyz"] },
    { name: "informer-sync", check: reached("isLoaded"), at: ["readyz"] },
    ...hooks.flatMap(([hook, needs]): HealthCheck[] => {
      const name = hook === "autoregister-completion" ? hook : `poststarthook/${hook}`;
      // A server that could not make an object is alive, and serves.
      return [
        { name, check: fine, at: ["healthz", "livez"] },
        { name, check: reached(needs), at: ["readyz"] },
      ];
    }),
    { name: "shutdown", check: () => (progress.isStopping ? "stopping" : undefined), at: ["readyz"] },
  ];
}
