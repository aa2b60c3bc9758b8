import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { rewritePage } from "./page.ts";
import { createLinkRewriter, rewriteLink } from "./rewrite-html.ts";

const prefix = "/api/v1/namespaces/n/pods/p/proxy";
const from = new URL("http://10.0.0.1:80/page");
const link = (text: string): string => rewriteLink(text, from, "localhost:8001", prefix);
function page(text: string, rewrite = link): string {
  const rewriter = createLinkRewriter(rewrite);
  return rewriter.push(text) + rewriter.end();
}

describe("links", () => {
  for (const [before, after] of [
    ["/x", `${prefix}/x`],
    ["/x/?q=/y#z", `${prefix}/x/?q=/y#z`],
    ["x/y", "x/y"],
    ["#top", "#top"],
    ["", ""],
    ["http://10.0.0.1:80/x", "http://10.0.0.1:80/x"],
    ["http://10.0.0.1/x", `${prefix}/x`],
    ["//10.0.0.1/x", `${prefix}/x`],
    ["https://localhost:8001/x", `${prefix}/x`],
    ["https://elsewhere.example/x", "https://elsewhere.example/x"],
    [`${prefix}/x`, `${prefix}/x`],
    ["mailto:a@b", "mailto:a@b"],
  ] as const)
    test(JSON.stringify(before), () => assert.equal(link(before), after));
});

describe("pages", () => {
  for (const [before, after] of [
    ['<a href="/x">/x</a>', `<a href="${prefix}/x">/x</a>`],
    ["<A class=b HREF='/x'>t</A>", `<A class=b HREF='${prefix}/x'>t</A>`],
    ["<img src=/x alt=/x>", `<img src=${prefix}/x alt=/x>`],
    ['<a title="a > b" href = "/x" >', `<a title="a > b" href = "${prefix}/x" >`],
    ['<p href="/x">', '<p href="/x">'],
    ['<a data-href="/x">', '<a data-href="/x">'],
    ['<!-- <a href="/x"> --><a href="/x">', `<!-- <a href="/x"> --><a href="${prefix}/x">`],
    [
      '<script src="/s">if (a<b) w("<a href=/x>")</script><a href=/x>',
      `<script src="${prefix}/s">if (a<b) w("<a href=/x>")</script><a href=${prefix}/x>`,
    ],
    ['1 < 2 <a href="/x"/>', `1 < 2 <a href="${prefix}/x"/>`],
    ['<a href="/never ends', '<a href="/never ends'],
    ["\u00e9<a href='/\u00e9'>", `\u00e9<a href='${prefix}/\u00e9'>`],
  ] as const)
    test(before, () => assert.equal(page(before), after));
});

const markup = fc.array(
  fc.constantFrom("<", ">", "a", "script", "</script", " ", "href", "=", '"', "'", "/x", "<!--", "-->", "/", "img src"),
  { maxLength: 40 },
);
test("a page in pieces is rewritten as in one, and without rewriting it stays as it is", () => {
  fc.assert(
    fc.property(markup, (parts) => {
      const rewriter = createLinkRewriter(link);
      const pieces = parts
        .join("")
        .split("")
        .map((c) => rewriter.push(c));
      assert.equal(pieces.join("") + rewriter.end(), page(parts.join("")));
      assert.equal(
        page(parts.join(""), (same) => same),
        parts.join(""),
      );
    }),
  );
});

test("what never ends is neither kept nor looked at again and again", () => {
  const rewriter = createLinkRewriter(link);
  let out = 0;
  const piece = "<a<a ".repeat(2_000);
  for (let i = 0; i < 200; i++) {
    out += rewriter.push(piece).length;
    assert.ok(piece.length * (i + 1) - out < 32_000);
  }
});

describe("bodies", () => {
  const reply = (text: Uint8Array, headers: Record<string, string>, contentType = "text/html; charset=utf-8") => ({
    type: "raw" as const,
    code: 200,
    contentType,
    headers: { "content-length": String(text.length), ...headers },
    body: Readable.from([text]) as AsyncIterable<Uint8Array>,
  });
  const text = Buffer.from('<a href="/x">é</a>');
  const expected = `<a href="${prefix}/x">é</a>`;
  for (const [encoding, pack, unpack] of [
    ["", (b: Buffer) => b, (b: Buffer) => b],
    ["gzip", gzipSync, gunzipSync],
    ["deflate", deflateRawSync, inflateRawSync],
  ] as const)
    test(encoding || "plain", async () => {
      const sent = reply(pack(text), encoding ? { "content-encoding": encoding } : {});
      const got = rewritePage(sent, link);
      assert.equal(got.headers?.["content-length"], undefined);
      assert.equal(unpack(await buffer(got.body as AsyncIterable<Uint8Array>)).toString(), expected);
    });
  test("no HTML", () => {
    const sent = reply(text, {}, "application/json");
    assert.equal(rewritePage(sent, link), sent);
  });
  test("an encoding that nobody knows", () => {
    const sent = reply(text, { "content-encoding": "br" });
    assert.equal(rewritePage(sent, link), sent);
  });
});
