// Rules for what a node asks of a signer for a pod: names, lifetime, and a key whose owner has shown that it has it.
import { constants, createPublicKey, verify, type KeyObject } from "node:crypto";
import { type FieldError, invalidPart, invalidValue, requiredValue, tooLong } from "#api/field-error.ts";
import { isKubernetesSigner, validateSignerName, validateUserAnnotations } from "#api/core/pod-rules/signer-names.ts";
import { dnsSubdomain } from "#api/meta/checks.ts";
import { readRequest } from "./pem.ts";
import type { PodCertificateRequestSpec } from "./preview-schema.ts";

const minSeconds = 3600;
const maxSeconds = 91 * 24 * 3600;
const maxKubernetesSeconds = 24 * 3600;
const maxUidLength = 128;
const maxPartBytes = 10 * 1024;

export function validatePodRequest(spec: PodCertificateRequestSpec): FieldError[] {
  const found: FieldError[] = [];
  validateSignerName(found, "spec.signerName", spec.signerName);
  validateUserAnnotations(found, "spec.unverifiedUserAnnotations", spec.unverifiedUserAnnotations);
  for (const [name, uid] of [
    ["podName", "podUID"],
    ["serviceAccountName", "serviceAccountUID"],
    ["nodeName", "nodeUID"],
  ] as const) {
    dnsSubdomain(found, `spec.${name}`, spec[name]);
    if (spec[uid] === "") found.push(invalidValue(`spec.${uid}`, "", "must not be empty"));
    if (spec[uid].length > maxUidLength) found.push(tooLong(`spec.${uid}`, maxUidLength));
  }
  const { maxExpirationSeconds: seconds } = spec;
  if (seconds === undefined) return [...found, requiredValue("spec.maxExpirationSeconds", "must be set")];
  const max = isKubernetesSigner(spec.signerName) ? maxKubernetesSeconds : maxSeconds;
  if (seconds < minSeconds || seconds > max)
    found.push(invalidValue("spec.maxExpirationSeconds", seconds, `must be in the range [${minSeconds}, ${max}]`));
  const problem = keyProblem(spec);
  return problem ? [...found, problem] : found;
}

const sizeOf = (base64: string): number => Buffer.from(base64, "base64").length;
function keyProblem(spec: PodCertificateRequestSpec): FieldError | undefined {
  const { stubPKCS10Request: request, podUID } = spec;
  // Bytes that are not given are null.
  const [key, proof] = [spec.pkixPublicKey || "", spec.proofOfPossession || ""];
  if (request && !key && !proof) return requestProblem(request);
  if (!request && key && proof) return proofProblem(key, proof, podUID);
  return invalidPart("spec", "exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set");
}
function requestProblem(base64: string): FieldError | undefined {
  const field = "spec.stubPKCS10Request";
  if (sizeOf(base64) > maxPartBytes) return tooLong(field, maxPartBytes);
  const request = readRequest(Buffer.from(base64, "base64"));
  if (!request) return invalidPart(field, "must be a valid PKCS#10 CSR");
  const curves = "elliptic public keys must use curve P256, P384, or P521";
  const problem = kindProblem(field, request.key, curves);
  if (problem) return problem;
  return request.isSigned ? undefined : invalidPart(field, "invalid signature");
}
function proofProblem(base64: string, proof: string, podUid: string): FieldError | undefined {
  const field = "spec.pkixPublicKey";
  if (sizeOf(base64) > maxPartBytes) return tooLong(field, maxPartBytes);
  if (sizeOf(proof) > maxPartBytes) return tooLong("spec.proofOfPossession", maxPartBytes);
  const key = publicKeyOf(base64);
  if (!key) return invalidValue(field, base64, "must be a valid PKIX-serialized public key");
  const problem = kindProblem(field, key, "elliptic public keys must use curve P256 or P384");
  if (problem) return problem;
  if (isProven(key, podUid, Buffer.from(proof, "base64"))) return undefined;
  return invalidPart("spec.proofOfPossession", "could not verify proof-of-possession signature");
}
/** Undefined: it is no public key. */
export function publicKeyOf(base64: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" });
  } catch {
    return undefined; // the parser says no more than that
  }
}

const goodCurves = ["prime256v1", "secp384r1", "secp521r1"];
const curveNames: Readonly<Record<string, string>> = { secp224r1: "P-224" };
const goodBits = [3072, 4096];
function kindProblem(field: string, key: KeyObject, curvesText: string): FieldError | undefined {
  const { namedCurve = "", modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return undefined;
    case "ec":
      if (goodCurves.includes(namedCurve)) return undefined;
      return invalidValue(field, `curve ${curveNames[namedCurve] ?? namedCurve}`, curvesText);
    case "rsa":
      if (goodBits.includes(modulusLength)) return undefined;
      return invalidValue(field, `${modulusLength}-bit modulus`, "RSA keys must have modulus size 3072 or 4096");
    default:
      return invalidPart(field, "unknown public key type; supported types are Ed25519, ECDSA, and RSA");
  }
}
function isProven(key: KeyObject, podUid: string, proof: Buffer): boolean {
  if (key.asymmetricKeyType === "ed25519") return verify(null, Buffer.from(podUid), key, proof);
  if (key.asymmetricKeyType === "ec") return verify("sha256", Buffer.from(podUid), key, proof);
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
  return verify("sha256", Buffer.from(podUid), { key, ...padding }, proof);
}
