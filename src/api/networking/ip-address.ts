// The IPAddress kind.
import { defineKind } from "#api/kind.ts";
import { IPAddress as schema } from "#api/networking/address-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface IPAddress extends Infer<typeof schema> {}
export const IPAddress = defineKind<IPAddress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "IPAddress",
  plural: "ipaddresses",
  scope: "Cluster",
  shortNames: ["ip"],
  schema,
});
