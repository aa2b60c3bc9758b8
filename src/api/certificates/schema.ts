// Shapes of CertificateSigningRequest, with which clients obtain certificates.

import {
  type Infer,
  atomicList,
  bytes,
  int32,
  known,
  list,
  map,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const CertificateSigningRequestSpec = message(
  "io.k8s.api.certificates.v1.CertificateSigningRequestSpec",
  "What to sign, by whom and for which use; cannot change later.",
  {
    request: required(1, bytes, "The signing request in PEM form (PKCS#10), base64-encoded."),
    signerName: required(
      7,
      string,
      "Signer that should issue the certificate, such as kubernetes.io/kube-apiserver-client.",
    ),
    expirationSeconds: pointer(8, int32, "Wanted lifetime in seconds, at least 600; the signer may choose otherwise."),
    usages: optional(
      5,
      atomicList(
        oneOf(
          "signing",
          "digital signature",
          "content commitment",
          "key encipherment",
          "key agreement",
          "data encipherment",
          "cert sign",
          "crl sign",
          "encipher only",
          "decipher only",
          "any",
          "server auth",
          "client auth",
          "code signing",
          "email protection",
          "s/mime",
          "ipsec end system",
          "ipsec tunnel",
          "ipsec user",
          "timestamping",
          "ocsp signing",
          "microsoft sgc",
          "netscape sgc",
        ),
      ),
      "What the key may be used for, such as client auth or server auth.",
    ),
    username: optional(2, string, "Who made the request; filled in by the server."),
    uid: optional(3, string, "Unique identifier of whoever made the request; filled in by the server."),
    groups: optional(4, atomicList(string), "Groups of whoever made the request; filled in by the server."),
    extra: optional(
      6,
      map(list(string), { wrapper: "k8s.io.api.certificates.v1.ExtraValue" }),
      "Further login facts about the requester; filled in by the server.",
    ),
  },
);
export interface CertificateSigningRequestSpec extends Infer<typeof CertificateSigningRequestSpec> {}

export const CertificateSigningRequestCondition = message(
  "io.k8s.api.certificates.v1.CertificateSigningRequestCondition",
  "One decision about the request: approved, denied or failed.",
  {
    type: required(
      1,
      known("Approved", "Denied", "Failed"),
      "Which decision this is; Approved and Denied cannot both be present.",
    ),
    status: required(6, known("True", "False", "Unknown"), "Always True for Approved, Denied and Failed."),
    reason: optional(2, string, "Short word telling why the decision was made."),
    message: optional(3, string, "Explanation of the decision for people."),
    lastUpdateTime: optional(4, time, "When this entry was last changed.", { always: true }),
    lastTransitionTime: optional(5, time, "When the status of this entry last changed.", { always: true }),
  },
);
export interface CertificateSigningRequestCondition extends Infer<typeof CertificateSigningRequestCondition> {}

export const CertificateSigningRequestStatus = message(
  "io.k8s.api.certificates.v1.CertificateSigningRequestStatus",
  "The decision on the request and the certificate issued.",
  {
    conditions: optional(
      1,
      mapList(CertificateSigningRequestCondition, "type"),
      "Decisions made so far; once approved or denied, that stays.",
    ),
    certificate: optional(2, bytes, "Issued certificate chain in PEM form, base64-encoded; absent until signed."),
  },
);
export interface CertificateSigningRequestStatus extends Infer<typeof CertificateSigningRequestStatus> {}

export const CertificateSigningRequest = topLevel(
  "io.k8s.api.certificates.v1.CertificateSigningRequest",
  "Asks a signer for a certificate, which is issued after approval.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, CertificateSigningRequestSpec, "What is wanted."),
    status: struct(3, CertificateSigningRequestStatus, "What was last observed; written by the system."),
  },
);
export interface CertificateSigningRequest extends Infer<typeof CertificateSigningRequest> {}
