// Keys and certificates in P-256. The library is loaded only when a certificate has to be made.
import { createPrivateKey, createPublicKey, KeyObject, webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";
import type { Random } from "#base/random.ts";

export interface KeyAndCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}
export interface CertificateRequest {
  readonly commonName: string;
  readonly organization?: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  readonly usages?: readonly ("serverAuth" | "clientAuth")[];
}
export interface Authority {
  readonly commonName: string;
  readonly key: KeyObject;
}

export const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export async function createKey(): Promise<KeyObject> {
  const pair = await webcrypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
  return KeyObject.from(pair.privateKey);
}

export const keyPem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }) as string;
export const readKey = (pem: string): KeyObject => createPrivateKey(pem);

/** A private key for the library. */
export const importSigningKey = (key: KeyObject): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), signingAlgorithm, true, ["sign"]);
const webPublicKey = (key: KeyObject): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    "spki",
    createPublicKey(key.export({ type: "pkcs8", format: "pem" })).export({ type: "spki", format: "der" }),
    signingAlgorithm,
    true,
    ["verify"],
  );

/** Signs `key`'s certificate; without an issuer it is a self-signed authority. */
export async function issue(
  request: CertificateRequest,
  key: KeyObject,
  issuer: Authority | undefined,
  random: Random,
): Promise<string> {
  const { x509 } = await import("./x509-library.ts");
  const [publicKey, signingKey, issuerPublicKey] = await Promise.all([
    webPublicKey(key),
    importSigningKey(issuer?.key ?? key),
    webPublicKey(issuer?.key ?? key),
  ]);
  const usages = request.usages?.map((usage) => x509.ExtendedKeyUsage[usage]) ?? [];
  const names = [
    ...(request.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(request.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  const { KeyUsageFlags } = x509;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(random),
    subject: subject(request),
    issuer: [{ CN: [issuer?.commonName ?? request.commonName] }],
    notBefore: new Date(request.notBefore),
    notAfter: new Date(request.notAfter),
    publicKey,
    signingKey,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(!issuer, undefined, true),
      new x509.KeyUsagesExtension(
        issuer
          ? KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment
          : KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuerPublicKey),
      ...(usages.length > 0 ? [new x509.ExtendedKeyUsageExtension(usages)] : []),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

const subject = (request: CertificateRequest): X509.JsonName => [
  ...(request.organization === undefined ? [] : [{ O: [request.organization] }]),
  { CN: [request.commonName] },
];

/** 128 random bits, positive and without a leading zero byte. */
export function serialNumber(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString("hex");
}

const usageFlags: Readonly<Record<string, keyof typeof X509.KeyUsageFlags>> = {
  signing: "digitalSignature",
  "digital signature": "digitalSignature",
  "content commitment": "nonRepudiation",
  "key encipherment": "keyEncipherment",
  "data encipherment": "dataEncipherment",
  "key agreement": "keyAgreement",
  "cert sign": "keyCertSign",
  "crl sign": "cRLSign",
  "encipher only": "encipherOnly",
  "decipher only": "decipherOnly",
};
/** The key usage bits of a certificate request's usages. */
export const keyUsage = (x509: Pick<typeof X509, "KeyUsageFlags">, usages: readonly string[]): number =>
  usages.reduce((bits, usage) => {
    const flag = usageFlags[usage];
    return flag ? bits | x509.KeyUsageFlags[flag] : bits;
  }, 0);
