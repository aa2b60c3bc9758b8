import { test } from "node:test";
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import { createCertificateSigner } from "./certificate-signer.ts";
import { createKey, issue, signingAlgorithm } from "./x509.ts";

test("a request is read and signed; one that its key did not sign is refused", async () => {
  const clock = new VirtualClock();
  const key = await createKey();
  const life = { notBefore: clock.now(), notAfter: clock.now() + 3_600_000 };
  const ca = await issue({ commonName: "ca", ...life }, key, undefined, seededRandom(1));
  const signer = createCertificateSigner({ commonName: "ca", key }, clock, seededRandom(2));
  const { x509 } = await import("./x509-library.ts");
  const keys = await crypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: "O=system:nodes,CN=system:node:n1",
    keys,
    signingAlgorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "n1" },
        { type: "ip", value: "10.0.0.1" },
      ]),
    ],
  });
  const pem = request.toString("pem");
  const identity = await signer.inspect(pem);
  assert.deepEqual(identity, {
    commonName: "system:node:n1",
    organizations: ["system:nodes"],
    dnsNames: ["n1"],
    addresses: ["10.0.0.1"],
    emails: [],
    uris: [],
  });
  const signed = new X509Certificate(
    await signer.sign(pem, { usages: ["digital signature", "server auth"], notAfter: life.notAfter }),
  );
  assert.ok(signed.verify(new X509Certificate(ca).publicKey));
  assert.equal(signed.subject, "O=system:nodes\nCN=system:node:n1");
  assert.equal(signed.subjectAltName, "DNS:n1, IP Address:10.0.0.1");
  assert.deepEqual(signed.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assert.equal(Date.parse(signed.validTo), life.notAfter);
  const bytes = Buffer.from(request.rawData);
  bytes[bytes.length - 5]! ^= 1;
  const forged = new x509.Pkcs10CertificateRequest(bytes).toString("pem");
  await assert.rejects(signer.sign(forged, { usages: [], notAfter: life.notAfter }), /signature/);
});
