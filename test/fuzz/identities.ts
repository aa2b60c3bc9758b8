// Users of a server process besides its administrator, who is exempt from flow control: with certificates of the cluster's
// own authority, and rights given by the administrator.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { systemRandom } from "#base/random.ts";
import { authorityNames } from "#cluster/pki/certificates.ts";
import { createKey, issue, keyPem, readKey } from "#cluster/pki/x509.ts";
import type { ServerKeys, ServerProcess } from "../support/server-process.ts";
import { Wire } from "./wire.ts";

export async function createUser(server: ServerProcess, name: string, clusterRole: string): Promise<ServerKeys> {
  const authorityKey = readKey(readFileSync(join(server.folder, "pki/ca.key"), "utf8"));
  const key = await createKey();
  const now = systemClock.now();
  const times = { notBefore: now - 60_000, notAfter: now + 3_600_000 };
  const authority = { commonName: authorityNames.ca, key: authorityKey };
  const cert = await issue({ commonName: name, usages: ["clientAuth"], ...times }, key, authority, systemRandom);
  await grant(server, name, clusterRole);
  return { ca: server.keys.ca, cert, key: keyPem(key) };
}
async function grant(server: ServerProcess, name: string, clusterRole: string): Promise<void> {
  using wire = new Wire(server);
  const binding = {
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole },
    subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name }],
  };
  const url = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
  const headers = { "content-type": "application/json" };
  const body = Buffer.from(JSON.stringify(binding));
  const answer = await wire.ask({ method: "POST", url, headers, body }, "HTTP/2");
  if (answer?.code !== 201) throw new Error(`no rights for ${name}: ${answer?.body.toString()}`);
}
