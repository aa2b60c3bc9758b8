// Links in a proxied HTML page, rewritten so that they lead through the proxy again, while the page passes by. Only the
// values of attributes that hold links are touched; everything else stays as it is, byte for byte. Text is given and
// returned as latin1, so that any encoding that extends ASCII comes through. Pure.

/** Attributes that hold a link, by element: those of HTML 4 and 5. */
const linkAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ["href"],
  applet: ["codebase"],
  area: ["href"],
  audio: ["src"],
  base: ["href"],
  blockquote: ["cite"],
  body: ["background"],
  button: ["formaction"],
  command: ["icon"],
  del: ["cite"],
  embed: ["src"],
  form: ["action"],
  frame: ["longdesc", "src"],
  head: ["profile"],
  html: ["manifest"],
  iframe: ["longdesc", "src"],
  img: ["longdesc", "src", "usemap"],
  input: ["src", "usemap", "formaction"],
  ins: ["cite"],
  link: ["href"],
  object: ["classid", "codebase", "data", "usemap"],
  q: ["cite"],
  script: ["src"],
  source: ["src"],
  video: ["poster", "src"],
};
/** What these hold is text up to their end tag, whatever it looks like. */
const rawElements = new Set(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"]);
const longestEndTag = "</noframes".length;
/** What is not complete after so many characters passes as it is. */
const pendingLimit = 16 * 1024;

export interface LinkRewriter {
  /** What of the page can be told by now. */
  push(text: string): string;
  /** The rest of it. */
  end(): string;
}
export function createLinkRewriter(rewrite: (link: string) => string): LinkRewriter {
  let rest = "";
  /** Finds the end tag of the raw element that is open. */
  let rawEnd: RegExp | undefined;
  /** Takes from `rest` what is complete; at the end, everything. */
  function take(isLast: boolean): string {
    const out: string[] = [];
    let at = 0;
    while (at < rest.length) {
      const piece = rawEnd ? scanRaw(rest, at, rawEnd) : scan(rest, at);
      if (!piece && !isLast && rest.length - at < pendingLimit) break;
      const to = piece?.to ?? rest.length;
      out.push(withLinks(rest.slice(at, to), at, piece?.links ?? []));
      if (piece?.opens) rawEnd = new RegExp(`</${piece.opens}`, "gi");
      else if (piece?.closes) rawEnd = undefined;
      at = to;
    }
    rest = rest.slice(at);
    return out.join("");
  }
  function withLinks(text: string, at: number, links: readonly Range[]): string {
    let out = "";
    let done = 0;
    for (const { from, to } of links) {
      out += text.slice(done, from - at) + rewrite(text.slice(from - at, to - at));
      done = to - at;
    }
    return out + text.slice(done);
  }
  return {
    push(text) {
      rest += text;
      return take(false);
    },
    end: () => take(true),
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}
interface Piece {
  /** Where the next piece begins. */
  readonly to: number;
  readonly links?: readonly Range[];
  /** The raw element that begins with it. */
  readonly opens?: string;
  /** The raw element ends with it. */
  readonly closes?: boolean;
}
/** The piece at `at`; undefined: more must be known. */
function scan(text: string, at: number): Piece | undefined {
  const open = text.indexOf("<", at);
  if (open !== at) return { to: open < 0 ? text.length : open };
  if (text.startsWith("<!--", at)) {
    const end = text.indexOf("-->", at + 4);
    return end < 0 ? undefined : { to: end + 3 };
  }
  if (text.length - at < 4) return undefined;
  return /[a-zA-Z]/.test(text.charAt(at + 1)) ? scanTag(text, at) : { to: at + 1 };
}
/** The text of a raw element, as far as it is known not to be its end tag. */
function scanRaw(text: string, at: number, end: RegExp): Piece | undefined {
  end.lastIndex = at;
  const found = end.exec(text);
  if (found) return { to: found.index + 1, closes: true };
  const safe = text.lastIndexOf("<");
  const to = safe < at || text.length - safe > longestEndTag ? text.length : safe;
  return to > at ? { to } : undefined;
}

const nameEnd = /[\s/>]/g;
const attributeNameEnd = /[\s/>=]/g;
const bareValueEnd = /[\s>]/g;
const notSpace = /\S/g;
const notBetween = /[^\s/]/g;
/** Where the pattern matches next; undefined: not in what is known. */
function next(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index;
}
function scanTag(text: string, at: number): Piece | undefined {
  let i = next(nameEnd, text, at + 1);
  if (i === undefined) return undefined;
  const element = text.slice(at + 1, i).toLowerCase();
  const wanted = Object.hasOwn(linkAttributes, element) ? linkAttributes[element]! : [];
  const links: Range[] = [];
  for (;;) {
    i = next(notBetween, text, i);
    if (i === undefined) return undefined;
    if (text[i] === ">") return { to: i + 1, links, ...(rawElements.has(element) ? { opens: element } : {}) };
    const found = scanAttribute(text, i);
    if (!found) return undefined;
    if (found.value && wanted.includes(found.name)) links.push(found.value);
    i = found.to;
  }
}
function scanAttribute(text: string, at: number): { name: string; value?: Range; to: number } | undefined {
  const end = next(attributeNameEnd, text, at + 1);
  const equals = end === undefined ? undefined : next(notSpace, text, end);
  if (end === undefined || equals === undefined) return undefined;
  const name = text.slice(at, end).toLowerCase();
  if (text[equals] !== "=") return { name, to: end };
  const start = next(notSpace, text, equals + 1);
  if (start === undefined) return undefined;
  const quote = text.charAt(start);
  if (quote !== '"' && quote !== "'") {
    const to = next(bareValueEnd, text, start);
    return to === undefined ? undefined : { name, value: { from: start, to }, to };
  }
  const to = text.indexOf(quote, start + 1);
  return to < 0 ? undefined : { name, value: { from: start + 1, to }, to: to + 1 };
}

/** `from` is the URL of the page, `host` the Host header that it was asked with. Links that are relative stay so. */
export function rewriteLink(link: string, from: URL, host: string | undefined, prefix: string): string {
  const [, named, path] = /^(?:(?:https?:)?\/\/([^/?#]*))?(\/.*|$)/is.exec(link) ?? [];
  if (path === undefined || (named === undefined && path === "")) return link;
  if (named !== undefined && named !== from.host && named !== host) return link;
  return path.startsWith(`${prefix}/`) || path === prefix ? path : `${prefix}${path}`;
}
