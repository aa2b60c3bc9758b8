// The objects that a pod's containers and volumes are made from.
import { ConfigMap } from "#api/core/config-map.ts";
import { Secret } from "#api/core/secret.ts";
import { RuntimeClass } from "#api/node/runtime-class.ts";
import type { AnyKind, Reference } from "#node/references.ts";
import { containersOf, type Pod, type Volume } from "./types.ts";

function ofVolume(volume: Volume): [AnyKind, string | undefined][] {
  const sources = volume.projected?.sources ?? [];
  return [
    ...(volume.configMap ? ([[ConfigMap, volume.configMap.name]] as [AnyKind, string][]) : []),
    ...(volume.secret ? ([[Secret, volume.secret.secretName]] as [AnyKind, string][]) : []),
    ...sources.flatMap((source): [AnyKind, string | undefined][] => [
      [ConfigMap, source.configMap?.name],
      [Secret, source.secret?.name],
    ]),
  ];
}
/** Each once. */
export function referencesOf(pod: Pod): Reference[] {
  const named: [AnyKind, string | undefined][] = (pod.spec.volumes ?? []).flatMap(ofVolume);
  for (const { container } of containersOf(pod.spec)) {
    for (const from of container.envFrom ?? [])
      named.push([ConfigMap, from.configMapRef?.name], [Secret, from.secretRef?.name]);
    for (const { valueFrom } of container.env ?? [])
      named.push([ConfigMap, valueFrom?.configMapKeyRef?.name], [Secret, valueFrom?.secretKeyRef?.name]);
  }
  for (const secret of pod.spec.imagePullSecrets ?? []) named.push([Secret, secret.name]);
  const namespace = pod.metadata.namespace ?? "";
  const found = new Map<string, Reference>();
  for (const [kind, name] of named) if (name) found.set(`${kind.kind}/${name}`, { kind, namespace, name });
  if (pod.spec.runtimeClassName)
    found.set("RuntimeClass", { kind: RuntimeClass, namespace: "", name: pod.spec.runtimeClassName });
  return [...found.values()];
}
