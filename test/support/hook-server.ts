// Servers that the API server calls: webhooks and other APIs, on loopback in the test's own process. To the cluster one
// is the Service default/hooks; its certificate is signed by an authority of its own.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { systemClock } from "#base/clock.ts";
import { systemRandom } from "#base/random.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";
import type { Rest, Wire } from "./rest.ts";

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  /** Undefined when there is none. */
  readonly body: Wire;
}
/** What is answered: JSON, and 200 unless said otherwise. Never resolving is a server that hangs. */
export type Answering = (asked: Asked) => unknown;
export interface HookServer extends AsyncDisposable {
  /** By the first segment of the path. */
  readonly answers: Map<string, Answering>;
  /** For a webhook at this path, which `answering` answers. */
  clientConfig(path: string, answering: Answering): object;
  readonly port: number;
  /** Base64 of the authority's certificate. */
  readonly caBundle: string;
}
/** An answer with another code than 200. */
export class Failing {
  readonly code: number;
  readonly body: object;
  constructor(code: number, body: object) {
    this.code = code;
    this.body = body;
  }
}
const name = "hooks";
const serviceReference = { namespace: "default", name };
const hourMs = 3_600_000;

async function certificates() {
  const validity = { notBefore: systemClock.now() - hourMs, notAfter: systemClock.now() + 24 * hourMs };
  const [caKey, key] = await Promise.all([createKey(), createKey()]);
  const authority = { commonName: "hooks-ca", key: caKey };
  const ca = await issue({ commonName: "hooks-ca", ...validity }, caKey, undefined, systemRandom);
  const leaf = { commonName: name, dnsNames: [`${name}.default.svc`], usages: ["serverAuth"] as const, ...validity };
  return { ca, cert: await issue(leaf, key, authority, systemRandom), key: keyPem(key) };
}
async function respond(answers: HookServer["answers"], request: IncomingMessage, response: ServerResponse) {
  const { method = "GET", url = "/", headers } = request;
  const hasBody = method !== "GET" && method !== "DELETE";
  const asked = { method, url, headers, body: hasBody ? await json(request) : undefined };
  const answering = answers.get(url.split(/[/?]/)[1] ?? "");
  const answer = answering ? await answering(asked) : new Failing(404, { message: `nothing at ${url}` });
  const [code, body] = answer instanceof Failing ? [answer.code, answer.body] : [200, answer];
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Creates its Service, too. */
export async function startHookServer(rest: Rest): Promise<HookServer> {
  const { ca, cert, key } = await certificates();
  const answers: HookServer["answers"] = new Map();
  const server = createServer({ key, cert }, (request, response) => {
    respond(answers, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await rest.post("/api/v1/namespaces/default/services", {
    metadata: { name },
    spec: { type: "ExternalName", externalName: "localhost" },
  });
  const caBundle = Buffer.from(ca).toString("base64");
  return {
    answers,
    port,
    caBundle,
    clientConfig(path, answering) {
      answers.set(path, answering);
      return { service: { ...serviceReference, path: `/${path}`, port }, caBundle };
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
