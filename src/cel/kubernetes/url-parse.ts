// URLs as Go reads them, which is stricter than the web's rules in places and laxer in others. Only the parts that
// expressions can ask for are kept.
import { parseIp } from "#api/meta/ip.ts";
import { decodeText, encodeText } from "../text.ts";

export interface Url {
  readonly scheme: string;
  /** With the port; an IPv6 address in brackets. */
  readonly host: string;
  readonly escapedPath: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** All of it. */
  readonly text: string;
}
/** The message is Go's. */
export class UrlError extends Error {}
const refuse = (why: string): never => {
  throw new UrlError(why);
};

type Place = "path" | "host" | "zone" | "query" | "user";
const inHost = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]$/;
/** Replaces escapes; `place` says which are allowed and what a plus means. */
function unescapeText(text: string, place: Place): string {
  const bytes = encodeText(text);
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const character = String.fromCharCode(byte);
    if (character === "%") {
      const escape = new TextDecoder().decode(bytes.subarray(i, i + 3));
      const value = /^%[0-9a-fA-F]{2}$/.test(escape) ? Number.parseInt(escape.slice(1), 16) : -1;
      const asciiHost = place === "host" && value < 0x80 && escape !== "%25";
      const badZone =
        place === "zone" &&
        escape !== "%25" &&
        value !== 0x20 &&
        value < 0x80 &&
        !inHost.test(String.fromCharCode(value));
      if (value < 0 || asciiHost || badZone) refuse(`invalid URL escape ${JSON.stringify(escape)}`);
      out.push(value);
      i += 2;
    } else if ((place === "host" || place === "zone") && byte < 0x80 && !inHost.test(character))
      refuse(`invalid character ${JSON.stringify(character)} in host name`);
    else out.push(place === "query" && character === "+" ? 0x20 : byte);
  }
  const unescaped = Uint8Array.from(out);
  return decodeText(unescaped) ?? new TextDecoder().decode(unescaped);
}
const keptInPath = /^[A-Za-z0-9\-_.~$&+,/:;=@]$/;
function escapePath(path: string): string {
  let out = "";
  for (const byte of encodeText(path)) {
    const character = String.fromCharCode(byte);
    out += keptInPath.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}
/** The path as it was written, where that is a valid way to write it. */
function escapedPathOf(path: string): string {
  const plain = unescapeText(path, "path");
  if (path === "*") return path;
  const isValid = /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/.test(path);
  return isValid ? path : escapePath(plain);
}

function schemeOf(text: string): { scheme: string; rest: string } {
  if (text.startsWith(":")) refuse("missing protocol scheme");
  const match = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(text);
  return match ? { scheme: match[1]!.toLowerCase(), rest: text.slice(match[0].length) } : { scheme: "", rest: text };
}
const isPort = (text: string): boolean => /^(?::[0-9]*)?$/.test(text);
function hostOf(text: string, scheme: string): string {
  const open = text.lastIndexOf("[");
  if (open > 0) refuse("invalid IP-literal");
  if (open === 0) return bracketedHost(text);
  const first = text.indexOf(":");
  const strict = scheme === "http" || scheme === "https";
  const port = first < 0 ? "" : text.slice(strict ? first : text.lastIndexOf(":"));
  if (!isPort(port)) refuse(`invalid port ${JSON.stringify(port)} after host`);
  return unescapeText(text, "host");
}
function bracketedHost(text: string): string {
  const close = text.lastIndexOf("]");
  if (close < 0) refuse("missing ']' in host");
  const port = text.slice(close + 1);
  if (!isPort(port)) refuse(`invalid port ${JSON.stringify(port)} after host`);
  const inner = text.slice(1, close);
  const zone = inner.indexOf("%25");
  const name = zone < 0 ? unescapeText(inner, "host") : unescapeText(inner.slice(0, zone), "host");
  const suffix = zone < 0 ? "" : unescapeText(inner.slice(zone), "zone");
  const ip = parseIp(name.split("%")[0]!);
  if (!ip || ip.sloppy) refuse(`invalid host: ParseAddr(${JSON.stringify(name + suffix)}): unable to parse IP`);
  if (!name.includes(":")) refuse("invalid IP-literal");
  return `[${name}${suffix}]${port}`;
}
function authorityOf(text: string, scheme: string): string {
  const at = text.lastIndexOf("@");
  const host = hostOf(text.slice(at + 1), scheme);
  const user = at < 0 ? "" : text.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) refuse("net/url: invalid userinfo");
  unescapeText(user, "user");
  return host;
}
function queryOf(text: string): Map<string, string[]> {
  const query = new Map<string, string[]>();
  for (const pair of text.split("&")) {
    if (pair === "" || pair.includes(";")) continue;
    const [name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair)!.slice(1);
    try {
      const key = unescapeText(name, "query");
      query.set(key, [...(query.get(key) ?? []), unescapeText(value, "query")]);
    } catch (error) {
      // A pair that cannot be read is left out, as in Go.
      if (!(error instanceof UrlError)) throw error;
    }
  }
  return query;
}

/** Throws UrlError. A request URI is absolute: a scheme or a path from the root. */
export function parseRequestUrl(text: string): Url {
  const whole = readUrl(text, true);
  const hash = text.indexOf("#");
  if (hash < 0) return whole;
  unescapeText(text.slice(hash + 1), "path");
  return { ...readUrl(text.slice(0, hash), false), text };
}
function readUrl(text: string, isRequest: boolean): Url {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\0-\x1f\x7f]/.test(text)) refuse("net/url: invalid control character in URL");
  if (text === "" && isRequest) refuse("empty url");
  const { scheme, rest } = schemeOf(text);
  const mark = rest.indexOf("?");
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query = queryOf(mark < 0 ? "" : rest.slice(mark + 1));
  const url = { scheme, host: "", query, text };
  if (text === "*") return { ...url, escapedPath: "*" };
  if (!path.startsWith("/")) {
    // What follows a scheme without a slash is opaque and has no path.
    if (scheme) return { ...url, escapedPath: "" };
    if (isRequest) refuse("invalid URI for request");
  }
  const hasHost = path.startsWith("//") && (scheme !== "" || (!isRequest && !path.startsWith("///")));
  if (!hasHost) return { ...url, escapedPath: escapedPathOf(path) };
  const slash = path.indexOf("/", 2);
  const authority = slash < 0 ? path.slice(2) : path.slice(2, slash);
  const host = authorityOf(authority, scheme);
  return { ...url, host, escapedPath: escapedPathOf(slash < 0 ? "" : path.slice(slash)) };
}
/** Host and port apart; an address without its brackets. */
export function splitHost(host: string): { hostname: string; port: string } {
  const colon = host.lastIndexOf(":");
  const hasPort = colon >= 0 && isPort(host.slice(colon));
  const name = hasPort ? host.slice(0, colon) : host;
  return { hostname: name.replace(/^\[(.*)\]$/s, "$1"), port: hasPort ? host.slice(colon + 1) : "" };
}
