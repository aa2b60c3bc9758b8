// The downward API: fields of a pod and figures of its containers, as text for variables and files.
import { parseQuantity } from "#api/quantity.ts";
import { ConfigError } from "./config-error.ts";
import { containersOf, type Container, type EnvVarSource, type Pod } from "#node/pod/types.ts";

export interface DownwardFacts {
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
  /** What the node gives to pods; the limits of a container that has none. */
  readonly allocatable: Readonly<Record<string, string>>;
}
export type FieldRef = NonNullable<EnvVarSource["fieldRef"]>;
export type ResourceFieldRef = NonNullable<EnvVarSource["resourceFieldRef"]>;

const mapText = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(map ?? {})
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .toSorted()
    .join("\n");

export function fieldText(pod: Pod, fieldPath: string, facts: DownwardFacts): string {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (subscript) return pod.metadata[subscript[1] as "labels" | "annotations"]?.[subscript[2]!] ?? "";
  switch (fieldPath) {
    case "metadata.name":
      return pod.metadata.name ?? "";
    case "metadata.namespace":
      return pod.metadata.namespace ?? "";
    case "metadata.uid":
      return pod.metadata.uid ?? "";
    case "metadata.labels":
      return mapText(pod.metadata.labels);
    case "metadata.annotations":
      return mapText(pod.metadata.annotations);
    case "spec.nodeName":
      return pod.spec.nodeName ?? "";
    case "spec.serviceAccountName":
      return pod.spec.serviceAccountName ?? "";
    case "status.hostIP":
      return facts.hostIPs[0] ?? "";
    case "status.hostIPs":
      return facts.hostIPs.join(",");
    case "status.podIP":
      return facts.podIPs[0] ?? "";
    case "status.podIPs":
      return facts.podIPs.join(",");
    default:
      throw new ConfigError(`unsupported fieldPath: ${fieldPath}`);
  }
}

/** A request or limit in units of the divisor, rounded up. `own` is the container that asks. */
export function resourceText(pod: Pod, ref: ResourceFieldRef, facts: DownwardFacts, own?: Container): string {
  const container = ref.containerName
    ? containersOf(pod.spec).find((c) => c.container.name === ref.containerName)?.container
    : own;
  if (!container) throw new ConfigError(`container ${ref.containerName ?? ""} not found`);
  const dot = ref.resource.indexOf(".");
  const list = ref.resource.slice(0, dot);
  const name = ref.resource.slice(dot + 1);
  if ((list !== "limits" && list !== "requests") || name === "")
    throw new ConfigError(`unsupported container resource : ${ref.resource}`);
  const divisor = !ref.divisor || parseQuantity(ref.divisor).nano === 0n ? "1" : ref.divisor;
  const given = container.resources?.[list]?.[name];
  const text =
    given ?? (list === "limits" ? (pod.spec.resources?.limits?.[name] ?? facts.allocatable[name]) : undefined);
  return divideUp(text ?? "0", divisor);
}
function divideUp(value: string, divisor: string): string {
  const by = parseQuantity(divisor).nano;
  return String((parseQuantity(value).nano + by - 1n) / by);
}
