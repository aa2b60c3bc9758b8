import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import { ensureCertificates, leafPlans, type CertificateNames } from "./certificates.ts";
import { Problem } from "#cluster/problem.ts";

const names: CertificateNames = {
  nodeName: "nodea",
  hostName: "hosta",
  hostAddresses: ["192.0.2.7", "2001:db8::7"],
  apiAddresses: ["10.96.0.1", "10.244.0.1"],
  clusterDomain: "cluster.local",
};
const day = 86_400_000;

function setUp(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), "pki-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const pki = join(directory, "pki");
  const clock = new VirtualClock();
  const ensure = (changed?: Partial<CertificateNames>) =>
    ensureCertificates(pki, { ...names, ...changed }, { clock, random: seededRandom(1) });
  const certificate = (name: string): X509Certificate => new X509Certificate(readFileSync(join(pki, `${name}.crt`)));
  return { pki, clock, ensure, certificate };
}

test("every certificate has its subject, purpose and names, and its authority signed it", async (t) => {
  const { pki, ensure, certificate } = setUp(t);
  const { renewed } = await ensure();
  assert.equal(renewed.length, 12);
  const authority = certificate("ca");
  assert.equal(authority.ca, true);
  const plans = leafPlans(names);
  for (const plan of plans) {
    const leaf = certificate(plan.file);
    assert.ok(leaf.verify(certificate(plan.authority).publicKey), plan.file);
    assert.equal(leaf.ca, false);
    const organization = plan.request.organization === undefined ? "" : `O=${plan.request.organization}\n`;
    assert.equal(leaf.subject, `${organization}CN=${plan.request.commonName}`);
    assert.ok(leaf.checkPrivateKey(createPrivateKey(readFileSync(join(pki, `${plan.file}.key`)))));
  }
  const [serverAuth, clientAuth] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
  assert.deepEqual(certificate("apiserver").keyUsage, [serverAuth]);
  assert.deepEqual(certificate("admin").keyUsage, [clientAuth]);
  const api = certificate("apiserver");
  for (const name of ["localhost", "hosta", "kubernetes.default.svc.cluster.local"])
    assert.ok(api.checkHost(name), name);
  for (const ip of ["127.0.0.1", "::1", "10.96.0.1", "192.0.2.7", "2001:db8::7"]) assert.ok(api.checkIP(ip), ip);
  assert.equal(api.checkIP("192.0.2.8"), undefined);
});

test("keys are readable by their owner only", async (t) => {
  const { pki, ensure } = setUp(t);
  await ensure();
  for (const file of readdirSync(pki).filter((f) => f.endsWith(".key")))
    assert.equal(statSync(join(pki, file)).mode & 0o777, 0o600, file);
  assert.equal(statSync(join(pki, "ca.crt")).mode & 0o777, 0o644, "anybody may ask the API whether it is ready");
  const publicKey = createPublicKey(readFileSync(join(pki, "sa.key")));
  assert.ok(publicKey.equals(createPublicKey(readFileSync(join(pki, "sa.pub")))));
});

test("renewal: nothing while good, leaves before their end, names when they changed, authorities keep their key", async (t) => {
  const { pki, clock, ensure, certificate } = setUp(t);
  const first = await ensure();
  assert.equal(Math.round((first.renewAt - clock.now()) / day), 243);
  assert.deepEqual((await ensure()).renewed, []);

  assert.deepEqual((await ensure({ hostAddresses: ["198.51.100.9"] })).renewed.toSorted(), ["apiserver", "kubelet"]);
  assert.deepEqual((await ensure({ hostAddresses: [] })).renewed, [], "a name too many is no reason");

  const authorityBefore = certificate("ca");
  clock.moveTo(first.renewAt + 1);
  const due = await ensure();
  assert.ok(due.renewed.includes("admin") && !due.renewed.includes("ca") && !due.renewed.includes("sa"));

  const oldAdmin = certificate("admin");
  clock.moveTo(clock.now() + 2500 * day);
  assert.ok((await ensure()).renewed.includes("ca"));
  assert.ok(certificate("ca").publicKey.equals(authorityBefore.publicKey));
  assert.ok(oldAdmin.verify(certificate("ca").publicKey), "what the old authority signed stays valid");
  assert.deepEqual(
    readdirSync(pki).filter((f) => f.includes("tmp")),
    [],
  );
});

test("a lost leaf is made again, a lost authority key is damage", async (t) => {
  const { pki, ensure } = setUp(t);
  await ensure();
  rmSync(join(pki, "scheduler.key"));
  assert.deepEqual((await ensure()).renewed, ["scheduler"]);
  rmSync(join(pki, "ca.key"));
  await assert.rejects(ensure(), (error) => error instanceof Problem && error.why.includes("ca.key"));
});
