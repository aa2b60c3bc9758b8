// The body of a proxied HTML page with its links rewritten as it streams by, also where it is compressed.
import { pipeline, Readable, type Transform } from "node:stream";
import { createDeflateRaw, createGunzip, createGzip, createInflateRaw } from "node:zlib";
import type { Reply } from "#server/pipeline.ts";
import { createLinkRewriter } from "./rewrite-html.ts";

type RawReply = Extract<Reply, { readonly type: "raw" }>;
/** Unpacking and packing, by Content-Encoding. */
const encodings: Readonly<Record<string, readonly [() => Transform, () => Transform]>> = {
  gzip: [createGunzip, createGzip],
  deflate: [createInflateRaw, createDeflateRaw],
};

/** Anything but HTML, and HTML in an encoding that is not known, comes back as it was. */
export function rewritePage(reply: RawReply, rewrite: (link: string) => string): RawReply {
  const { body, contentType } = reply;
  if (contentType.split(";")[0]!.trim() !== "text/html") return reply;
  if (typeof body === "string" || body instanceof Uint8Array) return reply;
  const { "content-length": _, ...headers } = reply.headers ?? {};
  const encoding = String(headers["content-encoding"] ?? "");
  if (encoding === "") return { ...reply, headers, body: rewritten(body, rewrite) };
  const coding = Object.hasOwn(encodings, encoding) ? encodings[encoding] : undefined;
  if (!coding) return reply;
  const [unpack, pack] = coding;
  return { ...reply, headers, body: through(rewritten(through(body, unpack()), rewrite), pack()) };
}
/** Errors come to whoever reads. */
const through = (body: AsyncIterable<Uint8Array>, transform: Transform): AsyncIterable<Uint8Array> =>
  pipeline(Readable.from(body, { objectMode: false }), transform, () => undefined);

async function* rewritten(
  body: AsyncIterable<Uint8Array>,
  rewrite: (link: string) => string,
): AsyncGenerator<Uint8Array> {
  const rewriter = createLinkRewriter(rewrite);
  for await (const chunk of body) {
    const text = rewriter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1"));
    if (text !== "") yield Buffer.from(text, "latin1");
  }
  const text = rewriter.end();
  if (text !== "") yield Buffer.from(text, "latin1");
}
