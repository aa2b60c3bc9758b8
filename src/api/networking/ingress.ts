// The Ingress kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { Ingress as schema } from "#api/networking/ingress-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface Ingress extends Infer<typeof schema> {}
export const Ingress = defineKind<Ingress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "Ingress",
  plural: "ingresses",
  scope: "Namespaced",
  shortNames: ["ing"],
  schema,
  subresources: [statusSubresource],
});
