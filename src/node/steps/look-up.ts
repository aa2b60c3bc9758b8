// Fetches what a container's environment is made from, so that the making of it can be pure.
import { ConfigMap } from "#api/core/config-map.ts";
import { Secret } from "#api/core/secret.ts";
import type { EnvironmentSources } from "#node/config/environment.ts";
import { podIPsOf, type PodWork } from "./pod-work.ts";
import type { Container } from "#node/pod/types.ts";

const present = (names: readonly (string | undefined)[]): string[] => [
  ...new Set(names.filter((name): name is string => name !== undefined && name !== "")),
];
export async function lookUp(work: PodWork, container: Container, signal: AbortSignal): Promise<EnvironmentSources> {
  const { parts, pod } = work;
  const namespace = pod.metadata.namespace ?? "";
  const { env = [], envFrom = [] } = container;
  const configMaps = new Map<string, ConfigMap | undefined>();
  const secrets = new Map<string, Secret | undefined>();
  for (const name of present([
    ...envFrom.map((from) => from.configMapRef?.name),
    ...env.map((variable) => variable.valueFrom?.configMapKeyRef?.name),
  ]))
    configMaps.set(name, await parts.references.get(ConfigMap, namespace, name, signal));
  for (const name of present([
    ...envFrom.map((from) => from.secretRef?.name),
    ...env.map((variable) => variable.valueFrom?.secretKeyRef?.name),
  ]))
    secrets.set(name, await parts.references.get(Secret, namespace, name, signal));
  const [services, defaults] = [
    await parts.services(namespace, signal),
    namespace === "default" ? undefined : await parts.services("default", signal),
  ];
  return {
    podIPs: podIPsOf(work),
    hostIPs: parts.hostIPs(),
    allocatable: parts.volumes.allocatable(),
    configMap: (name) => configMaps.get(name),
    secret: (name) => secrets.get(name),
    services,
    master: (defaults ?? services).find((service) => service.metadata.name === "kubernetes"),
  };
}
