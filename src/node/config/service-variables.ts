// Variables that announce Services to containers, in the form of Docker links.
import type { Service } from "#api/core/service.ts";

const envName = (name: string): string => name.toUpperCase().replaceAll("-", "_");
const hasClusterIP = (service: Service): boolean =>
  service.spec.type !== "ExternalName" && !!service.spec.clusterIP && service.spec.clusterIP !== "None";
const bracketed = (ip: string): string => (ip.includes(":") ? `[${ip}]` : ip);

function variablesOf(service: Service): [string, string][] {
  const ports = service.spec.ports ?? [];
  const first = ports[0];
  if (!first || !hasClusterIP(service)) return [];
  const name = envName(service.metadata.name ?? "");
  const ip = service.spec.clusterIP!;
  const all: [string, string][] = [
    [`${name}_SERVICE_HOST`, ip],
    [`${name}_SERVICE_PORT`, String(first.port)],
  ];
  for (const port of ports) if (port.name) all.push([`${name}_SERVICE_PORT_${envName(port.name)}`, String(port.port)]);
  ports.forEach((port, i) => {
    const protocol = port.protocol ?? "TCP";
    const url = `${protocol.toLowerCase()}://${bracketed(ip)}:${port.port}`;
    const prefix = `${name}_PORT_${port.port}_${protocol.toUpperCase()}`;
    if (i === 0) all.push([`${name}_PORT`, url]);
    all.push([prefix, url], [`${prefix}_PROTO`, protocol.toLowerCase()]);
    all.push([`${prefix}_PORT`, String(port.port)], [`${prefix}_ADDR`, ip]);
  });
  return all;
}
/**
 * `services`: those of the pod's namespace, left out when the pod wants no links. `master`: default/kubernetes, which
 * every pod is told; one of the same name in the pod's namespace wins.
 */
export function serviceVariables(
  services: readonly Service[],
  master: Service | undefined,
): ReadonlyMap<string, string> {
  const own = services.some((s) => s.metadata.name === master?.metadata.name);
  return new Map([...(master && !own ? [master] : []), ...services].flatMap(variablesOf));
}
