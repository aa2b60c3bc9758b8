// IPAddress: one address of a Service range that is taken; the name of the object is the address.
import { type FieldError, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { ParentReference, IPAddress as schema } from "#api/networking/address-schema.ts";
import type { Infer } from "#api/schema.ts";
import { dnsSubdomain, immutable, pathSegment } from "#api/meta/checks.ts";
import { nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { checkCanonicalIp } from "#api/meta/ip.ts";

export interface IPAddress extends Infer<typeof schema> {}
export const IPAddress = defineKind<IPAddress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "IPAddress",
  plural: "ipaddresses",
  scope: "Cluster",
  shortNames: ["ip"],
  schema,
  columns: [nameColumn, textColumn("ParentRef", "The object that uses the address.", parentText)],
  rules: {
    validate,
    validateUpdate({ spec }, old) {
      const shown = (parent: ParentReference | undefined) => parent && goStruct(ParentReference, parent);
      const found: FieldError[] = [];
      immutable(found, "spec.parentRef", shown(spec.parentRef), shown(old.spec.parentRef));
      return found;
    },
  },
  nameRule: "pathSegment",
});

function parentText({ spec: { parentRef } }: IPAddress): string {
  if (!parentRef) return "<none>";
  const { group, resource, namespace, name } = parentRef;
  const of = [resource, group].filter(Boolean).join(".").toLowerCase();
  return [of, ...(namespace ? [namespace] : []), name].join("/");
}
function validate({ metadata, spec: { parentRef } }: IPAddress): FieldError[] {
  const found: FieldError[] = [];
  if (metadata.name) checkCanonicalIp(found, "metadata.name", metadata.name);
  const field = "spec.parentRef";
  if (!parentRef) return [...found, requiredValue(field)];
  if (parentRef.group) dnsSubdomain(found, `${field}.group`, parentRef.group);
  for (const part of ["resource", "name", "namespace"] as const) {
    const value = parentRef[part];
    if (value) pathSegment(found, `${field}.${part}`, value);
    else if (part !== "namespace") found.push(requiredValue(`${field}.${part}`));
  }
  return found;
}
