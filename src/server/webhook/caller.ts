// Calls out to webhooks, for admission and for conversion: what is sent where, without saying how. Failures are texts as
// Go's HTTP client prints them, for people and tests match on those.
import { posix } from "node:path";

export interface WebhookTarget {
  /** Exactly one of both is given. */
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port: number;
  };
  /** Certificates in PEM form that vouch for the webhook; "" for those of the system. */
  readonly caBundle: string;
}
export interface WebhookRequest {
  /** A JSON value. */
  readonly body: object;
  readonly timeoutMs: number;
  /** Tells the webhook how long the caller waits. */
  readonly announcesTimeout: boolean;
}
/** A call that came to nothing; the message belongs behind what was called. */
export class WebhookFailure extends Error {}

export interface WebhookCaller {
  /** Posts JSON and returns the answer's JSON. Throws WebhookFailure, or the signal's reason when that is aborted. */
  call(target: WebhookTarget, request: WebhookRequest, signal: AbortSignal): Promise<unknown>;
}

interface ClientConfig {
  readonly url?: string | undefined;
  readonly service?:
    | {
        readonly namespace: string;
        readonly name: string;
        readonly path?: string | undefined;
        readonly port?: number | undefined;
      }
    | undefined;
  readonly caBundle?: string | undefined;
}
/** The target that a configuration names; `caBundle` there is base64. */
export function targetOf({ url, service, caBundle }: ClientConfig): WebhookTarget {
  const ca = caBundle ? Buffer.from(caBundle, "base64").toString().trim() : "";
  if (!service) return { ...(url === undefined ? {} : { url }), caBundle: ca };
  const { namespace, name, path, port = 443 } = service;
  return { service: { namespace, name, port, ...(path === undefined ? {} : { path }) }, caBundle: ca };
}
/** Where it goes, as messages show it. */
export function urlOf(target: WebhookTarget, request: WebhookRequest): string {
  const seconds = request.timeoutMs / 1000;
  const timeout = request.announcesTimeout ? `?timeout=${seconds >= 1 ? Math.trunc(seconds) : seconds}s` : "";
  const { service, url = "" } = target;
  if (service)
    return `https://${service.name}.${service.namespace}.svc:${service.port}${cleanPath(service.path ?? "")}${timeout}`;
  const [, host = "", path = ""] = /^(\w+:\/\/[^/]*)(.*)$/s.exec(url) ?? [];
  return host + cleanPath(path) + timeout;
}
/** As Go joins paths: //a/./b/ is /a/b. */
const cleanPath = (path: string): string => posix.normalize(`/${path}`).replace(/(?<=.)\/$/, "");
