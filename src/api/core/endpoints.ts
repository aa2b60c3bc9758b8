// Endpoints: the addresses behind a Service in the form of old; EndpointSlice is its successor.
import { type FieldError, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { type EndpointAddress, type EndpointPort, Endpoints as schema } from "#api/core/schema/service.ts";
import { dnsLabel, dnsSubdomain, portNumber, qualifiedName, requiredOneOf } from "#api/meta/checks.ts";
import { ageColumn, listWithMore, nameColumn, textColumn } from "#api/meta/columns.ts";
import { checkEndpointIp, checkIp, ipWarnings } from "#api/meta/ip.ts";

export interface Endpoints extends Infer<typeof schema> {}
export const Endpoints = defineKind<Endpoints>({
  group: "",
  version: "v1",
  kind: "Endpoints",
  plural: "endpoints",
  scope: "Namespaced",
  shortNames: ["ep"],
  schema,
  columns: [
    nameColumn,
    textColumn("Endpoints", "Ready addresses with their ports.", (object) => listWithMore(addresses(object), 3, "")),
    ageColumn,
  ],
  rules: { validate, warnings },
  createOnUpdate: true,
});

function addresses({ subsets = [] }: Endpoints): string[] {
  if (subsets.length === 0) return ["<none>"];
  return subsets.flatMap(({ addresses: ready = [], ports = [] }) =>
    ports.length === 0
      ? ready.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => ready.map(({ ip }) => `${ip.includes(":") ? `[${ip}]` : ip}:${port}`)),
  );
}

function validate({ subsets = [] }: Endpoints): FieldError[] {
  const found: FieldError[] = [];
  for (const [i, { addresses: ready = [], notReadyAddresses: notReady = [], ports = [] }] of subsets.entries()) {
    const at = `subsets[${i}]`;
    if (ready.length + notReady.length === 0)
      found.push(requiredValue(at, "must specify `addresses` or `notReadyAddresses`"));
    for (const [j, address] of ready.entries()) validateAddress(found, `${at}.addresses[${j}]`, address);
    for (const [j, address] of notReady.entries()) validateAddress(found, `${at}.notReadyAddresses[${j}]`, address);
    for (const [j, port] of ports.entries()) validatePort(found, `${at}.ports[${j}]`, port, ports.length > 1);
  }
  return found;
}
function validateAddress(found: FieldError[], at: string, { ip, hostname, nodeName }: EndpointAddress): void {
  checkIp(found, `${at}.ip`, ip);
  if (hostname) dnsLabel(found, `${at}.hostname`, hostname);
  if (nodeName !== undefined) dnsSubdomain(found, `${at}.nodeName`, nodeName);
  checkEndpointIp(found, `${at}.ip`, ip);
}
function validatePort(found: FieldError[], at: string, port: EndpointPort, needsName: boolean): void {
  if (port.name) dnsLabel(found, `${at}.name`, port.name);
  else if (needsName) found.push(requiredValue(`${at}.name`));
  portNumber(found, `${at}.port`, port.port);
  requiredOneOf(found, `${at}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]);
  if (port.appProtocol !== undefined) qualifiedName(found, `${at}.appProtocol`, port.appProtocol);
}

function warnings({ metadata, subsets = [] }: Endpoints): string[] {
  if (metadata.labels?.["endpoints.kubernetes.io/managed-by"] === "endpoint-controller") return [];
  return subsets.flatMap((subset, i) =>
    (["addresses", "notReadyAddresses"] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, j) => ipWarnings(`subsets[${i}].${list}[${j}].ip`, ip)),
    ),
  );
}
