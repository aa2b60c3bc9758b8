// A program whose server and node do nothing but live: TLS with the cluster's certificates, /readyz, and a watch that
// says the node is Ready. With it the life of a cluster (start, crash, stop, removal) is tested without its API.
import { readFileSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import { systemClock } from "#base/clock.ts";
import { systemRandom } from "#base/random.ts";
import { aborted, deferred, type Service } from "#base/service.ts";
import { ensureCertificates } from "#cluster/pki/certificates.ts";
import { ensurePauseImage } from "#cluster/containerd/images.ts";
import { explain } from "#cluster/problem.ts";
import { openCluster } from "#cluster/open.ts";
import { runComponent } from "#cluster/supervise/run-component.ts";
import { serverConfig, type ServerConfig } from "#cluster/server-process.ts";
import { certificateNames, waitForContainerd } from "#cluster/start.ts";

function standInServer(config: ServerConfig, nodeName: string): Service {
  const ready = deferred();
  const tls = {
    cert: readFileSync(config.serving.certificate),
    key: readFileSync(config.serving.key),
    ca: readFileSync(config.authority.certificate),
    requestCert: true,
    rejectUnauthorized: false,
  };
  return {
    name: "stand-in server",
    ready: ready.promise,
    async run(signal) {
      const server = createHttps(tls, (request, response) => {
        if (!request.url?.startsWith("/api/v1/nodes?")) return void response.end("ok");
        const conditions = [{ type: "Ready", status: "True" }];
        const object = { metadata: { name: nodeName }, status: { conditions } };
        response.end(`${JSON.stringify({ type: "ADDED", object })}\n`);
      });
      server.listen(config.listen.port, config.listen.host, () => ready.resolve());
      await aborted(signal);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function idle(name: string): Service {
  const ready = deferred();
  return {
    name,
    ready: ready.promise,
    async run(signal) {
      ready.resolve();
      await aborted(signal);
    },
  };
}

const [component, , dataDir] = process.argv.slice(2);
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort(new Error(signal)));
try {
  const layout = openCluster(process.env["TIMONIER_HOME"] ?? "", { dataDir: dataDir! });
  const [clock, random] = [systemClock, systemRandom];
  const { renewAt } = await ensureCertificates(layout.pki, certificateNames(layout), { clock, random });
  const common = { layout, renewAt, clock, stdout: process.stdout, signal: stop.signal };
  process.exitCode =
    component === "server"
      ? await runComponent({ ...common, component: "server", logsOf: ["server"] }, () =>
          standInServer(serverConfig(layout, { hasIpv6: true }), layout.nodeName),
        )
      : await runComponent({ ...common, component: "node", logsOf: ["node", "containerd"] }, async () => {
          await waitForContainerd(layout, { waitMs: 0, clock, signal: stop.signal });
          await ensurePauseImage(layout, stop.signal);
          return idle("stand-in node");
        });
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}
