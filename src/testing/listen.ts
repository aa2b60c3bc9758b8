// The HTTPS port of a test cluster, for real clients: a certificate authority of its own, one server certificate for
// this machine, and one administrator.
import { systemClock, type Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { mergeContext } from "#cluster/access/kubeconfig.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";
import { createHttpListener } from "#server/http/listener.ts";
import type { ServerSide } from "./server-side.ts";

export interface Listening {
  readonly url: string;
  /** A kubeconfig with the administrator's rights; JSON, which is YAML. */
  readonly kubeconfig: string;
  readonly stop: () => Promise<void>;
}
const hourMs = 3_600_000;
const authorityName = "timonier-testing-ca";

/** TLS lives in real time, whatever the cluster's clock says. */
async function createKeys() {
  const now = systemClock.now();
  const validity = { notBefore: now - hourMs, notAfter: now + 24 * hourMs };
  const authorityKey = await createKey();
  const ca = await issue({ commonName: authorityName, ...validity }, authorityKey, undefined, systemRandom);
  const leaf = async (request: Omit<Parameters<typeof issue>[0], keyof typeof validity>) => {
    const key = await createKey();
    const issuer = { commonName: authorityName, key: authorityKey };
    return { cert: await issue({ ...validity, ...request }, key, issuer, systemRandom), key: keyPem(key) };
  };
  const [serving, admin] = await Promise.all([
    leaf({
      commonName: "kube-apiserver",
      usages: ["serverAuth"],
      addresses: ["127.0.0.1"],
      dnsNames: ["localhost", "kubernetes.default.svc"],
    }),
    leaf({ commonName: "kubernetes-admin", organization: "system:masters", usages: ["clientAuth"] }),
  ]);
  return { ca, serving, admin };
}
/** Listens until `stop`, on a free port of the loopback address. */
export async function listen(server: ServerSide, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
  const { ca, serving, admin } = await createKeys();
  const listener = createHttpListener({
    handler: server.handle,
    protobuf: {
      encode: (object, of) => server.plane.protobuf.encode(object, of),
      frame: (type, object, of) => server.plane.protobuf.frame(type, object, of),
    },
    host: "127.0.0.1",
    port: 0,
    tls: { ...serving, clientCa: ca },
    // sockets wait in real time, but ages of objects are those of the cluster
    clock: { ...systemClock, now: () => clock.now() },
    random: systemRandom,
    log,
  });
  const stop = new AbortController();
  const running = listener.run(stop.signal);
  await listener.ready;
  const url = `https://127.0.0.1:${listener.port}`;
  const context = { name: "test", server: url, authority: ca, certificate: admin.cert, key: admin.key };
  return {
    url,
    kubeconfig: JSON.stringify(mergeContext({}, context)),
    stop: async () => {
      stop.abort(new Error("the test cluster no longer listens"));
      await running;
    },
  } satisfies Listening;
}
