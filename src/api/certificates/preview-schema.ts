// Shapes of bundles of root certificates and of requests for certificates of pods.

import {
  type Infer,
  bytes,
  int32,
  map,
  mapList,
  message,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { Condition, ObjectMeta } from "#api/meta/schema.ts";

export const ClusterTrustBundleSpec = message(
  "io.k8s.api.certificates.v1beta1.ClusterTrustBundleSpec",
  "Certificates that vouch for others, and whose they are.",
  {
    signerName: optional(
      1,
      string,
      "Signer whose authorities these are, such as example.com/mesh; empty means that they belong to none. Cannot change.",
    ),
    trustBundle: required(2, string, "Certificates in PEM form, each for an authority; their order means nothing."),
  },
);
export interface ClusterTrustBundleSpec extends Infer<typeof ClusterTrustBundleSpec> {}

export const ClusterTrustBundle = topLevel(
  "io.k8s.api.certificates.v1beta1.ClusterTrustBundle",
  "A set of root certificates that pods of the whole cluster can trust.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, ClusterTrustBundleSpec, "The certificates and their signer."),
  },
);
export interface ClusterTrustBundle extends Infer<typeof ClusterTrustBundle> {}

export const PodCertificateRequestSpec = message(
  "io.k8s.api.certificates.v1beta1.PodCertificateRequestSpec",
  "Who asks for a certificate, with which key.",
  {
    signerName: required(1, string, "Signer that shall answer, such as example.com/mesh."),
    podName: required(2, string, "Pod for which the certificate is."),
    podUID: required(3, string, "Unique identifier of that pod."),
    serviceAccountName: required(4, string, "ServiceAccount that the pod runs as."),
    serviceAccountUID: required(5, string, "Unique identifier of that ServiceAccount."),
    nodeName: required(6, string, "Node on which the pod runs."),
    nodeUID: required(7, string, "Unique identifier of that node."),
    maxExpirationSeconds: pointer(
      8,
      int32,
      "Longest lifetime that is wanted, from 3600 to 7862400 seconds; signers may give less.",
      { default: 86400 },
    ),
    pkixPublicKey: optional(9, bytes, "Public key to be certified, in DER form; older form of stubPKCS10Request.", {
      always: true,
    }),
    proofOfPossession: optional(
      10,
      bytes,
      "Signature over the pod's unique identifier that shows who has the key; older form of stubPKCS10Request.",
      { always: true },
    ),
    stubPKCS10Request: required(
      12,
      bytes,
      "Request in PKCS#10 form that holds the public key and is signed with the private one; the rest of it counts for nothing.",
    ),
    unverifiedUserAnnotations: optional(
      11,
      map(string),
      "Words of the pod author to the signer, as they stand in the volume; nobody has checked them.",
    ),
  },
);
export interface PodCertificateRequestSpec extends Infer<typeof PodCertificateRequestSpec> {}

export const PodCertificateRequestStatus = message(
  "io.k8s.api.certificates.v1beta1.PodCertificateRequestStatus",
  "The certificate, or why there is none.",
  {
    conditions: optional(1, mapList(Condition, "type"), "Issued, Denied or Failed: what became of the request.", {
      patch: "merge",
      patchKey: "type",
    }),
    certificateChain: optional(2, string, "Certificate and the authorities between it and the root, in PEM form."),
    notBefore: pointer(4, time, "When the certificate begins to hold."),
    beginRefreshAt: pointer(5, time, "When the node should ask for the next certificate."),
    notAfter: pointer(6, time, "When the certificate ceases to hold."),
  },
);
export interface PodCertificateRequestStatus extends Infer<typeof PodCertificateRequestStatus> {}

export const PodCertificateRequest = topLevel(
  "io.k8s.api.certificates.v1beta1.PodCertificateRequest",
  "Asks a signer for a certificate that names one pod; written by the node of that pod.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, PodCertificateRequestSpec, "What is wanted."),
    status: struct(3, PodCertificateRequestStatus, "What was last observed; written by the system."),
  },
);
export interface PodCertificateRequest extends Infer<typeof PodCertificateRequest> {}
