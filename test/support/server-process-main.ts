// The child of server-process.ts: a whole server process (API server, controllers, scheduler, listener) on a port of the
// loopback, composed as `timonier server` composes it, with its files in the folder that it is told.
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { freePort } from "#base/free-port.fake.ts";
import { createLog } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { clusterLayout } from "#cluster/layout.ts";
import { ensureCertificates } from "#cluster/pki/certificates.ts";
import { serverConfig } from "#cluster/server-process.ts";
import { createServer } from "#cluster/server-services.ts";

const [folder = "", store = "memory"] = process.argv.slice(2);

const logFile = createWriteStream(join(folder, "server.log"), { flags: "a" });
const log = createLog({ clock: systemClock, level: "warn", write: (line) => void logFile.write(`${line}\n`) });
const surroundings = { clock: systemClock, random: systemRandom, log };
const layout = clusterLayout({
  format: 1,
  name: "server",
  index: 0,
  dataDir: folder,
  nodeName: "node-1",
  apiPort: await freePort(),
  kubeletPort: 0,
  createdAt: systemClock.now(),
  runtime: "runc",
});
const names = { nodeName: "node-1", hostName: "localhost", hostAddresses: [], apiAddresses: [], clusterDomain: "x" };
await ensureCertificates(layout.pki, names, surroundings);
const { listen, ...config } = serverConfig(layout, { hasIpv6: false });
const stop = new AbortController();
process.once("disconnect", () => stop.abort(new Error("the parent is gone")));
const server = createServer(
  {
    ...config,
    listen: { ...listen, host: "127.0.0.1" as typeof listen.host },
    store: store === "memory" ? { kind: "memory" } : { kind: "sqlite", file: store },
  },
  surroundings,
);
const running = server.run(stop.signal);
await server.ready;
process.on("message", (asked) => {
  // Memory is measured after the garbage is gone.
  if (asked === "collect") global.gc?.();
  process.send!({ memory: process.memoryUsage() });
});
process.send!({ port: layout.apiPort, pki: layout.pki });
await running;
