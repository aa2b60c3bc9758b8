// A registry on loopback that serves OCI archives, as much of the distribution protocol as a pull needs. containerd is
// led to it by a hosts.toml for every registry, so that stock names work without the internet.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { extract } from "tar-stream";

interface Served {
  readonly mediaType: string;
  readonly digest: string;
  readonly data: Buffer;
}
interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly mediaType: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

export interface TestRegistry extends AsyncDisposable {
  readonly port: number;
  /** Adds the image of an OCI archive under its own name. */
  add(archive: string): Promise<void>;
  /** Sends containerd's pulls here; `certsDir` is its registry configuration folder. */
  serveAll(certsDir: string): void;
  /** How many manifests were asked for. */
  readonly pulls: number;
}

async function filesOf(archive: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const reader = extract();
  reader.end(await readFile(archive));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}
/** "library/nginx" and "latest" of docker.io/library/nginx:latest. */
function splitName(name: string): { repository: string; tag: string } {
  const path = name.slice(name.indexOf("/") + 1);
  const colon = path.lastIndexOf(":");
  return { repository: path.slice(0, colon), tag: path.slice(colon + 1) };
}

export async function startTestRegistry(): Promise<TestRegistry> {
  const served = new Map<string, Served>();
  let pulls = 0;
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    if (path === "/v2/" || path === "/v2") return response.end("{}");
    const found = served.get(path);
    if (!found) {
      response.statusCode = 404;
      return response.end(JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] }));
    }
    if (path.includes("/manifests/") && request.method === "GET") pulls++;
    response.writeHead(200, {
      "content-type": found.mediaType,
      "content-length": found.data.length,
      "docker-content-digest": found.digest,
    });
    return response.end(request.method === "HEAD" ? undefined : found.data);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get pulls() {
      return pulls;
    },
    async add(archive) {
      const files = await filesOf(archive);
      const { manifests } = JSON.parse(files.get("index.json")!.toString()) as Index;
      const manifest = manifests[0]!;
      const { repository, tag } = splitName(manifest.annotations!["io.containerd.image.name"]!);
      for (const [name, data] of files) {
        const digest = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
        if (!digest) continue;
        served.set(`/v2/${repository}/blobs/sha256:${digest}`, {
          mediaType: "application/octet-stream",
          digest: `sha256:${digest}`,
          data,
        });
        if (`sha256:${digest}` !== manifest.digest) continue;
        for (const reference of [tag, manifest.digest])
          served.set(`/v2/${repository}/manifests/${reference}`, {
            mediaType: manifest.mediaType,
            digest: manifest.digest,
            data,
          });
      }
    },
    serveAll(certsDir) {
      const dir = join(certsDir, "_default");
      mkdirSync(dir, { recursive: true });
      const url = `http://127.0.0.1:${port}`;
      writeFileSync(
        join(dir, "hosts.toml"),
        `server = "${url}"\n[host."${url}"]\n  capabilities = ["pull", "resolve"]\n`,
      );
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
