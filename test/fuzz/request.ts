// One request of the fuzzer, and its form as a line of the corpus.

export interface FuzzRequest {
  readonly method: string;
  /** Path and query, as they go over the wire. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}
/** Text where the body is text, else base64. */
interface Line {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly base64?: string;
}

export function toLine({ method, url, headers, body }: FuzzRequest): string {
  const text = body && Buffer.from(body).toString();
  const isText = body !== undefined && Buffer.compare(Buffer.from(text!), body) === 0;
  const line: Line = {
    method,
    url,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(body === undefined ? {} : isText ? { text: text! } : { base64: Buffer.from(body).toString("base64") }),
  };
  return JSON.stringify(line);
}
export function fromLine(line: string): FuzzRequest {
  const { method, url, headers = {}, text, base64 } = JSON.parse(line) as Line;
  const body = text === undefined ? base64 && Buffer.from(base64, "base64") : Buffer.from(text);
  return { method, url, headers, ...(body === undefined || body === "" ? {} : { body }) };
}
