// APIServices that name another server, and how that server is reached.
import type { Agent } from "node:https";
import { APIService } from "#api/apiregistration/api-service.ts";
import type { GroupVersion } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import { hostPort } from "#server/connect/targets.ts";
import type { UserInfo } from "#server/pipeline.ts";
import type { Registry } from "#server/registry.ts";
import { KeptAgents } from "#server/webhook/kept-agents.ts";
import { resolveService } from "#server/webhook/resolve-service.ts";

/** The certificate by which other servers know that this one speaks for users. */
export interface ProxyCertificate {
  readonly cert: string;
  readonly key: string;
}
export interface RemoteTarget {
  /** https://<address>:<port> */
  readonly base: string;
  readonly host: string;
  readonly tls: {
    readonly servername: string;
    readonly rejectUnauthorized: boolean;
    readonly ca?: string;
    readonly allowPartialTrustChain?: boolean;
    readonly cert?: string;
    readonly key?: string;
  };
  readonly agent: Agent;
}

export const nameOfService = ({ group, version }: GroupVersion): string => `${version}.${group}`;
export const isAvailable = ({ status }: APIService): boolean =>
  status?.conditions?.some((c) => c.type === "Available" && c.status === "True") ?? false;

/** Sooner than other servers close idle connections (90 s), so that no request meets a closed one. */
const idleMs = 30_000;
const maxAgents = 100;
const rereadMs = 60_000;

export class RemoteServices {
  readonly #registry: Registry;
  readonly #readCertificate: () => ProxyCertificate | undefined;
  readonly #clock: Clock;
  #certificate: { readonly value: ProxyCertificate | undefined; readonly readAt: number } | undefined;
  readonly #agents = new KeptAgents(maxAgents);
  constructor(registry: Registry, certificate: () => ProxyCertificate | undefined, clock: Clock) {
    this.#registry = registry;
    this.#readCertificate = certificate;
    this.#clock = clock;
  }
  /** Undefined: this server answers itself. */
  find(of: GroupVersion): APIService | undefined {
    const service = this.#registry.get(APIService, nameOfService(of));
    return service?.spec.service ? service : undefined;
  }
  all(): APIService[] {
    return [...this.#registry.list(APIService)].filter(({ spec }) => spec.service);
  }
  /** Throws WebhookFailure where the Service leads nowhere. */
  target({ spec }: APIService): RemoteTarget {
    const { namespace = "", name = "", port = 443 } = spec.service ?? {};
    const address = resolveService(this.#registry, namespace, name, port);
    const host = hostPort(address.host, address.port);
    const ca = spec.caBundle ? Buffer.from(spec.caBundle, "base64").toString() : undefined;
    const tls = {
      servername: `${name}.${namespace}.svc`,
      rejectUnauthorized: !spec.insecureSkipTLSVerify,
      // As in Go, every certificate that is trusted ends a chain, also one that signs nothing.
      ...(ca === undefined ? {} : { ca, allowPartialTrustChain: true }),
      ...this.#ownCertificate(),
    };
    const agent = this.#agents.get(JSON.stringify([host, tls]), { maxFreeSockets: 16, timeout: idleMs });
    return { base: `https://${host}`, host, tls, agent };
  }
  /** It may be renewed while the server runs. */
  #ownCertificate(): ProxyCertificate | undefined {
    const now = this.#clock.now();
    if (!this.#certificate || now - this.#certificate.readAt >= rereadMs)
      this.#certificate = { value: this.#readCertificate(), readAt: now };
    return this.#certificate.value;
  }
}

/** Letters that a header's name may have; a percent sign begins an escape. */
const plain = /^[-!#$&'*+.^_`|~0-9A-Za-z]$/;
const escapeKey = (key: string): string =>
  Array.from(Buffer.from(key), (byte) => {
    const letter = String.fromCharCode(byte);
    return plain.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
/** Headers that tell the other server who asks. */
export function userHeaders({ name, uid, groups, extra = {} }: UserInfo): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { "x-remote-user": name };
  if (uid) headers["x-remote-uid"] = uid;
  if (groups.length > 0) headers["x-remote-group"] = [...groups];
  for (const [key, values] of Object.entries(extra))
    if (values.length > 0) headers[`x-remote-extra-${escapeKey(key)}`] = [...values];
  return headers;
}
