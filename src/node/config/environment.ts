// The environment of a container. Order and precedence are upstream's: envFrom in order, then env in order, each
// overriding what stands before; Services fill in names that nothing else sets. Pure: everything that is looked up
// is passed in.
import type { ConfigMap } from "#api/core/config-map.ts";
import type { Secret } from "#api/core/secret.ts";
import type { Service } from "#api/core/service.ts";
import { ConfigError } from "./config-error.ts";
import { fieldText, resourceText, type DownwardFacts } from "./downward.ts";
import { expand } from "./expansion.ts";
import { serviceVariables } from "./service-variables.ts";
import type { Container, EnvVarSource, Pod } from "#node/pod/types.ts";

export interface EnvironmentSources extends DownwardFacts {
  /** By name, in the pod's namespace; absent: there is none. */
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
  /** Of the pod's namespace. */
  readonly services: readonly Service[];
  /** default/kubernetes. */
  readonly master: Service | undefined;
}
export type Environment = ReadonlyMap<string, string>;

const text = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

/** Throws ConfigError when something that is not optional is missing. */
export function environmentOf(pod: Pod, container: Container, sources: EnvironmentSources): Environment {
  const links = serviceVariables(pod.spec.enableServiceLinks === false ? [] : sources.services, sources.master);
  const env = new Map<string, string>();
  for (const from of container.envFrom ?? []) for (const [name, value] of loaded(from, sources)) env.set(name, value);
  const lookUp = (name: string): string | undefined => env.get(name) ?? links.get(name);
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (value || !valueFrom) env.set(name, expand(value ?? "", lookUp));
    else {
      const found = fetched(pod, container, valueFrom, sources);
      if (found !== undefined) env.set(name, found);
    }
  }
  for (const [name, value] of links) if (!env.has(name)) env.set(name, value);
  return env;
}

function loaded(
  from: NonNullable<Container["envFrom"]>[number],
  sources: EnvironmentSources,
): readonly (readonly [string, string])[] {
  const prefix = from.prefix ?? "";
  const { configMapRef, secretRef } = from;
  if (configMapRef) {
    const object = sources.configMap(configMapRef.name ?? "");
    if (!object && !configMapRef.optional) throw missing("configmap", configMapRef.name);
    return Object.entries(object?.data ?? {}).map(([key, value]) => [prefix + key, value]);
  }
  if (secretRef) {
    const object = sources.secret(secretRef.name ?? "");
    if (!object && !secretRef.optional) throw missing("secret", secretRef.name);
    return Object.entries(object?.data ?? {}).map(([key, value]) => [prefix + key, text(value)]);
  }
  return [];
}

/** Undefined: optional and not there. */
function fetched(pod: Pod, container: Container, from: EnvVarSource, sources: EnvironmentSources): string | undefined {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = from;
  if (fieldRef) return fieldText(pod, fieldRef.fieldPath, sources);
  if (resourceFieldRef) return resourceText(pod, resourceFieldRef, sources, container);
  const inNamespace = (name = ""): string => `${pod.metadata.namespace}/${name}`;
  if (configMapKeyRef) {
    const object = sources.configMap(configMapKeyRef.name ?? "");
    const value = object?.data?.[configMapKeyRef.key];
    if (value !== undefined || configMapKeyRef.optional) return value;
    if (!object) throw missing("configmap", configMapKeyRef.name);
    throw new ConfigError(`couldn't find key ${configMapKeyRef.key} in ConfigMap ${inNamespace(configMapKeyRef.name)}`);
  }
  if (secretKeyRef) {
    const object = sources.secret(secretKeyRef.name ?? "");
    const value = object?.data?.[secretKeyRef.key];
    if (value !== undefined) return text(value);
    if (secretKeyRef.optional) return undefined;
    if (!object) throw missing("secret", secretKeyRef.name);
    throw new ConfigError(`couldn't find key ${secretKeyRef.key} in Secret ${inNamespace(secretKeyRef.name)}`);
  }
  throw new ConfigError("the variable's valueFrom names no source that this node can read");
}
const missing = (what: string, name = ""): ConfigError => new ConfigError(`${what} ${JSON.stringify(name)} not found`);
