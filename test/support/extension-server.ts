// An API server of its own for the tests of aggregation; runs inside a pod, so that it imports nothing of this
// repository. It trusts what the cluster tells it to trust, and asks the cluster what users may do.
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer, request } from "node:https";
import type { TLSSocket } from "node:tls";

type Json = Record<string, unknown>;
interface Review {
  readonly status?: {
    readonly allowed?: boolean;
    readonly authenticated?: boolean;
    readonly user?: { readonly username?: string; readonly groups?: readonly string[] };
  };
}
interface User {
  readonly name: string;
  readonly groups: readonly string[];
}
const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const ca = readFileSync(`${account}/ca.crt`);

function ask<T>(method: string, path: string, body?: Json): Promise<T> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${readFileSync(`${account}/token`, "utf8")}`,
      "content-type": "application/json",
    };
    const outgoing = request(`https://kubernetes.default.svc${path}`, { method, headers, ca }, (response) => {
      let text = "";
      response.on("data", (piece) => (text += String(piece)));
      response.on("end", () => resolve(JSON.parse(text) as T));
    });
    outgoing.on("error", reject);
    outgoing.end(body && JSON.stringify(body));
  });
}
const review = (group: string, kind: string, spec: Json): Promise<Review> =>
  ask("POST", `/apis/${group}/v1/${kind.toLowerCase()}s`, { apiVersion: `${group}/v1`, kind, spec });

const trust = await ask<{ readonly data: Readonly<Record<string, string>> }>(
  "GET",
  "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication",
);
const proxyNames = JSON.parse(trust.data["requestheader-allowed-names"]!) as string[];

/** From the proxy, whose certificate was checked, or by a token. */
async function userOf(incoming: IncomingMessage): Promise<User | undefined> {
  const socket = incoming.socket as TLSSocket;
  const headers = incoming.headersDistinct;
  if (socket.authorized && proxyNames.includes(String(socket.getPeerCertificate().subject.CN)))
    return { name: headers["x-remote-user"]![0]!, groups: headers["x-remote-group"] ?? [] };
  const token = incoming.headers.authorization?.replace("Bearer ", "");
  if (!token) return undefined;
  const { status } = await review("authentication.k8s.io", "TokenReview", { token });
  return status?.authenticated ? { name: status.user!.username!, groups: status.user!.groups ?? [] } : undefined;
}
async function mayRead({ name, groups }: User): Promise<boolean> {
  const resourceAttributes = { group: "readings.example.com", version: "v1", resource: "readings", verb: "list" };
  const spec = { user: name, groups, resourceAttributes };
  return (await review("authorization.k8s.io", "SubjectAccessReview", spec)).status?.allowed ?? false;
}

const reading = (name: string, user: User): Json => ({
  apiVersion: "readings.example.com/v1",
  kind: "Reading",
  metadata: { name },
  user: user.name,
});
const resources = {
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: "readings.example.com/v1",
  resources: [
    { name: "readings", singularName: "reading", namespaced: false, kind: "Reading", verbs: ["get", "list"] },
  ],
};
async function answer(incoming: IncomingMessage): Promise<readonly [code: number, body: Json]> {
  const { url = "" } = incoming;
  if (url === "/healthz") return [200, {}];
  const user = await userOf(incoming);
  if (!user) return [401, { kind: "Status", status: "Failure", code: 401, reason: "Unauthorized" }];
  if (url === "/apis/readings.example.com/v1") return [200, resources];
  if (!url.startsWith("/apis/readings.example.com/v1/readings"))
    return [404, { kind: "Status", apiVersion: "v1", status: "Failure", code: 404, reason: "NotFound" }];
  if (!(await mayRead(user)))
    return [403, { kind: "Status", apiVersion: "v1", status: "Failure", code: 403, message: `${user.name} may not` }];
  if (/\/readings\/./.test(url)) return [200, reading(url.split("/").at(-1)!, user)];
  return [200, { kind: "ReadingList", apiVersion: "readings.example.com/v1", items: [reading("a", user)] }];
}

const server = createServer(
  {
    key: readFileSync("/tls/tls.key"),
    cert: readFileSync("/tls/tls.crt"),
    ca: trust.data["requestheader-client-ca-file"]!,
    requestCert: true,
    rejectUnauthorized: false,
  },
  (incoming, response) => {
    if (incoming.url!.includes("watch=1")) {
      response.setHeader("content-type", "application/json");
      let count = 0;
      const timer = setInterval(() => {
        response.write(`${JSON.stringify({ type: "ADDED", object: { metadata: { name: `r${(count += 1)}` } } })}\n`);
        if (count === 3) response.end();
      }, 100);
      response.on("close", () => clearInterval(timer));
      return;
    }
    void answer(incoming).then(([code, body]) => {
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  },
);
// A pod may get a connection through to it that is already gone.
server.on("tlsClientError", () => undefined);
server.listen(8443);
process.on("SIGTERM", () => process.exit(0));
