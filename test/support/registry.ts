// A registry for pulls in tests: serves the images of OCI archives over HTTP on loopback, under any registry's name.
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TestRegistry extends AsyncDisposable {
  /** host:port */
  readonly address: string;
  /** The text of a hosts.toml that sends pulls here. */
  readonly hostsToml: string;
}
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `archives` by repository and tag, for example "library/busybox:latest". */
export async function startTestRegistry(archives: Readonly<Record<string, string>>): Promise<TestRegistry> {
  const dir = mkdtempSync(join(tmpdir(), "registry-"));
  const tags = new Map<string, Descriptor>();
  for (const [name, archive] of Object.entries(archives)) {
    execFileSync("tar", ["-xf", archive, "-C", dir]);
    const index = JSON.parse(readFileSync(join(dir, "index.json"), "utf8")) as { manifests: Descriptor[] };
    tags.set(name, index.manifests[0]!);
  }
  const blob = (digest: string): string => join(dir, "blobs", digest.replace(":", "/"));
  const send = (response: ServerResponse, method: string, digest: string, mediaType: string): void => {
    if (!existsSync(blob(digest))) return void response.writeHead(404).end();
    const headers = {
      "content-type": mediaType,
      "content-length": statSync(blob(digest)).size,
      "docker-content-digest": digest,
    };
    response.writeHead(200, headers);
    if (method === "HEAD") response.end();
    else createReadStream(blob(digest)).pipe(response);
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://registry").pathname;
    const [, repository = "", kind = "", ref = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    if (path === "/v2/") return void response.writeHead(200).end("{}");
    if (kind === "blobs") return send(response, request.method!, ref, "application/octet-stream");
    const known = [...tags].find(([name, m]) => name === `${repository}:${ref}` || m.digest === ref)?.[1];
    if (kind === "manifests" && known) return send(response, request.method!, known.digest, known.mediaType);
    response.writeHead(404, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    hostsToml: `server = "http://${address}"\n[host."http://${address}"]\n  capabilities = ["pull", "resolve"]\n`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
