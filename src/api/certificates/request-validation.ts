// Rules for certificate requests: what is asked for, and who may write which part of the answer. A decision is added
// through approval, a certificate through status; both stay for good.
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from "#api/field-error.ts";
import { validateSignerName } from "#api/core/pod-rules/signer-names.ts";
import { sameValue, unique } from "#api/meta/checks.ts";
import { valueDiff } from "#api/meta/value-diff.ts";
import { certificateProblem, requestProblem } from "./pem.ts";
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
  CertificateSigningRequestSpec,
} from "./schema.ts";

/** What a write may do. */
interface Options {
  readonly issues?: boolean;
  readonly decides?: boolean;
}
const usages = [
  "any",
  "cert sign",
  "client auth",
  "code signing",
  "content commitment",
  "crl sign",
  "data encipherment",
  "decipher only",
  "digital signature",
  "email protection",
  "encipher only",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "key agreement",
  "key encipherment",
  "microsoft sgc",
  "netscape sgc",
  "ocsp signing",
  "s/mime",
  "server auth",
  "signing",
  "timestamping",
];
const legacySigner = "kubernetes.io/legacy-unknown";
const minSeconds = 600;
const conditionsField = "status.conditions";

export function validateRequest(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest | undefined,
  options: Options,
): FieldError[] {
  const found: FieldError[] = [];
  validateSpec(found, "spec", request.spec, old?.spec);
  const before = old?.status.conditions ?? [];
  validateConditions(found, conditionsField, request.status.conditions ?? [], before);
  const { certificate = "" } = request.status;
  if (certificate !== (old?.status.certificate ?? "")) {
    const problem = certificateProblem(certificate);
    if (problem) found.push(invalidValue("status.certificate", "<certificate data>", problem));
  }
  if (old) validateChange(found, request, old, options);
  return found;
}
function validateSpec(
  found: FieldError[],
  field: string,
  spec: CertificateSigningRequestSpec,
  old: CertificateSigningRequestSpec | undefined,
): void {
  const { request = "", signerName = "", expirationSeconds: seconds } = spec;
  const asked = spec.usages ?? [];
  const problem = requestProblem(request);
  if (problem) found.push(invalidValue(`${field}.request`, request, problem));
  if (asked.length === 0) found.push(requiredValue(`${field}.usages`));
  for (const [i, usage] of asked.entries())
    if (!usages.includes(usage)) found.push(notSupported(`${field}.usages[${i}]`, usage, usages));
  unique(found, asked, (i) => `${field}.usages[${i}]`);
  if (signerName === legacySigner && old?.signerName !== legacySigner) {
    const text = "the legacy signerName is not allowed via this API version";
    found.push(invalidValue(`${field}.signerName`, signerName, text));
  } else validateSignerName(found, `${field}.signerName`, signerName);
  if (seconds !== undefined && seconds < minSeconds) {
    const text = "may not specify a duration less than 600 seconds (10 minutes)";
    found.push(invalidValue(`${field}.expirationSeconds`, seconds, text));
  }
}

type Conditions = readonly CertificateSigningRequestCondition[];
const alwaysTrue = ["Approved", "Denied", "Failed"];
const contradicts = (conditions: Conditions): boolean =>
  ["Approved", "Denied"].every((type) => conditions.some((condition) => condition.type === type));
function validateConditions(found: FieldError[], field: string, conditions: Conditions, before: Conditions): void {
  const exclusive = !contradicts(before);
  const seen = new Set<string>();
  for (const [i, { type = "", status }] of conditions.entries()) {
    if (!type) found.push(requiredValue(`${field}[${i}].type`));
    const statuses = alwaysTrue.includes(type) ? ["True"] : ["False", "True", "Unknown"];
    if (!status) found.push(requiredValue(`${field}[${i}].status`));
    else if (!statuses.includes(status)) found.push(notSupported(`${field}[${i}].status`, status, statuses));
    const opposite = { Approved: "Denied", Denied: "Approved" }[type];
    if (exclusive && opposite && seen.has(opposite))
      found.push(invalidValue(field, type, "Approved and Denied conditions are mutually exclusive"));
    if (seen.has(type)) found.push(duplicateValue(`${field}[${i}].type`, type));
    seen.add(type);
  }
}

function validateChange(
  found: FieldError[],
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  { issues, decides }: Options,
): void {
  const of = ({ status }: CertificateSigningRequest, type: string): Conditions =>
    (status.conditions ?? []).filter((condition) => condition.type === type);
  const refuse = (text: string): void => void found.push(forbiddenValue(conditionsField, text));
  for (const type of alwaysTrue)
    if (of(request, type).length < of(old, type).length) refuse(`updates may not remove a condition of type "${type}"`);
  for (const type of decides ? [] : ["Approved", "Denied"]) {
    const [now, before] = [of(request, type), of(old, type)];
    if (now.length > before.length) refuse(`updates may not add a condition of type "${type}"`);
    else if (now.length === before.length && !sameValue(now, before))
      refuse(`updates may not modify a condition of type "${type}"\n${valueDiff(before, now)}`);
  }
  const [now, before] = [request.status.certificate ?? "", old.status.certificate ?? ""];
  if (now === before) return;
  if (!issues) found.push(forbiddenValue("status.certificate", "updates may not set certificate content"));
  else if (before)
    found.push(forbiddenValue("status.certificate", "updates may not modify existing certificate content"));
}
