// The IngressClass kind.
import { defineKind } from "#api/kind.ts";
import { IngressClass as schema } from "#api/networking/ingress-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface IngressClass extends Infer<typeof schema> {}
export const IngressClass = defineKind<IngressClass>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "IngressClass",
  plural: "ingressclasses",
  scope: "Cluster",
  schema,
  hasGeneration: true,
});
