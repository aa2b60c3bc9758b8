// The CertificateSigningRequest kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { CertificateSigningRequest as schema } from "#api/certificates/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface CertificateSigningRequest extends Infer<typeof schema> {}
export const CertificateSigningRequest = defineKind<CertificateSigningRequest>({
  group: "certificates.k8s.io",
  version: "v1",
  kind: "CertificateSigningRequest",
  plural: "certificatesigningrequests",
  scope: "Cluster",
  shortNames: ["csr"],
  schema,
  subresources: [{ name: "approval", verbs: ["get", "patch", "update"] }, statusSubresource],
  createOnUpdate: true,
  hasGeneration: false,
});
