// A request to another process as a span, whose trace goes with it.
import { inSpan, type Span } from "./span.ts";
import { traceHeaders } from "./traceparent.ts";

interface Answer {
  readonly statusCode?: number | undefined;
}
/** `send` adds the headers to the request. */
export const inClientSpan = <A extends Answer>(
  method: string,
  url: string,
  send: (headers: Record<string, string>) => Promise<A>,
): Promise<A> =>
  inSpan(
    `HTTP ${method}`,
    () => attributesOf(method, url),
    async (span: Span | undefined) => {
      const answer = await send(traceHeaders());
      if (answer.statusCode !== undefined) {
        span?.set({ "http.response.status_code": answer.statusCode });
        if (answer.statusCode >= 400) span?.fail("");
      }
      return answer;
    },
    "client",
  );

function attributesOf(method: string, url: string): Record<string, string | number> {
  const { hostname, port, protocol } = new URL(url);
  return {
    "http.request.method": method,
    "url.full": url,
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
  };
}
