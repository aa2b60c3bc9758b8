// How Go prints a value of its internal types in a message: every field, in capitals, and null where nothing is.
// Needed where upstream shows a whole struct; the fields stand in the order of the schema.
import { type Message, type Schema, resolve } from "#api/schema.ts";
import { sortedMap } from "./checks.ts";

/** JSON names whose Go names are more than a capital. */
const goNames: Readonly<Record<string, string>> = {
  seLinuxOptions: "SELinuxOptions",
  seLinuxChangePolicy: "SELinuxChangePolicy",
  fsGroup: "FSGroup",
  fsGroupChangePolicy: "FSGroupChangePolicy",
  dnsPolicy: "DNSPolicy",
  dnsConfig: "DNSConfig",
  tty: "TTY",
  os: "OS",
  gmsaCredentialSpecName: "GMSACredentialSpecName",
  gmsaCredentialSpec: "GMSACredentialSpec",
  cidrs: "CIDRs",
  uid: "UID",
  ip: "IP",
  apiVersion: "APIVersion",
  apiGroup: "APIGroup",
  apiGroups: "APIGroups",
  apiVersions: "APIVersions",
  pkixPublicKey: "PKIXPublicKey",
};
/** Types that have no internal form: their own names are printed. */
const sharedTypes = "io.k8s.apimachinery.";
const goName = (name: string): string => goNames[name] ?? name[0]!.toUpperCase() + name.slice(1);

export function goStruct(message: Message<unknown>, value: object | undefined): Record<string, unknown> {
  const given = (value ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(message.fields).map(([name, field]) => {
      const shown = goValue(field.schema, given[name]);
      return [goName(name), shown ?? (field.pointer ? null : zeroOf(field.schema))];
    }),
  );
}
function goValue(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  const type = resolve(schema);
  if (type.type === "message")
    return type.name.startsWith(sharedTypes) ? value : goStruct(type as Message<unknown>, value);
  if (type.type === "map") return sortedMap(value as Record<string, unknown>);
  if (type.type === "list") return (value as unknown[]).map((item) => goValue(type.items, item));
  return value;
}
function zeroOf(schema: Schema): unknown {
  const type = resolve(schema);
  switch (type.type) {
    case "string":
      return "";
    case "bool":
      return false;
    case "int32":
    case "int64":
    case "float64":
    case "intOrString":
      return 0;
    case "quantity":
      return "0";
    case "message":
      return goStruct(type as Message<unknown>, undefined);
    default:
      return null;
  }
}
