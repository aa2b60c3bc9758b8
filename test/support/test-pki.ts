// Certificates for tests that speak TLS: one authority, and leaves by name.
import { systemClock } from "#base/clock.ts";
import { systemRandom } from "#base/random.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";

export interface TestKeys {
  readonly cert: string;
  readonly key: string;
}
export interface TestPki {
  readonly ca: string;
  client(commonName: string, organization?: string): Promise<TestKeys>;
  /** For 127.0.0.1. */
  server(commonName: string): Promise<TestKeys>;
}

export async function createTestPki(): Promise<TestPki> {
  const now = systemClock.now();
  const validity = { notBefore: now - 3_600_000, notAfter: now + 3_600_000 };
  const authorityKey = await createKey();
  const commonName = "test-ca";
  const ca = await issue({ commonName, ...validity }, authorityKey, undefined, systemRandom);
  const leaf = async (request: Partial<Parameters<typeof issue>[0]> & { commonName: string }): Promise<TestKeys> => {
    const key = await createKey();
    const cert = await issue({ ...validity, ...request }, key, { commonName, key: authorityKey }, systemRandom);
    return { cert, key: keyPem(key) };
  };
  return {
    ca,
    client: (name, organization) =>
      leaf({ commonName: name, usages: ["clientAuth"], ...(organization ? { organization } : {}) }),
    server: (name) =>
      leaf({ commonName: name, usages: ["serverAuth"], addresses: ["127.0.0.1"], dnsNames: ["localhost"] }),
  };
}
