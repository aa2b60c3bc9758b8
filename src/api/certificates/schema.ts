// Wire types of certificates.

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

export const CertificateSigningRequestSpec = message("io.k8s.api.certificates.v1.CertificateSigningRequestSpec", "", {
  request: required(1, bytes, ""),
  signerName: required(7, string, ""),
  expirationSeconds: pointer(8, int32, ""),
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
    "",
  ),
  username: optional(2, string, ""),
  uid: optional(3, string, ""),
  groups: optional(4, atomicList(string), ""),
  extra: optional(6, map(list(string), { wrapper: "k8s.io.api.certificates.v1.ExtraValue" }), ""),
});
export interface CertificateSigningRequestSpec extends Infer<typeof CertificateSigningRequestSpec> {}

export const CertificateSigningRequestCondition = message(
  "io.k8s.api.certificates.v1.CertificateSigningRequestCondition",
  "",
  {
    type: required(1, known("Approved", "Denied", "Failed"), ""),
    status: required(6, known("True", "False", "Unknown"), "What was last observed; written by the system."),
    reason: optional(2, string, ""),
    message: optional(3, string, ""),
    lastUpdateTime: optional(4, time, ""),
    lastTransitionTime: optional(5, time, ""),
  },
);
export interface CertificateSigningRequestCondition extends Infer<typeof CertificateSigningRequestCondition> {}

export const CertificateSigningRequestStatus = message(
  "io.k8s.api.certificates.v1.CertificateSigningRequestStatus",
  "",
  {
    conditions: optional(1, mapList(CertificateSigningRequestCondition, "type"), ""),
    certificate: optional(2, bytes, ""),
  },
);
export interface CertificateSigningRequestStatus extends Infer<typeof CertificateSigningRequestStatus> {}

export const CertificateSigningRequest = topLevel("io.k8s.api.certificates.v1.CertificateSigningRequest", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, CertificateSigningRequestSpec, "What is wanted."),
  status: struct(3, CertificateSigningRequestStatus, "What was last observed; written by the system."),
});
export interface CertificateSigningRequest extends Infer<typeof CertificateSigningRequest> {}
