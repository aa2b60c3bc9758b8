// Calls to an etcd cluster over gRPC. One endpoint is used until it fails, then the next. A read is tried again on
// another endpoint; a write only when it surely never left, for otherwise it may have happened.
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type * as Grpc from "@grpc/grpc-js";
import type { Clock } from "#base/clock.ts";
import { StoreUnavailable } from "#store/errors.ts";
import { etcdDescriptor, type Calls, type WatchRequest, type WatchResponse } from "./proto.ts";

export interface EtcdTls {
  /** PEM. Absent: the system's authorities. */
  readonly ca?: Buffer;
  readonly certificate?: Buffer;
  readonly key?: Buffer;
}
export interface EtcdClientOptions {
  /** Such as "https://10.0.0.1:2379". */
  readonly endpoints: readonly string[];
  readonly tls?: EtcdTls;
  readonly clock: Clock;
}

const answerWithinMs = 10_000;
const channelOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1_000,
};

type Method = Grpc.MethodDefinition<object, object>;
type Failure = Grpc.ServiceError;

/** The request never left, or was refused before anything was done. */
const didNotHappen = ({ details }: Failure): boolean =>
  details.startsWith("No connection established") || details === "etcdserver: no leader";

/** gRPC costs 30 MB and 60 ms to load: only who uses etcd pays. */
export async function createEtcdClient(options: EtcdClientOptions): Promise<EtcdClient> {
  const [grpc, loader] = await Promise.all([import("@grpc/grpc-js"), import("@grpc/proto-loader")]);
  // Its type wants a comment on every method.
  const descriptor = etcdDescriptor as Parameters<typeof loader.fromJSON>[0];
  const definition = loader.fromJSON(descriptor, { longs: Number, defaults: true });
  const methodOf = (name: string): Method => {
    const [service, method] = name.split("/") as [string, string];
    return (definition[`etcdserverpb.${service}`] as Grpc.ServiceDefinition)[method] as Method;
  };
  return new EtcdClient(grpc, methodOf, options);
}

function connect(grpc: typeof Grpc, endpoint: URL, { ca, certificate, key }: EtcdTls): Grpc.Client {
  if (endpoint.protocol !== "https:")
    return new grpc.Client(endpoint.host, grpc.credentials.createInsecure(), channelOptions);
  const host = endpoint.hostname.replace(/^\[|\]$/g, "");
  const verify = { checkServerIdentity: (_: string, peer: PeerCertificate) => checkServerIdentity(host, peer) };
  const credentials = grpc.credentials.createSsl(ca ?? null, key ?? null, certificate ?? null, verify);
  // grpc-js sends the host as the TLS server name, which must not be an address: any name will do in its place, for
  // the certificate is checked against the host above.
  const name = isIP(host) ? { "grpc.ssl_target_name_override": "etcd" } : {};
  return new grpc.Client(endpoint.host, credentials, { ...channelOptions, ...name });
}

export class EtcdClient {
  readonly endpoints: readonly string[];
  readonly #grpc: typeof Grpc;
  readonly #methodOf: (name: string) => Method;
  readonly #clients: readonly Grpc.Client[];
  readonly #clock: Clock;
  /** A member that is cut off from the others refuses at once, rather than when its own timeouts have passed. */
  readonly #needsLeader: Grpc.Metadata;
  #used = 0;

  constructor(grpc: typeof Grpc, methodOf: (name: string) => Method, options: EtcdClientOptions) {
    this.#grpc = grpc;
    this.#methodOf = methodOf;
    this.#clock = options.clock;
    this.endpoints = options.endpoints;
    this.#needsLeader = new grpc.Metadata();
    this.#needsLeader.set("hasleader", "true");
    this.#clients = options.endpoints.map((endpoint) => connect(grpc, new URL(endpoint), options.tls ?? {}));
  }

  async call<Name extends keyof Calls>(name: Name, request: Calls[Name][0]): Promise<Calls[Name][1]> {
    const isRead = name === "KV/Range" || name === "Maintenance/Status";
    for (let attempt = 1; ; attempt++) {
      const used = this.#used;
      try {
        return (await this.#callOnce(this.#clients[used]!, this.#methodOf(name), request)) as Calls[Name][1];
      } catch (error) {
        const failure = error as Failure;
        if (!this.#isUnavailable(failure)) throw failure;
        this.#failOver(used);
        const isSafe = isRead || didNotHappen(failure);
        if (!isSafe || attempt > this.#clients.length) throw new StoreUnavailable(this.endpoints, failure.details);
      }
    }
  }

  /** A stream of its own for one watch. When it fails, the next one uses another endpoint. */
  async *watch(request: WatchRequest, signal: AbortSignal): AsyncGenerator<WatchResponse> {
    const used = this.#used;
    const { path, requestSerialize, responseDeserialize } = this.#methodOf("Watch/Watch");
    const client = this.#clients[used]!;
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#needsLeader);
    const cancel = (): void => stream.cancel();
    signal.addEventListener("abort", cancel);
    try {
      stream.write(request);
      for await (const response of stream) yield response as WatchResponse;
    } catch (error) {
      if (signal.aborted) return;
      this.#failOver(used);
      throw new StoreUnavailable(this.endpoints, (error as Failure).details);
    } finally {
      signal.removeEventListener("abort", cancel);
      // A stream that was left early still reports its cancellation.
      stream.on("error", () => undefined);
      stream.cancel();
    }
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  #callOnce(client: Grpc.Client, method: Method, request: object): Promise<object> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const call = client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        this.#needsLeader,
        (failure, response) => {
          timer.stop();
          if (!failure) return resolve(response!);
          reject(isLate ? Object.assign(failure, { details: `no answer within ${answerWithinMs} ms` }) : failure);
        },
      );
      const timer = this.#clock.after(answerWithinMs, () => {
        isLate = true;
        call.cancel();
      });
    });
  }

  #isUnavailable(failure: Failure): boolean {
    const { UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED } = this.#grpc.status;
    return [UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED].includes(failure.code);
  }

  #failOver(from: number): void {
    if (this.#used === from) this.#used = (from + 1) % this.#clients.length;
  }
}
