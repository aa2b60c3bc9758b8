// A collector of OpenTelemetry spans inside the test's process: a gRPC server of the stock library, with the published
// numbers of the fields, so that it also shows that others can read what is sent.
import { Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";

export interface CollectedSpan {
  readonly service: string;
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  /** "" for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly links: readonly string[];
  readonly error: string;
}
export interface Collector extends AsyncDisposable {
  readonly port: number;
  readonly spans: readonly CollectedSpan[];
  /** Resolves once `enough` says so of what has come. */
  until(enough: (spans: readonly CollectedSpan[]) => boolean, timeoutMs?: number): Promise<void>;
}

const field = (id: number, type: string, rule?: "repeated") => ({ id, type, ...(rule ? { rule } : {}) });
const descriptor = {
  nested: {
    AnyValue: {
      oneofs: { value: { oneof: ["stringValue", "boolValue", "intValue", "doubleValue"] } },
      fields: {
        stringValue: field(1, "string"),
        boolValue: field(2, "bool"),
        intValue: field(3, "int64"),
        doubleValue: field(4, "double"),
      },
    },
    KeyValue: { fields: { key: field(1, "string"), value: field(2, "AnyValue") } },
    Resource: { fields: { attributes: field(1, "KeyValue", "repeated") } },
    Scope: { fields: { name: field(1, "string"), version: field(2, "string") } },
    Event: {
      fields: {
        timeUnixNano: field(1, "fixed64"),
        name: field(2, "string"),
        attributes: field(3, "KeyValue", "repeated"),
      },
    },
    Link: { fields: { traceId: field(1, "bytes"), spanId: field(2, "bytes") } },
    SpanStatus: { fields: { message: field(2, "string"), code: field(3, "int32") } },
    SpanKind: { values: { UNSPECIFIED: 0, INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 } },
    Span: {
      fields: {
        traceId: field(1, "bytes"),
        spanId: field(2, "bytes"),
        traceState: field(3, "string"),
        parentSpanId: field(4, "bytes"),
        name: field(5, "string"),
        kind: field(6, "SpanKind"),
        startTimeUnixNano: field(7, "fixed64"),
        endTimeUnixNano: field(8, "fixed64"),
        attributes: field(9, "KeyValue", "repeated"),
        events: field(11, "Event", "repeated"),
        links: field(13, "Link", "repeated"),
        status: field(15, "SpanStatus"),
        flags: field(16, "fixed32"),
      },
    },
    ScopeSpans: { fields: { scope: field(1, "Scope"), spans: field(2, "Span", "repeated") } },
    ResourceSpans: { fields: { resource: field(1, "Resource"), scopeSpans: field(2, "ScopeSpans", "repeated") } },
    Request: { fields: { resourceSpans: field(1, "ResourceSpans", "repeated") } },
    Response: { fields: {} },
    "opentelemetry.proto.collector.trace.v1": {
      nested: {
        TraceService: { methods: { Export: { requestType: ".Request", responseType: ".Response" } } },
      },
    },
  },
};
interface KeyValue {
  readonly key: string;
  readonly value?: Readonly<Record<string, unknown>> & { readonly value?: string };
}
interface WireSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly name: string;
  readonly kind: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly { readonly name: string }[];
  readonly links: readonly { readonly spanId: Buffer }[];
  readonly status: { readonly message: string } | null;
}
interface WireRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] } | null;
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string } | null;
      readonly spans: readonly WireSpan[];
    }[];
  }[];
}

const plain = (attributes: readonly KeyValue[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value?.[value.value ?? ""]]));
function spansOf({ resourceSpans }: WireRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        service: String(plain(resource?.attributes ?? [])["service.name"]),
        scope: scope?.name ?? "",
        traceId: span.traceId.toString("hex"),
        spanId: span.spanId.toString("hex"),
        parentSpanId: span.parentSpanId.toString("hex"),
        name: span.name,
        kind: span.kind,
        startMs: Number(span.startTimeUnixNano) / 1e6,
        endMs: Number(span.endTimeUnixNano) / 1e6,
        attributes: plain(span.attributes),
        events: span.events.map(({ name }) => name),
        links: span.links.map(({ spanId }) => spanId.toString("hex")),
        error: span.status?.message ?? "",
      })),
    ),
  );
}

/** On loopback; `port` 0 for any. */
export async function startCollector(port = 0): Promise<Collector> {
  const definitions = fromJSON(descriptor as Parameters<typeof fromJSON>[0], {
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
  const spans: CollectedSpan[] = [];
  const waiting = new Set<() => void>();
  const server = new Server();
  server.addService(definitions["opentelemetry.proto.collector.trace.v1.TraceService"] as ServiceDefinition, {
    Export(call: { readonly request: WireRequest }, answer: (error: null, value: object) => void): void {
      spans.push(...spansOf(call.request));
      for (const look of waiting) look();
      answer(null, {});
    },
  });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    ),
  );
  return {
    port: bound,
    spans,
    until(enough, timeoutMs = 20_000) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (!enough(spans)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve();
        };
        const names = (): string => spans.map((s) => s.name).join(", ");
        const timer = setTimeout(() => reject(new Error(`spans did not come; there are ${names()}`)), timeoutMs);
        waiting.add(look);
        look();
      });
    },
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}
