// From a Service to the address that its clients use. The server stands outside of the pod network's DNS, so it looks the
// address up among the stored Services.
import { Service } from "#api/core/service.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { WebhookFailure } from "./caller.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}
/** Throws WebhookFailure with the reason why there is none. */
export function resolveService(objects: StoredObjects, namespace: string, name: string, port: number): Address {
  const service = objects.get(Service, `${namespace}/${name}`);
  if (!service) throw new WebhookFailure(`service ${JSON.stringify(name)} not found`);
  const { type = "ClusterIP", clusterIP, externalName, ports } = service.spec;
  if (type === "ExternalName") return { host: externalName ?? "", port };
  if (!clusterIP || clusterIP === "None") throw new WebhookFailure('cannot route to service with ClusterIP "None"');
  if (!ports?.some((p) => p.port === port))
    throw new WebhookFailure(`no service port ${port} found for service ${JSON.stringify(name)}`);
  return { host: clusterIP, port };
}
