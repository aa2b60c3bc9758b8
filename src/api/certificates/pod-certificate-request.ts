// PodCertificateRequest: asks a signer for a certificate that names one pod. The answer is given once.
import { invalidValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { immutableText, sameValue } from "#api/meta/checks.ts";
import { labelsText, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import { validateAnswer } from "./pod-certificate-answer.ts";
import { validatePodRequest } from "./pod-request-validation.ts";
import { PodCertificateRequestSpec, PodCertificateRequest as schema } from "./preview-schema.ts";

const states = ["Issued", "Denied", "Failed"];

export interface PodCertificateRequest extends Infer<typeof schema> {}
export const PodCertificateRequest = defineKind<PodCertificateRequest>({
  group: "certificates.k8s.io",
  version: "v1beta1",
  kind: "PodCertificateRequest",
  plural: "podcertificaterequests",
  scope: "Namespaced",
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("PodName", "The pod.", ({ spec }) => spec.podName),
    textColumn("ServiceAccountName", "What the pod runs as.", ({ spec }) => spec.serviceAccountName),
    textColumn("NodeName", "Where the pod runs.", ({ spec }) => spec.nodeName),
    textColumn("SignerName", "Who shall answer.", ({ spec }) => spec.signerName),
    textColumn(
      "State",
      "Pending, Issued, Denied or Failed.",
      ({ status }) => status.conditions?.findLast(({ type }) => states.includes(type))?.type ?? "Pending",
    ),
    textColumn(
      "UnverifiedUserAnnotations",
      "Words of the pod author to the signer.",
      ({ spec }) => labelsText(spec.unverifiedUserAnnotations),
      0,
    ),
  ],
  selectableFields: {
    "spec.signerName": ({ spec }) => spec.signerName,
    "spec.podName": ({ spec }) => spec.podName,
    "spec.nodeName": ({ spec }) => spec.nodeName,
  },
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validateCreate: ({ spec }) => validatePodRequest(spec),
    validateUpdate({ spec }, old) {
      const shown = goStruct(PodCertificateRequestSpec, spec);
      return sameValue(spec, old.spec) ? [] : [invalidValue("spec", shown, immutableText)];
    },
    validateStatusUpdate: validateAnswer,
  },
  unconditionalUpdate: false,
  hasGeneration: false,
});
