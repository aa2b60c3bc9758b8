// The parser's place among the tokens, and what it does about a wrong one: skip it when the next one fits, pretend a
// missing one when the present one fits after it, else give up. Upstream's generated parser does the same with the same
// words, and clients see these.
import type { Issue } from "./source.ts";
import { issueAt } from "./source.ts";
import type { Token } from "./token.ts";
import { tokenize } from "./token.ts";

/** Thrown when parsing cannot go on; the issues say why. */
export class SyntaxAbort {
  readonly message = "the expression cannot be parsed any further";
}

const literals = ["NUM_FLOAT", "NUM_INT", "NUM_UINT", "STRING", "BYTES", "IDENTIFIER"];
const order = "'[' ']' '{' '}' '(' ')' '.' ',' '-' '!' '?' 'true' 'false' 'null'".split(" ");
const starts = ["'['", "'{'", "'('", "'.'", "'-'", "'!'", "'true'", "'false'", "'null'"];
/** What may begin an expression, as errors list it, with `more` symbols that may stand there as well. */
function expressionStart(...more: readonly string[]): string {
  const wanted = new Set([...starts, ...more.map((symbol) => `'${symbol}'`)]);
  return `{${[...order.filter((symbol) => wanted.has(symbol)), ...literals].join(", ")}}`;
}
const startSymbols = new Set(["[", "{", "(", ".", "-", "!", "true", "false", "null"]);
export const startsExpression = ({ kind, text }: Token): boolean =>
  kind === "symbol" ? startSymbols.has(text) : literals.includes(kind);
const operators = new Set("|| && < <= >= > == != in * / % + - ? [ .".split(" "));

export class Cursor {
  readonly source: string;
  readonly issues: Issue[];
  readonly #tokens: readonly Token[];
  /** What closes the constructs that are open, innermost last. */
  readonly #closers: (readonly string[])[] = [["<EOF>"]];
  #index = 0;
  constructor(source: string) {
    this.source = source;
    const { tokens, errors } = tokenize(source);
    this.#tokens = tokens;
    this.issues = errors.map(({ offset, message }) => issueAt(source, offset, message));
  }
  get token(): Token {
    return this.#tokens[this.#index]!;
  }
  peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]!;
  }
  is(symbol: string): boolean {
    return this.token.kind === "symbol" && this.token.text === symbol;
  }
  next(): Token {
    const { token } = this;
    if (token.kind !== "<EOF>") this.#index++;
    return token;
  }
  /** Takes the symbol if it stands here. */
  take(symbol: string): boolean {
    const found = this.is(symbol);
    if (found) this.next();
    return found;
  }
  report(offset: number, message: string): void {
    this.issues.push(issueAt(this.source, offset, message));
  }
  /** Runs `parse` and drops what it reports, unless parsing ends there. */
  silently<T>(parse: () => T): T {
    const count = this.issues.length;
    const parsed = parse();
    this.issues.length = count;
    return parsed;
  }
  syntaxError(message: string, token = this.token): void {
    this.report(token.start, `Syntax error: ${message}`);
  }
  /** What begins with `first` can be nothing in the language because of `token`. */
  notViable(first: Token, token = this.token): void {
    const last = token.kind === "<EOF>" ? first : token;
    const end = last.start + last.text.length;
    this.syntaxError(`no viable alternative at input '${this.source.slice(first.start, end)}'`, token);
  }
  abort(message: string): never {
    this.syntaxError(message);
    throw new SyntaxAbort();
  }
  mismatched(expecting: string): never {
    return this.abort(`mismatched input '${this.token.text}' expecting ${expecting}`);
  }
  extraneous(expecting: string): void {
    this.syntaxError(`extraneous input '${this.token.text}' expecting ${expecting}`);
    this.next();
  }

  /** Runs `parse` inside a construct that `symbols` close or continue. */
  within<T>(symbols: readonly string[], parse: () => T): T {
    this.#closers.push(symbols);
    const parsed = parse();
    this.#closers.pop();
    return parsed;
  }
  /** Whether the token may follow a whole expression here. */
  follows(token = this.token): boolean {
    const { kind, text } = token;
    return (kind === "symbol" && operators.has(text)) || this.#closers.some((symbols) => symbols.includes(text));
  }
  /** How many of the same symbol stand here one after another. */
  countRun(symbol: string): number {
    let count = 0;
    while (this.peek(count).kind === "symbol" && this.peek(count).text === symbol) count++;
    return count;
  }
  /** Behind `!`: reports and skips what is no operand; false where none comes. */
  reachOperand(): boolean {
    if (startsExpression(this.token)) return true;
    this.syntaxError(`extraneous input '${this.token.text}' expecting ${expressionStart()}`);
    while (!startsExpression(this.token)) {
      if (this.token.kind === "<EOF>" || this.follows()) return false;
      this.next();
    }
    return true;
  }
  /** Where an expression must begin: false when none does and parsing goes on behind it. */
  atExpression(...more: readonly string[]): boolean {
    if (startsExpression(this.token)) return true;
    const expecting = expressionStart(...more);
    if (this.token.kind !== "<EOF>" && startsExpression(this.peek(1))) {
      this.extraneous(expecting);
      return true;
    }
    this.syntaxError(`mismatched input '${this.token.text}' expecting ${expecting}`);
    if (!this.follows() || this.token.kind === "<EOF>") throw new SyntaxAbort();
    return false;
  }
  /** Takes a symbol that must stand here; `after` tells whether a token may follow it. */
  expect(symbol: string, after: (token: Token) => boolean, expecting = `'${symbol}'`): Token {
    if (this.is(symbol)) return this.next();
    const then = this.peek(1);
    if (this.token.kind !== "<EOF>" && then.kind === "symbol" && then.text === symbol) {
      this.extraneous(expecting);
      return this.next();
    }
    if (!after(this.token)) this.mismatched(expecting);
    this.syntaxError(`missing '${symbol}' at '${this.token.text}'`);
    return { kind: "symbol", text: symbol, start: this.token.start };
  }
  /** After an item of a list: true when another may follow, false at the end, which is taken. */
  another(end: string, separators = `{'${end}', ','}`): boolean {
    if (this.take(",")) return true;
    if (this.take(end)) return false;
    const then = this.peek(1);
    if (this.token.kind === "<EOF>" || (then.text !== end && then.text !== ",")) this.mismatched(separators);
    this.extraneous(separators);
    return this.another(end, separators);
  }
}
