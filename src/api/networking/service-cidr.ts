// ServiceCIDR: a range from which Services get their addresses. A second range may be added, of the other family;
// nothing else changes.
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { ServiceCIDRSpec, ServiceCIDR as schema } from "#api/networking/address-schema.ts";
import type { Infer } from "#api/schema.ts";
import { immutableText } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { checkCanonicalCidr, parseCidr } from "#api/meta/ip.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";

export interface ServiceCIDR extends Infer<typeof schema> {}
export const ServiceCIDR = defineKind<ServiceCIDR>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "ServiceCIDR",
  plural: "servicecidrs",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  columns: [nameColumn, textColumn("CIDRs", "The ranges.", ({ spec }) => (spec.cidrs ?? []).join(",")), ageColumn],
  rules: { prepareForStatusUpdate: keepMetadata, validateCreate: ({ spec }) => validateSpec(spec), validateUpdate },
  hasGeneration: false,
});

const field = "spec.cidrs";
function validateSpec(spec: ServiceCIDRSpec): FieldError[] {
  const found: FieldError[] = [];
  const { cidrs = [] } = spec;
  if (cidrs.length === 0) return [requiredValue(field, "at least one CIDR required")];
  if (cidrs.length > 2) return [invalidValue(field, goStruct(ServiceCIDRSpec, spec), "may only hold up to 2 values")];
  for (const [i, cidr] of cidrs.entries()) checkCanonicalCidr(found, `${field}[${i}]`, cidr);
  const [first, second] = cidrs.map((cidr) => parseCidr(cidr)?.ip.family);
  if (first !== undefined && first === second) {
    const text = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64";
    found.push(invalidValue(field, cidrs, text));
  }
  return found;
}
function validateUpdate({ spec }: ServiceCIDR, old: ServiceCIDR): FieldError[] {
  const [now, before] = [spec.cidrs ?? [], old.spec.cidrs ?? []];
  const grows = before.length === 1 && now.length === 2;
  if (now.length !== before.length && !grows) return [invalidValue(field, spec.cidrs, immutableText)];
  const changed = before.flatMap((cidr, i) =>
    cidr === now[i] ? [] : [invalidValue(`${field}[${i}]`, now[i], immutableText)],
  );
  return grows ? [...changed, ...validateSpec(spec)] : changed;
}
