// Signs certificate requests (PKCS#10) with the cluster's authority, for the controllers that approve and sign
// CertificateSigningRequests. The library is loaded with the first request.
import type * as X509 from "@peculiar/x509";
import type { CertificateAuthority } from "#controllers/certificates/certificate-controllers.ts";
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import { importSigningKey, keyUsage, serialNumber, signingAlgorithm, type Authority } from "./x509.ts";

type Library = (typeof import("./x509-library.ts"))["x509"];
/** Clocks of other machines may be behind. */
const backdateMs = 5 * 60_000;

const extendedUsages: Readonly<
  Record<string, "serverAuth" | "clientAuth" | "codeSigning" | "emailProtection" | "timeStamping" | "ocspSigning">
> = {
  "server auth": "serverAuth",
  "client auth": "clientAuth",
  "code signing": "codeSigning",
  "email protection": "emailProtection",
  "s/mime": "emailProtection",
  timestamping: "timeStamping",
  "ocsp signing": "ocspSigning",
};

type Request = InstanceType<Library["Pkcs10CertificateRequest"]>;
const alternativeNames = (x509: Library, request: Request): X509.SubjectAlternativeNameExtension | undefined =>
  request.extensions.find((e) => e instanceof x509.SubjectAlternativeNameExtension);

async function readRequest(pem: string): Promise<{ x509: Library; request: Request }> {
  const { x509 } = await import("./x509-library.ts");
  const request = new x509.Pkcs10CertificateRequest(pem);
  if (!(await request.verify())) throw new Error("the signature of the certificate request is not that of its key");
  return { x509, request };
}

export function createCertificateSigner(authority: Authority, clock: Clock, random: Random): CertificateAuthority {
  return {
    async inspect(pem) {
      const { x509, request } = await readRequest(pem);
      const name = request.subjectName;
      const alternatives = alternativeNames(x509, request)?.names.items ?? [];
      const ofType = (...types: readonly string[]): string[] =>
        alternatives.filter((a) => types.includes(a.type)).map((a) => a.value);
      return {
        commonName: name.getField("CN")[0] ?? "",
        organizations: name.getField("O"),
        dnsNames: ofType("dns"),
        addresses: ofType("ip"),
        emails: ofType("email"),
        uris: ofType("url"),
      };
    },
    async sign(pem, { usages, notAfter }) {
      const { x509, request } = await readRequest(pem);
      const alternatives = alternativeNames(x509, request);
      const extended = usages.flatMap((usage) => {
        const known = extendedUsages[usage];
        return known ? [x509.ExtendedKeyUsage[known]] : [];
      });
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(random),
        subject: request.subject,
        issuer: [{ CN: [authority.commonName] }],
        notBefore: new Date(clock.now() - backdateMs),
        notAfter: new Date(notAfter),
        publicKey: request.publicKey,
        signingKey: await importSigningKey(authority.key),
        signingAlgorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(keyUsage(x509, usages), true),
          ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
          ...(alternatives ? [alternatives] : []),
        ],
      });
      return `${certificate.toString("pem")}\n`;
    },
  };
}
