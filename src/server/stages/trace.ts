// A request as a span of OpenTelemetry, with a child for each stage on its way; names and attributes are upstream's.
// Where nothing is traced, a trace that came with a request is handed on and nothing is recorded.
import type { Tracer } from "#base/tracing/tracer.ts";
import { activeSpan, within, type Active, type Attributes, type Span } from "#base/tracing/span.ts";
import { readTrace } from "#base/tracing/traceparent.ts";
import type { Authenticated, Call, RequestInfo, Stage } from "#server/pipeline.ts";

/** Whether a request is to carry a TraceSlot. */
export const isTraceable = (call: Pick<Call, "headers">, isTracing: boolean): boolean =>
  isTracing || call.headers["traceparent"] !== undefined;

/** Only these may decide for this server what it records. */
const trusted = new Set(["system:masters", "system:monitoring"]);

/** Stands behind authentication: whoever asks decides whose trace the request is part of. */
export const trace =
  (tracer: Tracer | undefined): Stage<Authenticated> =>
  (next) =>
  (call) => {
    if (!call.trace) return next(call);
    const remote = readTrace(call.headers);
    if (!tracer) return within(remote && { context: remote }, () => next(call));
    const isTrusted = call.user.groups.some((group) => trusted.has(group));
    const from = isTrusted ? { parent: remote } : { link: remote };
    const start = { kind: "server", startMs: call.receivedAt, attributes: attributesOf(call) } as const;
    const active = tracer.start(spanName(call), { ...from, ...start });
    call.trace.active = active;
    active.span?.child("authentication", { startMs: call.receivedAt }).end();
    return within(active, () => next(call));
  };

/** A stage whose own work is a span. It ends when the stage hands the call on, and what follows is its child. */
export const step =
  <I extends Call, O extends I>(name: string, stage: Stage<I, O>): Stage<I, O> =>
  (next) => {
    const inner = stage((call) => {
      activeSpan()?.end();
      return next(call);
    });
    return (call) => {
      const span = activeSpan()?.child(name);
      return span ? inSpanOf(span, () => inner(call)) : inner(call);
    };
  };
async function inSpanOf<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await within({ context: span.context, span }, run);
  } catch (error) {
    if (span.endMs === undefined) span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

/** "GET /api/v1/namespaces/{:namespace}/pods/{:name}"; the method alone for other paths. */
export function spanName({ method, info }: { readonly method: string; readonly info: RequestInfo }): string {
  if (!info.isResource) return method;
  const parts = [
    ...(info.group ? ["apis", info.group] : ["api"]),
    info.version,
    ...(info.namespace ? ["namespaces", "{:namespace}"] : []),
    info.resource,
    ...(info.name ? ["{:name}"] : []),
    ...(info.subresource ? [info.subresource] : []),
  ];
  return `${method} /${parts.join("/")}`;
}
function attributesOf(call: Authenticated): Attributes {
  const { method, rawPath, query, headers, peer, id } = call;
  const search = query.toString();
  const host = /^(.*?)(?::(\d+))?$/.exec(headers["host"] ?? "");
  return {
    "server.address": host?.[1] ?? "",
    ...(host?.[2] ? { "server.port": Number(host[2]) } : {}),
    "http.request.method": method,
    "url.scheme": "https",
    "network.peer.address": peer.address,
    "user_agent.original": headers["user-agent"] ?? "",
    "client.address": clientOf(call),
    "url.path": call.path,
    "http.target": search ? `${rawPath}?${search}` : rawPath,
    "audit-id": id,
  };
}
const clientOf = ({ headers, peer }: Call): string => headers["x-forwarded-for"]?.split(",")[0]?.trim() ?? peer.address;

/** Of the span of a verb. */
export function verbAttributes(call: Authenticated): Attributes {
  const { info, headers, method } = call;
  const scope = info.name !== "" || info.verb === "create" ? "resource" : info.namespace ? "namespace" : "cluster";
  return {
    accept: headers["accept"] ?? "",
    "audit-id": call.id,
    client: clientOf(call),
    "api-group": info.group,
    "api-version": info.version,
    name: info.name,
    subresource: info.subresource,
    namespace: info.namespace,
    resource: info.resource,
    scope,
    url: call.path,
    "user-agent": headers["user-agent"] ?? "",
    verb: info.verb === "list" ? "LIST" : method,
  };
}
/** Watches have none: what they do is to last. */
export const verbSpans: Readonly<Record<string, string>> = {
  get: "Get",
  list: "List",
  create: "Create",
  update: "Update",
  patch: "Patch",
  delete: "Delete",
  deletecollection: "Delete",
};

export function endTrace(active: Active | undefined, code: number | undefined): void {
  const span = active?.span;
  if (!span) return;
  if (code !== undefined) {
    span.set({ "http.response.status_code": code });
    if (code >= 500) span.fail("");
  }
  span.end();
}
