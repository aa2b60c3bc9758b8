// A real etcd on loopback, for tests and benchmarks: one member, data in a folder that goes with it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#base/free-port.fake.ts";

export interface EtcdProcess extends AsyncDisposable {
  readonly endpoint: string;
  /** Ends it with SIGKILL; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
}

async function launch(args: readonly string[]) {
  const program = process.env["TIMONIER_ETCD"] ?? "etcd";
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "close").catch(() => undefined);
  // A test that ends without its hooks must not leave etcd behind.
  const killNow = (): void => void child.kill("SIGKILL");
  process.once("exit", killNow);
  void exited.then(() => process.off("exit", killNow));
  const ready = Promise.withResolvers<void>();
  let output = "";
  child.once("error", (error) =>
    ready.reject(
      new Error("etcd cannot be started: install it (Debian: etcd-server), or name it in TIMONIER_ETCD", {
        cause: error,
      }),
    ),
  );
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-4_000);
    if (output.includes("ready to serve client requests")) ready.resolve();
  });
  void exited.then(() => ready.reject(new Error(`etcd ended: ${output}`)));
  await ready.promise;
  return { child, exited };
}

/** PEM. The certificate serves the server, and is the authority that clients must be certified by. */
export interface EtcdIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** Throws an error that says how to get etcd when there is none. */
export async function startEtcd(identity?: EtcdIdentity): Promise<EtcdProcess> {
  const folder = mkdtempSync(join(tmpdir(), "timonier-etcd-"));
  const endpoint = `${identity ? "https" : "http"}://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const args = [
    ...["--name", "only", "--data-dir", join(folder, "data"), "--initial-cluster", `only=${peer}`],
    ...["--listen-client-urls", endpoint, "--advertise-client-urls", endpoint],
    ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
  ];
  if (identity) {
    const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
    writeFileSync(certificate, identity.certificate);
    writeFileSync(key, identity.key, { mode: 0o600 });
    args.push("--cert-file", certificate, "--key-file", key, "--client-cert-auth", "--trusted-ca-file", certificate);
  }
  let running: Awaited<ReturnType<typeof launch>>;
  const kill = async (): Promise<void> => {
    running.child.kill("SIGKILL");
    await running.exited;
  };
  try {
    running = await launch(args);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  return {
    endpoint,
    kill,
    async restart() {
      running = await launch(args);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}
