// The cluster's keys and certificates: which there are (pure), and making them or renewing them in the pki directory.
// A leaf is renewed when less than a third of its life is left or its names changed; authorities keep their key for
// ever, so whatever trusts the cluster today trusts it after every renewal.
import { generateKeyPair, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import { Problem } from "#cluster/problem.ts";
import { writeWhole } from "#cluster/registry.ts";
import { createKey, issue, keyPem, readKey, type Authority, type CertificateRequest } from "./x509.ts";

export interface CertificateNames {
  readonly nodeName: string;
  readonly hostName: string;
  /** The machine's own addresses without loopback. */
  readonly hostAddresses: readonly string[];
  /** Further addresses the API answers on: its Service's, the pod gateway. */
  readonly apiAddresses: readonly string[];
  readonly clusterDomain: string;
}

type AuthorityName = "ca" | "front-proxy-ca";
export interface LeafPlan {
  /** Without the endings .crt and .key. */
  readonly file: string;
  readonly authority: AuthorityName;
  readonly request: Omit<CertificateRequest, "notBefore" | "notAfter">;
}

export const authorityNames: Readonly<Record<AuthorityName, string>> = {
  ca: "timonier-ca",
  "front-proxy-ca": "timonier-front-proxy-ca",
};

const day = 86_400_000;
const authorityLifeMs = 3650 * day;
const leafLifeMs = 365 * day;
/** Certificates count from a little earlier, for clients whose clock is behind. */
const slackMs = 3_600_000;
/** A leaf is renewed once less than this part of its life is left. */
const leastRest = 1 / 3;

const client = (file: string, commonName: string, organization?: string): LeafPlan => ({
  file,
  authority: "ca",
  request: { commonName, ...(organization === undefined ? {} : { organization }), usages: ["clientAuth"] },
});

export function leafPlans(names: CertificateNames): readonly LeafPlan[] {
  const service = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  const unique = (values: readonly string[]): string[] => [...new Set(values)];
  const node = `system:node:${names.nodeName}`;
  return [
    {
      file: "apiserver",
      authority: "ca",
      request: {
        commonName: "kube-apiserver",
        usages: ["serverAuth"],
        dnsNames: unique([...service, `${service[2]}.${names.clusterDomain}`, "localhost", names.hostName]),
        addresses: unique(["127.0.0.1", "::1", ...names.apiAddresses, ...names.hostAddresses]),
      },
    },
    {
      file: "kubelet",
      authority: "ca",
      request: {
        commonName: node,
        organization: "system:nodes",
        usages: ["serverAuth"],
        dnsNames: unique([names.nodeName, names.hostName, "localhost"]),
        addresses: unique(["127.0.0.1", "::1", ...names.hostAddresses]),
      },
    },
    client("admin", "kubernetes-admin", "system:masters"),
    client("apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters"),
    client("kubelet-client", node, "system:nodes"),
    client("controller-manager", "system:kube-controller-manager"),
    client("scheduler", "system:kube-scheduler"),
    client("kube-proxy", "system:kube-proxy"),
    { ...client("front-proxy-client", "front-proxy-client"), authority: "front-proxy-ca" },
  ];
}

/** Why a certificate must be made anew; undefined: it is good. `now`: milliseconds since the epoch. */
export function reasonToRenew(
  certificate: X509Certificate,
  authority: X509Certificate,
  plan: LeafPlan,
  now: number,
): string | undefined {
  if (!certificate.verify(authority.publicKey)) return "another authority signed it";
  const rest = certificate.validToDate.getTime() - now;
  const life = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
  if (rest < life * leastRest) return "its life is nearly over";
  const wanted = [...(plan.request.dnsNames ?? []), ...(plan.request.addresses ?? [])].map(normalName);
  const present = new Set(
    (certificate.subjectAltName?.split(", ") ?? []).map((n) => normalName(n.replace(/^[^:]*:/, ""))),
  );
  const missing = wanted.filter((name) => !present.has(name));
  if (missing.length > 0) return `it lacks ${missing.join(", ")}`;
  return undefined;
}

/** One spelling for each address, so that "::1" equals "0:0:0:0:0:0:0:1". */
function normalName(name: string): string {
  if (isIP(name) !== 6) return name.toLowerCase();
  return new URL(`http://[${name}]`).hostname;
}

export interface CertificateOutcome {
  /** Files (without ending) that were made or renewed; empty: everything was good. */
  readonly renewed: readonly string[];
  /** When the first certificate should be renewed, milliseconds since the epoch. */
  readonly renewAt: number;
}

interface Sources {
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes what is missing in `pki` and renews what is due. Throws Problem when the directory lost its authorities. */
export async function ensureCertificates(
  pki: string,
  names: CertificateNames,
  sources: Sources,
): Promise<CertificateOutcome> {
  if (!existsSync(pki)) {
    // Whole or not at all: a directory without its authorities would look damaged.
    const making = `${pki}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true, mode: 0o711 }); // certificates are public, keys have modes of their own
    const outcome = await makeAll(making, names, sources);
    renameSync(making, pki);
    return outcome;
  }
  for (const file of ["ca.crt", "ca.key", "front-proxy-ca.crt", "front-proxy-ca.key", "sa.key", "sa.pub"])
    if (!existsSync(join(pki, file)))
      throw new Problem("the data directory is damaged", {
        why: `${join(pki, file)} is missing, and nothing the cluster has signed can be trusted without it`,
        remedy: "restore the file from a backup, or start over: timonier delete, then timonier up",
      });
  return makeAll(pki, names, sources);
}

async function makeAll(pki: string, names: CertificateNames, sources: Sources): Promise<CertificateOutcome> {
  const renewed: string[] = [];
  const makeChain = async (name: AuthorityName): Promise<number[]> => {
    const issuer = await ensureAuthority(pki, name, sources);
    if (issuer.made) renewed.push(name);
    const plans = leafPlans(names).filter((plan) => plan.authority === name);
    const leaves = await Promise.all(
      plans.map(async (plan) => ({ plan, ...(await ensureLeaf(pki, plan, issuer, sources)) })),
    );
    renewed.push(...leaves.filter((leaf) => leaf.made).map((leaf) => leaf.plan.file));
    return leaves.map((leaf) => leaf.renewAt);
  };
  const makeSigningKeys = async (): Promise<number[]> => {
    if (existsSync(join(pki, "sa.key"))) return [];
    await createSigningKeys(pki);
    renewed.push("sa");
    return [];
  };
  const renewAt = await Promise.all([makeSigningKeys(), makeChain("ca"), makeChain("front-proxy-ca")]);
  return { renewed, renewAt: Math.min(...renewAt.flat()) };
}

const renewalTime = (certificate: X509Certificate): number => {
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  return to - (to - from) * leastRest;
};

async function ensureAuthority(
  pki: string,
  name: AuthorityName,
  { clock, random }: Sources,
): Promise<{ authority: Authority; certificate: X509Certificate; made: boolean }> {
  const commonName = authorityNames[name];
  const [certificateFile, keyFile] = [join(pki, `${name}.crt`), join(pki, `${name}.key`)];
  const old = existsSync(certificateFile) ? new X509Certificate(readFileSync(certificateFile)) : undefined;
  const key = old ? readKey(readFileSync(keyFile, "utf8")) : await createKey();
  const authority = { commonName, key };
  if (old && clock.now() < renewalTime(old)) return { authority, certificate: old, made: false };
  const request = { commonName, notBefore: clock.now() - slackMs, notAfter: clock.now() + authorityLifeMs };
  const certificate = await issue(request, key, undefined, random);
  if (!old) writeWhole(keyFile, keyPem(key), 0o600);
  writeWhole(certificateFile, certificate, 0o644);
  return { authority, certificate: new X509Certificate(certificate), made: true };
}

async function ensureLeaf(
  pki: string,
  plan: LeafPlan,
  issuer: { authority: Authority; certificate: X509Certificate },
  { clock, random }: Sources,
): Promise<{ made: boolean; renewAt: number }> {
  const [certificateFile, keyFile] = [join(pki, `${plan.file}.crt`), join(pki, `${plan.file}.key`)];
  if (existsSync(certificateFile) && existsSync(keyFile)) {
    const old = new X509Certificate(readFileSync(certificateFile));
    const good =
      !reasonToRenew(old, issuer.certificate, plan, clock.now()) &&
      old.checkPrivateKey(readKey(readFileSync(keyFile, "utf8")));
    if (good) return { made: false, renewAt: renewalTime(old) };
  }
  const key = await createKey();
  // A leaf must not outlive its authority.
  const notAfter = Math.min(clock.now() + leafLifeMs, issuer.certificate.validToDate.getTime());
  const request = { ...plan.request, notBefore: clock.now() - slackMs, notAfter };
  const certificate = await issue(request, key, issuer.authority, random);
  writeWhole(keyFile, keyPem(key), 0o600);
  writeWhole(certificateFile, certificate, 0o644);
  return { made: true, renewAt: renewalTime(new X509Certificate(certificate)) };
}

/** RSA: a token is verified far more often than it is signed, and RSA verifies three times as fast as P-256. */
async function createSigningKeys(pki: string): Promise<void> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  writeWhole(join(pki, "sa.pub"), publicKey.export({ type: "spki", format: "pem" }), 0o644);
  writeWhole(join(pki, "sa.key"), keyPem(privateKey), 0o600);
}
