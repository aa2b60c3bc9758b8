// EndpointSlice: a share of the addresses behind a Service, all of one family, with what traffic needs to know of each.
import { type FieldError, duplicateValue, invalidValue, requiredValue, tooMany } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { isDnsLabel, isDnsSubdomain } from "#api/names.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { type Endpoint, type EndpointPort, EndpointSlice as schema } from "#api/discovery/schema.ts";
import {
  dnsLabel,
  dnsSubdomain,
  immutable,
  labelValue,
  qualifiedName,
  givenOneOf,
  requiredOneOf,
  sameValue,
} from "#api/meta/checks.ts";
import { ageColumn, listWithMore, nameColumn, textColumn } from "#api/meta/columns.ts";
import { checkCanonicalIp, checkEndpointIp, checkIp, ipWarnings } from "#api/meta/ip.ts";

const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20000;
const maxHints = 8;

export interface EndpointSlice extends Infer<typeof schema> {}
export const EndpointSlice = defineKind<EndpointSlice>({
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  scope: "Namespaced",
  schema,
  columns: [
    nameColumn,
    textColumn("AddressType", "Family of the addresses.", ({ addressType }) => addressType),
    textColumn("Ports", "Ports of all endpoints.", ({ ports = [] }) =>
      listWithMore(
        ports.map(({ port, name }) => String(port ?? name ?? "*")),
        3,
        "<unset>",
      ),
    ),
    textColumn("Endpoints", "Addresses.", ({ endpoints = [] }) =>
      listWithMore(
        endpoints.flatMap(({ addresses }) => addresses),
        3,
        "<unset>",
      ),
    ),
    ageColumn,
  ],
  rules: {
    prepareForCreate: dropTopology,
    prepareForUpdate: dropTopology,
    validate,
    validateUpdate(slice, old) {
      const found: FieldError[] = [];
      immutable(found, "addressType", slice.addressType, old.addressType);
      return found;
    },
    warnings,
    changesGeneration: (slice, old) => !sameValue(essence(slice), essence(old)),
  },
  hasGeneration: true,
});

const essence = ({ metadata: { labels }, addressType, endpoints, ports }: EndpointSlice) => ({
  labels,
  addressType,
  endpoints,
  ports,
});
/** Topology as free labels is of the beta version; this one has nodeName and zone. */
function dropTopology(draft: Draft<EndpointSlice>): void {
  for (const endpoint of draft.endpoints ?? []) delete endpoint?.deprecatedTopology;
}

function validate({ addressType, ports = [], endpoints = [] }: EndpointSlice): FieldError[] {
  const found: FieldError[] = [];
  requiredOneOf(found, "addressType", addressType, ["FQDN", "IPv4", "IPv6"]);
  validatePorts(found, "ports", ports);
  if (endpoints.length > maxEndpoints) found.push(tooMany("endpoints", endpoints.length, maxEndpoints));
  else
    for (const [i, endpoint] of endpoints.entries()) validateEndpoint(found, `endpoints[${i}]`, endpoint, addressType);
  return found;
}
function validatePorts(found: FieldError[], field: string, ports: readonly EndpointPort[]): void {
  if (ports.length > maxPorts) return void found.push(tooMany(field, ports.length, maxPorts));
  const names = new Set<string>();
  for (const [i, { name = "", protocol, appProtocol }] of ports.entries()) {
    const at = `${field}[${i}]`;
    if (name) dnsLabel(found, `${at}.name`, name);
    if (names.has(name)) found.push(duplicateValue(`${at}.name`, name));
    names.add(name);
    givenOneOf(found, `${at}.protocol`, protocol, ["SCTP", "TCP", "UDP"]);
    if (appProtocol !== undefined) qualifiedName(found, `${at}.appProtocol`, appProtocol);
  }
}
function validateEndpoint(found: FieldError[], at: string, endpoint: Endpoint, type: string): void {
  const { addresses, hostname, nodeName } = endpoint;
  const list = `${at}.addresses`;
  if (addresses.length === 0) found.push(requiredValue(list, "must contain at least 1 address"));
  else if (addresses.length > maxAddresses) found.push(tooMany(list, addresses.length, maxAddresses));
  for (const [i, address] of addresses.entries()) {
    if (type === "FQDN") validateDomain(found, `${list}[${i}]`, address);
    else if (type === "IPv4" || type === "IPv6") validateAddress(found, list, i, address, type);
  }
  if (nodeName !== undefined) dnsSubdomain(found, `${at}.nodeName`, nodeName);
  if (hostname !== undefined) dnsLabel(found, `${at}.hostname`, hostname);
  validateHints(found, `${at}.hints.forZones`, endpoint.hints?.forZones, labelValue);
  if ((endpoint.hints?.forZones ?? []).length <= maxHints)
    validateHints(found, `${at}.hints.forNodes`, endpoint.hints?.forNodes, dnsSubdomain);
}
function validateAddress(found: FieldError[], list: string, i: number, address: string, type: "IPv4" | "IPv6"): void {
  const before = found.length;
  const at = `${list}[${i}]`;
  const ip = (type === "IPv4" ? checkIp : checkCanonicalIp)(found, at, address);
  if (found.length > before) return;
  if (ip?.family !== (type === "IPv4" ? 4 : 6)) found.push(invalidValue(list, address, `must be an ${type} address`));
  checkEndpointIp(found, at, address);
}
function validateDomain(found: FieldError[], at: string, address: string): void {
  if (!address) return void found.push(requiredValue(at));
  const name = address.replace(/\.$/, "");
  const problems = isDnsSubdomain(name);
  if (problems.length > 0) return void found.push(invalidValue(at, name, problems.join(",")));
  const labels = name.split(".");
  if (labels.length < 2) {
    found.push(invalidValue(at, name, "should be a domain with at least two segments separated by dots"));
    return;
  }
  const bad = labels.find((label) => isDnsLabel(label).length > 0);
  if (bad !== undefined) found.push(invalidValue(at, bad, isDnsLabel(bad).join(",")));
}
function validateHints(
  found: FieldError[],
  field: string,
  hints: readonly { readonly name: string }[] = [],
  check: (found: FieldError[], field: string, name: string) => void,
): void {
  if (hints.length > maxHints) return void found.push(tooMany(field, hints.length, maxHints));
  const names = new Set<string>();
  for (const [i, { name }] of hints.entries()) {
    if (names.has(name)) found.push(duplicateValue(`${field}[${i}].name`, name));
    names.add(name);
    check(found, `${field}[${i}].name`, name);
  }
}

const ownControllers = ["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"];
function warnings({ metadata, addressType, endpoints = [] }: EndpointSlice, old?: EndpointSlice): string[] {
  const manager = metadata.labels?.["endpointslice.kubernetes.io/managed-by"] ?? "";
  return [
    ...(!old && addressType === "FQDN" ? ["spec.addressType: FQDN endpoints are deprecated"] : []),
    ...(ownControllers.includes(manager)
      ? []
      : endpoints.flatMap(({ addresses }, i) =>
          addresses.flatMap((ip, j) => ipWarnings(`endpoints[${i}].addresses[${j}]`, ip)),
        )),
  ];
}
