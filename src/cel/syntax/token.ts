// The lexer. Its errors are those of the generated lexer upstream: the text from the token's start to the character that
// fits nothing, which is skipped with it.

export type TokenKind =
  | "IDENTIFIER"
  | "ESC_IDENTIFIER"
  | "NUM_FLOAT"
  | "NUM_INT"
  | "NUM_UINT"
  | "STRING"
  | "BYTES"
  | "symbol"
  | "<EOF>";
export interface Token {
  readonly kind: TokenKind;
  /** As written; "<EOF>" at the end. */
  readonly text: string;
  readonly start: number;
}
export interface LexError {
  readonly offset: number;
  readonly message: string;
}

const keywords = new Set(["in", "true", "false", "null"]);
const symbol = /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const escapedWord = /`[A-Za-z0-9_.\-/ ]+`/y;
const blank = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y;
const number = /0x[0-9a-fA-F]+[uU]?|(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?/y;
const textStart = /[bB]?[rR]?(?:"""|'''|"|')/y;
const escape = /\\(?:[abfnrtv"'\\?`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;

const at = (pattern: RegExp, source: string, index: number): string | undefined => {
  pattern.lastIndex = index;
  return pattern.exec(source)?.[0];
};
/** The end of the text literal whose content starts at `index`, or the offset where it stops being one. */
function scanText(source: string, index: number, quote: string, raw: boolean): { end?: number; stop: number } {
  const long = quote.length === 3;
  for (let i = index; i < source.length;) {
    if (source.startsWith(quote, i)) return { end: i + quote.length, stop: i };
    const unit = source[i]!;
    if (!long && (unit === "\n" || unit === "\r")) return { stop: i };
    if (unit === "\\" && !raw) {
      const found = at(escape, source, i);
      if (!found) return { stop: escapeStop(source, i) };
      i += found.length;
    } else i++;
  }
  return { stop: source.length };
}
/** How far the bad escape at `index` still looked like one. */
function escapeStop(source: string, index: number): number {
  const partial = /\\(?:[0-3][0-7]?|[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7})?/y;
  return index + (at(partial, source, index)?.length ?? 1);
}

function kindOfNumber(text: string): TokenKind {
  if (/[uU]$/.test(text)) return "NUM_UINT";
  return text.startsWith("0x") || /^[0-9]+$/.test(text) ? "NUM_INT" : "NUM_FLOAT";
}
const shown = (text: string): string => text.replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r");

/** Splits a source into tokens, the last of which is the end. */
export function tokenize(source: string): { tokens: Token[]; errors: LexError[] } {
  const tokens: Token[] = [];
  const errors: LexError[] = [];
  let index = 0;
  const reject = (stop: number): void => {
    const end = stop + String.fromCodePoint(source.codePointAt(stop) ?? 0).length;
    const text = shown(source.slice(index, end));
    errors.push({ offset: index, message: `Syntax error: token recognition error at: '${text}'` });
    index = end;
  };
  while (index < source.length) {
    const skipped = at(blank, source, index);
    if (skipped) {
      index += skipped.length;
      continue;
    }
    const token = readToken(source, index);
    if ("stop" in token) {
      reject(token.stop);
      continue;
    }
    tokens.push(token);
    index += token.text.length;
  }
  tokens.push({ kind: "<EOF>", text: "<EOF>", start: source.length });
  return { tokens, errors };
}
function readToken(source: string, start: number): Token | { stop: number } {
  const opening = at(textStart, source, start);
  if (opening) return readText(source, start, opening);
  const name = at(word, source, start);
  if (name) return { kind: keywords.has(name) ? "symbol" : "IDENTIFIER", text: name, start };
  const digits = at(number, source, start);
  if (digits) return { kind: kindOfNumber(digits), text: digits, start };
  const sign = at(symbol, source, start);
  if (sign) return { kind: "symbol", text: sign, start };
  const escaped = at(escapedWord, source, start);
  if (escaped) return { kind: "ESC_IDENTIFIER", text: escaped, start };
  const partial = /^(?:[=&|]|`[A-Za-z0-9_.\-/ ]*)/.exec(source.slice(start, start + 300))?.[0] ?? "";
  return { stop: start + partial.length };
}
function readText(source: string, start: number, opening: string): Token | { stop: number } {
  const prefix = opening.replace(/["']+$/, "");
  const kind = /[bB]/.test(prefix) ? "BYTES" : "STRING";
  const quote = opening.slice(prefix.length);
  const { end, stop } = scanText(source, start + opening.length, quote, /[rR]/.test(prefix));
  if (end !== undefined) return { kind, text: source.slice(start, end), start };
  // An unclosed """ still starts with the empty text "", and the prefix of an unclosed text is a name.
  if (quote.length === 3) return { kind, text: source.slice(start, start + prefix.length + 2), start };
  return prefix ? { kind: "IDENTIFIER", text: prefix, start } : { stop };
}
