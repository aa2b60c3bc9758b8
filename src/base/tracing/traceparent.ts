// The headers of W3C Trace Context, which carry a trace from one process to the next.
import { active, type SpanContext } from "./span.ts";

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const longestHeader = 8 * 1024;

/** Undefined: there is no trace in these headers. */
export function readTrace(headers: Readonly<Record<string, string | string[] | undefined>>): SpanContext | undefined {
  const text = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === "string" && value.length <= longestHeader ? value : undefined;
  };
  const match = form.exec(text("traceparent") ?? "");
  if (!match) return undefined;
  const [, version = "", traceId = "", spanId = "", flags = "", more] = match;
  // Later versions may say more, this one says nothing else.
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const [tracestate, baggage] = [text("tracestate"), text("baggage")];
  return {
    traceId,
    spanId,
    isSampled: (Number.parseInt(flags, 16) & 1) === 1,
    ...(tracestate ? { tracestate } : {}),
    ...(baggage ? { baggage } : {}),
  };
}

export const traceparent = ({ traceId, spanId, isSampled }: SpanContext): string =>
  `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;

/** For a request to another process: headers that make it part of what goes on; none where nothing does. */
export function traceHeaders(): Record<string, string> {
  const context = active()?.context;
  if (!context) return {};
  const { tracestate, baggage } = context;
  return {
    traceparent: traceparent(context),
    ...(tracestate ? { tracestate } : {}),
    ...(baggage ? { baggage } : {}),
  };
}
