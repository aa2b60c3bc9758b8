// Reads JSONPath as kubectl and CustomResourceDefinitions write it: fields, indices and slices, unions, wildcards, ".."
// and filters, in braces within a text. Source: the Kubernetes JSONPath page; error texts are those of kubectl.

export type Step =
  | { readonly type: "field"; readonly name: string }
  /** Absent ends are those of the list; `to` is exclusive. */
  | {
      readonly type: "slice";
      readonly from?: number;
      readonly to?: number;
      readonly by?: number;
      readonly single: boolean;
    }
  | { readonly type: "wildcard" }
  | { readonly type: "descend" }
  | { readonly type: "union"; readonly parts: readonly Steps[] }
  | { readonly type: "filter"; readonly left: Steps; readonly operator: string; readonly right: Steps }
  | { readonly type: "constant"; readonly value: string | number | boolean }
  | { readonly type: "range" | "end" };
export type Steps = readonly Step[];
/** Literal text, or an expression in braces. */
export type Piece = { readonly text: string } | { readonly steps: Steps };

export class JsonPathError extends Error {}
const fail = (why: string): never => {
  throw new JsonPathError(why);
};

/** A template: text with expressions in braces. */
export function parseTemplate(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf("{", at);
    if (open < 0) return [...pieces, { text: template.slice(at) }];
    if (open > at) pieces.push({ text: template.slice(at, open) });
    const reader = new Reader(template, open + 1);
    pieces.push({ steps: reader.untilBrace() });
    at = reader.at;
  }
  return pieces;
}
/** One expression, without the braces. */
export const parseJsonPath = (path: string): Steps => new Reader(`${path}}`, 0).untilBrace();

const terminators = " \t\r\n.,[]$@{}";
class Reader {
  readonly #text: string;
  at: number;
  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }
  #has(prefix: string): boolean {
    return this.#text.startsWith(prefix, this.at);
  }
  untilBrace(): Steps {
    const steps: Step[] = [];
    for (;;) {
      const c = this.#text[this.at];
      if (c === undefined || c === "\n" || c === "\r") fail("unclosed action");
      else if (c === "}") {
        this.at++;
        return steps;
      } else steps.push(...this.#step(c, steps));
    }
  }
  #step(c: string, before: Steps): readonly Step[] {
    if (this.#has("[?(")) return [this.#filter()];
    if (this.#has("..")) return this.#descend(before);
    if (c === " " || c === "@" || c === "$") {
      this.at++;
      return [];
    }
    if (c === "[") return this.#bracket();
    if (c === '"' || c === "'") return [this.#quoted(c)];
    if (c === ".") {
      this.at++;
      return [this.#field()];
    }
    if (/[-+\d]/.test(c)) return [this.#number()];
    if (/[\p{L}_]/u.test(c)) return [this.#word()];
    return fail(
      `unrecognized character in action: U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")} '${c}'`,
    );
  }
  #name(): string {
    let name = "";
    for (let c = this.#text[this.at]; c !== undefined && !terminators.includes(c); c = this.#text[++this.at])
      name += c === "\\" ? (this.#text[++this.at] ?? "") : c;
    return name;
  }
  #field(): Step {
    const name = this.#name();
    return name === "*" ? { type: "wildcard" } : { type: "field", name };
  }
  #descend(before: Steps): readonly Step[] {
    if (before.at(-1)?.type === "descend") fail("invalid multiple recursive descent");
    this.at += 2;
    const next = this.#text[this.at] ?? "";
    return /[\p{L}\d_]/u.test(next) ? [{ type: "descend" }, this.#field()] : [{ type: "descend" }];
  }
  #word(): Step {
    const word = this.#name();
    if (word === "true" || word === "false") return { type: "constant", value: word === "true" };
    if (word === "range" || word === "end") return { type: word };
    return fail(`unrecognized identifier ${word}`);
  }
  #number(): Step {
    const text = /[-+]?[\d.]*/y;
    text.lastIndex = this.at;
    const [digits] = text.exec(this.#text)!;
    this.at += digits.length;
    const value = Number(digits);
    return Number.isNaN(value) || digits === "" ? fail(`cannot parse number ${digits}`) : { type: "constant", value };
  }
  #quoted(quote: string): Step {
    const start = this.at++;
    while (this.#text[this.at] !== quote || this.#text[this.at - 1] === "\\") {
      const c = this.#text[this.at++];
      if (c === undefined || c === "\n") fail("unterminated quoted string");
    }
    return { type: "constant", value: unescape(this.#text.slice(start + 1, this.at++)) };
  }
  #bracket(): readonly Step[] {
    const end = this.#text.indexOf("]", this.at);
    const inner = end < 0 ? "\n" : this.#text.slice(this.at + 1, end);
    if (inner.includes("\n")) return fail("unterminated array");
    this.at = end + 1;
    const parts = inner.split(",");
    if (parts.length === 1) return bracketStep(inner);
    return [{ type: "union", parts: parts.map((part) => parseJsonPath(`[${part.trim()}]`)) }];
  }
  #filter(): Step {
    this.at += 3;
    const start = this.at;
    let quote = "";
    for (let c = this.#text[this.at]; quote !== "" || c !== ")"; c = this.#text[++this.at]) {
      if (c === undefined || c === "\n") return fail("unterminated filter");
      if (quote === "" && (c === '"' || c === "'")) quote = c;
      else if (c === quote && this.#text[this.at - 1] !== "\\") quote = "";
    }
    const inner = this.#text.slice(start, this.at++);
    if (this.#text[this.at++] !== "]") return fail("unclosed array expect ]");
    const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)(.+)$/.exec(inner) ?? [];
    if (!operator) return { type: "filter", left: parseJsonPath(inner), operator: "exists", right: [] };
    return { type: "filter", left: parseJsonPath(left!), operator, right: parseJsonPath(right!) };
  }
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
const unescape = (text: string): string => text.replace(/\\(.)/g, (_, c: string) => escapes[c] ?? c);

/** What stands between brackets: a quoted name, an index or a slice. */
function bracketStep(inner: string): readonly Step[] {
  const [, name] = /^'([^']*)'$/.exec(inner) ?? [];
  if (name !== undefined) return parseJsonPath(`.${name}`);
  const text = inner === "*" ? ":" : inner;
  const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (!match) return fail(`invalid array index ${text}`);
  const [, from = "", to, by] = match;
  const part = (key: string, given: string | undefined): object => (given ? { [key]: Number(given) } : {});
  const single = to === undefined;
  if (single && from === "") return fail(`invalid array index ${text}`);
  return [{ type: "slice", single, ...part("from", from), ...part("to", to?.slice(1)), ...part("by", by?.slice(1)) }];
}
