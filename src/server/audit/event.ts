// One audit event (audit.k8s.io/v1): what is written of a request at one stage.
import type { Status } from "#api/errors.ts";
import { isObject } from "#api/json.ts";
import type { Call, Reply, RequestInfo, Routed, UserInfo } from "#server/pipeline.ts";
import { shownUser } from "#server/auth/user-info.ts";
import type { AuditLevel, AuditStage } from "./policy.ts";

/** What is known of a request so far. */
export interface Noted {
  readonly call: Routed;
  readonly level: AuditLevel;
  readonly user: UserInfo | undefined;
  readonly impersonated: UserInfo | undefined;
  readonly impersonationConstraint?: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly requestObject?: unknown;
  readonly response?: { readonly code: number; readonly object?: unknown };
}

/** The nearest last, as X-Forwarded-For has it. */
function sourceAddresses({ headers, peer }: Call): string[] {
  const forwarded = (headers["x-forwarded-for"] ?? headers["x-real-ip"] ?? "")
    .split(",")
    .flatMap((a) => a.trim() || []);
  const nearest = peer.trustedUser ? "127.0.0.1" : peer.address;
  return [...new Set([...forwarded, nearest])];
}
interface Named {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
}
function objectRef(info: RequestInfo, object: unknown): object {
  const meta = (isObject(object) ? (object as Named).metadata : undefined) ?? {};
  const { group, version, resource, subresource } = info;
  const namespace = info.namespace || meta.namespace;
  const name = info.name || meta.name;
  return {
    resource,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(meta.uid ? { uid: meta.uid } : {}),
    ...(group ? { apiGroup: group } : {}),
    apiVersion: version,
    ...(meta.resourceVersion ? { resourceVersion: meta.resourceVersion } : {}),
    ...(subresource ? { subresource } : {}),
  };
}
export const isStatus = (object: unknown): object is Status => isObject(object) && object["kind"] === "Status";
function responseStatus({ code, object }: NonNullable<Noted["response"]>): object {
  if (!isStatus(object)) return { metadata: {}, code };
  const { status, message, reason, details } = object;
  return { metadata: {}, status, message, reason, details, code };
}

const micro = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");

export function auditEvent(noted: Noted, stage: AuditStage, now: number): object {
  const { call, level, user, impersonated, impersonationConstraint, annotations, requestObject, response } = noted;
  const { info, headers } = call;
  const query = call.query.toString();
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level,
    auditID: call.id,
    stage,
    requestURI: query ? `${call.rawPath}?${query}` : call.rawPath,
    verb: info.verb,
    user: user ? shownUser(user) : {},
    ...(impersonationConstraint ? { authenticationMetadata: { impersonationConstraint } } : {}),
    ...(impersonated ? { impersonatedUser: shownUser(impersonated) } : {}),
    sourceIPs: sourceAddresses(call),
    ...(headers["user-agent"] ? { userAgent: headers["user-agent"] } : {}),
    ...(info.isResource ? { objectRef: objectRef(info, requestObject) } : {}),
    ...(response ? { responseStatus: responseStatus(response) } : {}),
    ...(requestObject !== undefined && level !== "Metadata" ? { requestObject } : {}),
    ...(response?.object !== undefined && level === "RequestResponse" ? { responseObject: response.object } : {}),
    requestReceivedTimestamp: micro(call.receivedAt),
    stageTimestamp: micro(now),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
}

/** The object of an answer, where it has one that can be shown. */
export function answered(reply: Reply): NonNullable<Noted["response"]> {
  if (reply.type === "object") return { code: reply.code, object: reply.object };
  if (reply.type === "raw") return { code: reply.code };
  if (reply.type === "taken") return { code: 101 };
  if (reply.type === "watch") return { code: 200 };
  const { kind, apiVersion, metadata, items } = reply;
  return {
    code: 200,
    get object() {
      return { kind, apiVersion, metadata, items: items.map((item) => item.object) };
    },
  };
}

interface WithManagedFields {
  readonly metadata?: { readonly managedFields?: unknown };
  readonly items?: readonly unknown[];
}
/** An object, or a list of them, without metadata.managedFields. */
export function withoutManagedFields(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { metadata, items } = value as WithManagedFields;
  const { managedFields: _, ...meta } = metadata ?? {};
  return {
    ...value,
    ...(metadata ? { metadata: meta } : {}),
    ...(Array.isArray(items) ? { items: items.map(withoutManagedFields) } : {}),
  };
}
