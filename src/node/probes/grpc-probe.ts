// The gRPC health protocol (grpc.health.v1.Health/Check), its two small messages read and written by hand.
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import { formatDuration } from "#api/time.ts";
import { hostPort } from "./http-get.ts";
import type { ProbeReport } from "./prober.ts";
import type { Probe } from "#node/pod/types.ts";

type GrpcAction = NonNullable<Probe["grpc"]>;
const statusNames = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];
const failure = (output: string): ProbeReport => ({ outcome: "failure", output });

/** Field 1, a string; names longer than 127 bytes take a second length byte. */
function request(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length === 0) return Buffer.alloc(0);
  const length = name.length < 128 ? [name.length] : [(name.length & 127) | 128, name.length >> 7];
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}
/** Field 1, an enum; absent means 0. */
const servingStatus = (reply: Buffer): string => statusNames[reply[0] === 0x08 ? (reply[1] ?? 0) : 0] ?? "UNKNOWN";

export function grpcProbe(
  action: GrpcAction,
  options: {
    readonly host: string;
    readonly timeoutMs: number;
    /** Milliseconds since the epoch. */ readonly now: number;
  },
  signal: AbortSignal,
): Promise<ProbeReport> {
  const address = hostPort(options.host, action.port);
  const client = new Client(address, credentials.createInsecure(), { "grpc.primary_user_agent": "kube-probe/1.36" });
  const within = formatDuration(options.timeoutMs);
  return new Promise((resolve, reject) => {
    const finish = (report: ProbeReport): void => {
      signal.removeEventListener("abort", onAbort);
      client.close();
      resolve(report);
    };
    const onAbort = (): void => {
      client.close();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    client.makeUnaryRequest(
      "/grpc.health.v1.Health/Check",
      request,
      (reply: Buffer) => servingStatus(reply),
      action.service ?? "",
      new Metadata(),
      { deadline: options.now + options.timeoutMs },
      (error, found) => {
        if (!error) {
          const healthy = found === "SERVING";
          return finish(
            healthy
              ? { outcome: "success", output: "service healthy" }
              : failure(`service unhealthy (responded with "${found}")`),
          );
        }
        if (error.code === status.UNIMPLEMENTED)
          return finish(
            failure(
              `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${error.details}`,
            ),
          );
        if (error.code === status.DEADLINE_EXCEEDED)
          return finish(failure(`timeout: health rpc did not complete within ${within}`));
        if (error.code === status.UNAVAILABLE)
          return finish(
            failure(
              `timeout: failed to connect service ${JSON.stringify(address)} within ${within}: context deadline exceeded`,
            ),
          );
        return finish(failure(`error: health rpc probe failed: ${error.message}`));
      },
    );
  });
}
