// Which certificates the cluster's own signers give: what a request must look like for each of them.
import type { CertificateSigningRequest } from "#api/certificates/certificate-signing-request.ts";

/** What a signing request (PKCS#10) asks to be certified. */
export interface RequestedIdentity {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
}
const prefix = "kubernetes.io/";
export const signers = {
  client: `${prefix}kube-apiserver-client`,
  kubeletClient: `${prefix}kube-apiserver-client-kubelet`,
  kubeletServing: `${prefix}kubelet-serving`,
  legacy: `${prefix}legacy-unknown`,
} as const;
export const isOurs = (signerName: string): boolean => (Object.values(signers) as string[]).includes(signerName);

const nodes = "system:nodes";
const nodePrefix = "system:node:";
type Usages = CertificateSigningRequest["spec"]["usages"];
const hasExactly = (usages: Usages, needed: readonly string[], allowed: readonly string[]): boolean =>
  needed.every((u) => usages?.some((v) => v === u)) &&
  (usages ?? []).every((u) => needed.includes(u) || allowed.includes(u));

/** What is wrong with a request to be a kubelet's client certificate. */
export function kubeletClientProblem(identity: RequestedIdentity, usages: Usages): string | undefined {
  const { organizations, commonName, dnsNames, emails, addresses, uris } = identity;
  if (organizations.length !== 1 || organizations[0] !== nodes) return "subject organization is not system:nodes";
  if (!commonName.startsWith(nodePrefix)) return "subject common name does not begin with system:node:";
  if (dnsNames.length > 0) return "DNS subjectAltNames are not allowed";
  if (emails.length > 0) return "Email subjectAltNames are not allowed";
  if (addresses.length > 0) return "IP subjectAltNames are not allowed";
  if (uris.length > 0) return "URI subjectAltNames are not allowed";
  if (!hasExactly(usages, ["digital signature", "client auth"], ["key encipherment"]))
    return "usages did not match [digital signature client auth]";
  return undefined;
}
function kubeletServingProblem(identity: RequestedIdentity, usages: Usages, username: string): string | undefined {
  const { organizations, commonName, dnsNames, emails, addresses, uris } = identity;
  if (organizations.length !== 1 || organizations[0] !== nodes) return "subject organization is not system:nodes";
  if (dnsNames.length + addresses.length === 0) return "DNS or IP subjectAltName is required";
  if (emails.length > 0) return "Email subjectAltNames are not allowed";
  if (uris.length > 0) return "URI subjectAltNames are not allowed";
  if (!commonName.startsWith(nodePrefix)) return "subject common name does not begin with system:node:";
  if (commonName !== username) return "subject common name is not the user that asks";
  if (!hasExactly(usages, ["digital signature", "server auth"], ["key encipherment"]))
    return "usages did not match [digital signature server auth]";
  return undefined;
}
/** Why a signer of the cluster refuses a request; undefined: it signs. */
export function signerProblem(request: CertificateSigningRequest, identity: RequestedIdentity): string | undefined {
  const { signerName, usages, username = "" } = request.spec;
  switch (signerName) {
    case signers.client: {
      const allowed = ["digital signature", "key encipherment"];
      return hasExactly(usages, ["client auth"], allowed) ? undefined : "usages did not match [client auth]";
    }
    case signers.kubeletClient:
      return kubeletClientProblem(identity, usages);
    case signers.kubeletServing:
      return kubeletServingProblem(identity, usages, username);
    default:
      return undefined;
  }
}
