// Rules for a signer's answer to a pod: it is given once; a certificate must be for the key that was asked for and live
// as long as its status says. That its start is near the present is for whoever knows the time.
import { X509Certificate, type KeyObject } from "node:crypto";
import { type FieldError, invalidPart, invalidValue, notSupported, requiredValue, tooLong } from "#api/field-error.ts";
import { parseTime } from "#api/time.ts";
import { sameValue } from "#api/meta/checks.ts";
import { validateConditions } from "#api/meta/label-selector-validation.ts";
import { pemBlocks, readRequest } from "./pem.ts";
import { publicKeyOf } from "./pod-request-validation.ts";
import type { PodCertificateRequest } from "./preview-schema.ts";

const outcomes = ["Issued", "Denied", "Failed"];
const maxChainBytes = 100 * 1024;
const minuteMs = 60_000;
const chainField = "status.certificateChain";

type Status = PodCertificateRequest["status"];
const outcomeOf = ({ conditions }: Status): string | undefined =>
  conditions?.find(({ type, status }) => outcomes.includes(type) && status === "True")?.type;

export function validateAnswer(request: PodCertificateRequest, old: PodCertificateRequest): FieldError[] {
  const { status } = request;
  const found = conditionProblems(status);
  if (found.length > 0) return found;
  const mustBe = (wanted: Status, text: string): FieldError[] =>
    sameValue(status, wanted) ? [] : [invalidPart("status", text)];
  if (outcomeOf(old.status))
    return mustBe(old.status, "immutable after PodCertificateRequest is issued, denied, or failed");
  const outcome = outcomeOf(status);
  if (outcome === "Issued") return certificateProblems(request, old);
  if (outcome)
    return mustBe(
      { conditions: status.conditions! },
      "non-condition status fields must be empty when denying or failing the PodCertificateRequest",
    );
  return mustBe(old.status, 'status is immutable unless transitioning to "Issued", "Denied", or "Failed"');
}
function conditionProblems({ conditions = [] }: Status): FieldError[] {
  const found: FieldError[] = [];
  let known = 0;
  for (const [i, { type, status }] of conditions.entries()) {
    const field = `status.conditions.[${i}]`;
    if (!outcomes.includes(type)) {
      found.push(notSupported(`${field}.type`, type, outcomes));
      continue;
    }
    const text = 'There may be at most one condition with type "Issued", "Denied", or "Failed"';
    if (++known > 1) found.push(invalidValue(`${field}.type`, type, text));
    if (status !== "True") found.push(notSupported(`${field}.status`, status, ["True"]));
  }
  validateConditions(found, "status.conditions", conditions);
  return found;
}

function certificateProblems(request: PodCertificateRequest, old: PodCertificateRequest): FieldError[] {
  const { certificateChain: chain = "" } = request.status;
  if (Buffer.byteLength(chain) > maxChainBytes) return [tooLong(chainField, maxChainBytes)];
  const refuse = (text: string): FieldError[] => [invalidValue(chainField, chain, text)];
  const [first, ...more] = pemBlocks(chain);
  if (!first) return refuse("issued certificate chain must contain at least one certificate");
  if (first.type !== "CERTIFICATE")
    return refuse("issued certificate chain must consist entirely of CERTIFICATE PEM blocks");
  const leaf = parseCertificate(first.der);
  if (!leaf) return refuse("leaf certificate does not parse as valid X.509");
  const key = askedKey(old);
  if (!key?.equals(leaf.publicKey)) return refuse("leaf certificate was not issued to the requested public key");
  const found = timeProblems(request, leaf);
  if (found.length > 0) return found;
  for (const block of more) {
    if (block.type !== "CERTIFICATE")
      return refuse("issued certificate chain must consist entirely of CERTFICATE PEM blocks");
    if (!parseCertificate(block.der)) return refuse("intermediate certificate does not parse as valid X.509");
  }
  return [];
}
function parseCertificate(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined; // the parser says no more than that
  }
}
const askedKey = ({ spec }: PodCertificateRequest): KeyObject | undefined =>
  spec.stubPKCS10Request
    ? readRequest(Buffer.from(spec.stubPKCS10Request, "base64"))?.key
    : publicKeyOf(spec.pkixPublicKey || "");

function timeProblems({ spec, status }: PodCertificateRequest, leaf: X509Certificate): FieldError[] {
  const found: FieldError[] = [];
  const { notBefore, notAfter, beginRefreshAt } = status;
  const withLeaf = "must be present and consistent with the issued certificate";
  if (!notBefore) found.push(requiredValue("status.notBefore", withLeaf));
  if (!notAfter) found.push(requiredValue("status.notAfter", withLeaf));
  const refresh = "must be present and in the range [notbefore+10min, notafter-10min]";
  if (!beginRefreshAt) found.push(requiredValue("status.beginRefreshAt", refresh));
  if (!notBefore || !notAfter || !beginRefreshAt) return found;
  const [from, until, again] = [parseTime(notBefore), parseTime(notAfter), parseTime(beginRefreshAt)];
  const [begins, ends] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
  const lifetimeSeconds = (ends - begins) / 1000;
  const max = spec.maxExpirationSeconds ?? 0;
  const same = (which: string): string => `must be set to the ${which} time encoded in the leaf certificate`;
  if (from !== begins) return [invalidValue("status.notBefore", notBefore, same("NotBefore"))];
  if (until !== ends) return [invalidValue("status.notAfter", notAfter, same("NotAfter"))];
  if (lifetimeSeconds < 3600)
    return [invalidValue(chainField, lifetimeSeconds, "leaf certificate lifetime must be >= 1 hour")];
  const tooOld = `leaf certificate lifetime must be <= spec.maxExpirationSeconds (${max})`;
  if (lifetimeSeconds > max) return [invalidValue(chainField, lifetimeSeconds, tooOld)];
  const early = "must be at least 10 minutes after status.notBefore";
  if (again < from + 10 * minuteMs) return [invalidValue("status.beginRefreshAt", beginRefreshAt, early)];
  const late = "must be at least 10 minutes before status.notAfter";
  return again > until - 10 * minuteMs ? [invalidValue("status.beginRefreshAt", beginRefreshAt, late)] : [];
}
