// CertificateApproval, CertificateSigning and CertificateSubjectRestriction: who may decide on requests to a signer and
// who may answer them, and that nobody asks for a certificate of the cluster's masters.
import { CertificateSigningRequest } from "#api/certificates/certificate-signing-request.ts";
import { requestOrganizations } from "#api/certificates/pem.ts";
import { deepEqual } from "#api/json.ts";
import type { Authorizer } from "#server/pipeline.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";
import { mayFor } from "./pod-certificates.ts";
import { refuse } from "./refuse.ts";

const apiServerClient = "kubernetes.io/kube-apiserver-client";
const masters = "system:masters";

const isUpdateOf =
  (subresource: string) =>
  (request: AdmissionRequest): boolean =>
    request.of === CertificateSigningRequest && request.subresource === subresource && request.operation === "UPDATE";

async function check(authorizer: Authorizer, request: AdmissionRequest, verb: "approve" | "sign"): Promise<void> {
  const { signerName } = (request.old as CertificateSigningRequest).spec;
  if (await mayFor(authorizer, request.user, verb, signerName)) return;
  throw refuse(request, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`);
}

export const certificateApproval = (authorizer: Authorizer): AdmissionPlugin => ({
  name: "CertificateApproval",
  concerns: isUpdateOf("approval"),
  validate: (request) => check(authorizer, request, "approve"),
});

export const certificateSigning = (authorizer: Authorizer): AdmissionPlugin => ({
  name: "CertificateSigning",
  concerns: isUpdateOf("status"),
  validate(request) {
    const { status: now } = request.object as unknown as CertificateSigningRequest;
    const { status: before } = request.old as CertificateSigningRequest;
    const isSame =
      now?.certificate === before?.certificate && deepEqual(now?.conditions ?? [], before?.conditions ?? []);
    return isSame ? undefined : check(authorizer, request, "sign");
  },
});

export const certificateSubjectRestriction: AdmissionPlugin = {
  name: "CertificateSubjectRestriction",
  concerns: ({ of, subresource, operation }) =>
    of === CertificateSigningRequest && subresource === "" && operation === "CREATE",
  validate(request) {
    const { spec } = request.object as unknown as CertificateSigningRequest;
    if (spec.signerName !== apiServerClient || !requestOrganizations(spec.request).includes(masters)) return;
    throw refuse(request, `use of ${apiServerClient} signer with ${masters} group is not allowed`);
  },
};
