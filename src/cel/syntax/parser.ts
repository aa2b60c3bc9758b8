// The parser: recursive descent, one method a rule of the grammar. Macros are expanded as soon as their call is parsed.
import { Failure } from "../failure.ts";
import { Cursor, startsExpression, SyntaxAbort } from "./cursor.ts";
import type { Expr, MapEntry, StructField } from "./expr.ts";
import { ExprFactory } from "./factory.ts";
import { bytesLiteral, doubleLiteral, intLiteral, textLiteral, uintLiteral } from "./literal.ts";
import type { Macro } from "./macro.ts";
import { MacroError } from "./macro.ts";
import type { Issue } from "./source.ts";
import { issueAt } from "./source.ts";
import type { Token } from "./token.ts";
import type { Value } from "../value.ts";

export interface ParseOptions {
  readonly macros: readonly Macro[];
  /** `a.?b`, `a[?b]`, `[?a]`, `{?a: b}`. */
  readonly optionalSyntax?: boolean;
  /** Field names in backquotes. */
  readonly quotedFields?: boolean;
  /** How deep expressions may nest; default 250. */
  readonly maxDepth?: number;
}
export type Parsed = { readonly expr: Expr } | { readonly issues: readonly Issue[] };

const maxPoints = 100_000;
const reserved = new Set(
  "as break const continue else false for function if import in let loop package namespace null return true var void while".split(
    " ",
  ),
);
const relations = new Set(["<", "<=", ">=", ">", "==", "!=", "in"]);
const factors = new Set(["*", "/", "%"]);
const terms = new Set(["+", "-"]);
const operatorName = (symbol: string): string => (symbol === "in" ? "@in" : `_${symbol}_`);

export function parse(source: string, options: ParseOptions): Parsed {
  const size = source.length > maxPoints ? [...source].length : 0;
  if (size > maxPoints) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${maxPoints}`;
    return { issues: [issueAt(source, -1, message)] };
  }
  const parser = new Parser(source, options);
  const expr = parser.parseAll();
  return expr ? { expr } : { issues: parser.issues };
}

class Parser {
  readonly #cursor: Cursor;
  readonly #options: ParseOptions;
  readonly #factory = new ExprFactory();
  readonly #macros: ReadonlyMap<string, Macro>;
  readonly #maxDepth: number;
  readonly #heights = new Map<Expr, number>();
  #depth = 0;
  constructor(source: string, options: ParseOptions) {
    this.#cursor = new Cursor(source);
    this.#options = options;
    this.#maxDepth = options.maxDepth ?? 250;
    this.#macros = new Map(options.macros.map((macro) => [`${macro.name}/${macro.member}/${macro.arity}`, macro]));
  }
  get issues(): readonly Issue[] {
    return this.#cursor.issues;
  }
  parseAll(): Expr | undefined {
    try {
      const expr = this.#expr();
      const { token } = this.#cursor;
      if (token.kind !== "<EOF>" && this.#cursor.peek(1).kind !== "<EOF>") this.#cursor.mismatched("<EOF>");
      if (token.kind !== "<EOF>") this.#cursor.extraneous("<EOF>");
      return this.issues.length ? undefined : expr;
    } catch (error) {
      if (error instanceof SyntaxAbort) return undefined;
      throw error;
    }
  }

  /** Counts nesting for as long as `parse` runs. */
  #nested<T>(parse: () => T): T {
    if (++this.#depth > this.#maxDepth) this.#tooDeep(`expression recursion limit exceeded: ${this.#maxDepth}`);
    const parsed = parse();
    this.#depth--;
    return parsed;
  }
  #tooDeep(message: string): never {
    this.#cursor.report(-1, message);
    throw new SyntaxAbort();
  }
  /** Notes the height of a tree of operators: chains nest without parentheses too. */
  #above<T extends Expr>(expr: T, parts: readonly Expr[], step: 0 | 1): T {
    const height = step + Math.max(0, ...parts.map((part) => this.#heights.get(part) ?? 0));
    if (height > this.#maxDepth) this.#tooDeep("max recursion depth exceeded");
    if (height) this.#heights.set(expr, height);
    return expr;
  }
  #make(token: Token) {
    return this.#factory.at(token.start);
  }

  #expr(...more: readonly string[]): Expr {
    return this.#nested(() => {
      const condition = this.#logic("||", () => this.#logic("&&", () => this.#relation(more)));
      if (!this.#cursor.is("?")) return condition;
      const sign = this.#cursor.next();
      const yes = this.#cursor.within([":"], () =>
        this.#logic("||", () => this.#logic("&&", () => this.#relation([]))),
      );
      this.#cursor.expect(":", startsExpression);
      const no = this.#expr();
      return this.#above(this.#make(sign).call("_?_:_", condition, yes, no), [condition, yes, no], 1);
    });
  }
  /** A chain of && or || becomes a balanced tree, so that its depth is the logarithm of its length. */
  #logic(symbol: "&&" | "||", operand: () => Expr): Expr {
    const operands = [operand()];
    const signs: Token[] = [];
    while (this.#cursor.is(symbol)) {
      signs.push(this.#cursor.next());
      operands.push(operand());
    }
    const tree = (low: number, high: number): Expr => {
      const middle = (low + high + 1) >> 1;
      const left = middle === low ? operands[middle]! : tree(low, middle - 1);
      const right = middle === high ? operands[middle + 1]! : tree(middle + 1, high);
      return this.#above(this.#make(signs[middle]!).call(operatorName(symbol), left, right), [left, right], 0);
    };
    return signs.length ? tree(0, signs.length - 1) : operands[0]!;
  }
  #relation(more: readonly string[]): Expr {
    return this.#binary(relations, () => this.#binary(terms, () => this.#binary(factors, () => this.#unary(more))));
  }
  #binary(symbols: ReadonlySet<string>, operand: () => Expr): Expr {
    let left = operand();
    while (this.#cursor.token.kind === "symbol" && symbols.has(this.#cursor.token.text)) {
      const sign = this.#cursor.next();
      left = this.#callOrMacro(sign, operatorName(sign.text), [left, operand()], undefined, 1);
    }
    return left;
  }

  #unary(more: readonly string[]): Expr {
    if (!this.#cursor.atExpression(...more)) return this.#missing();
    const { token } = this.#cursor;
    const next = this.#cursor.peek(1);
    const negative = this.#cursor.is("-") && isNumber(next);
    if (negative || !(this.#cursor.is("!") || this.#cursor.is("-"))) return this.#member();
    const count = this.#cursor.countRun(token.text);
    const stray = token.text === "-" && !startsMember(this.#cursor.peek(count));
    for (let i = stray ? 1 : 0; i < count; i++) this.#cursor.next();
    if (stray) return this.#notViable();
    if (token.text === "!" && !this.#cursor.reachOperand()) return this.#missing();
    const operand = this.#isStrayMinus() ? this.#notViable() : this.#member();
    if (count % 2 === 0) return operand;
    return this.#above(this.#make(token).call(`${token.text}_`, operand), [operand], 0);
  }
  /** A minus behind `!` that begins no number. */
  #isStrayMinus(): boolean {
    return this.#cursor.is("-") && !isNumber(this.#cursor.peek(1));
  }
  /** A minus without an operand: upstream goes on as if something were subtracted from nothing. */
  #notViable(): Expr {
    const after = this.#cursor.peek(1);
    if (isWord(after)) this.#cursor.syntaxError(`mismatched input '${after.text}' expecting IDENTIFIER`, after);
    else this.#cursor.notViable(this.#cursor.token, after);
    return this.#missing();
  }
  #missing(): Expr {
    return this.#make(this.#cursor.token).literal(null);
  }

  #member(): Expr {
    let expr = this.#primary();
    for (;;) {
      if (this.#cursor.is(".")) expr = this.#select(expr);
      else if (this.#cursor.is("[")) expr = this.#index(expr);
      else return expr;
    }
  }
  #select(operand: Expr): Expr {
    const dot = this.#cursor.next();
    const optional = this.#cursor.take("?");
    const { token } = this.#cursor;
    if (token.kind !== "IDENTIFIER" && token.kind !== "ESC_IDENTIFIER") return this.#badField(operand, dot, optional);
    this.#cursor.next();
    if (token.kind === "IDENTIFIER" && !optional && this.#cursor.is("(")) {
      const open = this.#cursor.next();
      return this.#callOrMacro(open, token.text, this.#arguments(), operand, 1);
    }
    const field = this.#fieldName(token);
    if (!optional) return this.#above(this.#make(dot).select(operand, field), [operand], 1);
    this.#needsOptional(dot, "unsupported syntax '.?'");
    return this.#above(this.#make(dot).call("_?._", operand, this.#make(token).literal(field)), [operand], 1);
  }
  #badField(operand: Expr, dot: Token, optional: boolean): Expr {
    if (optional) this.#cursor.mismatched("{IDENTIFIER, ESC_IDENTIFIER}");
    if (isWord(this.#cursor.token)) this.#cursor.mismatched("IDENTIFIER");
    this.#cursor.notViable(dot);
    while (!this.#cursor.follows()) {
      if (this.#cursor.token.kind === "<EOF>") throw new SyntaxAbort();
      this.#cursor.next();
    }
    return operand;
  }
  #fieldName(token: Token): string {
    if (token.kind === "IDENTIFIER") return token.text;
    if (!this.#options.quotedFields) this.#cursor.report(token.start, "unsupported syntax: '`'");
    return token.text.slice(1, -1);
  }
  #needsOptional(token: Token, message: string): void {
    if (!this.#options.optionalSyntax) this.#cursor.report(token.start, message);
  }
  #index(operand: Expr): Expr {
    const open = this.#cursor.next();
    const optional = this.#cursor.take("?");
    if (optional) this.#needsOptional(open, "unsupported syntax '[?'");
    const index = this.#cursor.within(["]"], () => (optional ? this.#expr() : this.#expr("?")));
    this.#cursor.expect("]", (token) => this.#cursor.follows(token));
    return this.#callOrMacro(open, optional ? "_[?_]" : "_[_]", [operand, index], undefined, 1);
  }
  /** The rest of a call, behind its opening parenthesis. */
  #arguments(): Expr[] {
    if (this.#cursor.take(")")) return [];
    return this.#cursor.within([")", ","], () => {
      const args = [this.#expr(")")];
      while (this.#cursor.take(",")) args.push(this.#expr());
      this.#cursor.expect(")", (token) => this.#cursor.follows(token));
      return args;
    });
  }
  /** `step` tells whether the call itself counts as a level of nesting. */
  #callOrMacro(at: Token, name: string, args: Expr[], target?: Expr, step: 0 | 1 = 0): Expr {
    return this.#above(this.#expand(at, name, args, target), target ? [target, ...args] : args, step);
  }
  #expand(at: Token, name: string, args: Expr[], target: Expr | undefined): Expr {
    const make = this.#make(at);
    const key = `${name}/${target !== undefined}`;
    const macro = this.#macros.get(`${key}/${args.length}`) ?? this.#macros.get(`${key}/-1`);
    try {
      const expanded = macro?.expand(make, args, target);
      if (expanded) return expanded;
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.#cursor.report(error.offset, error.message);
      return make.literal(null);
    }
    return target ? make.memberCall(name, target, ...args) : make.call(name, ...args);
  }

  #primary(): Expr {
    const { token } = this.#cursor;
    if (token.kind !== "symbol") return token.kind === "IDENTIFIER" ? this.#name() : this.#literal(this.#cursor.next());
    switch (token.text) {
      case "(":
        return this.#parenthesis();
      case "[":
        return this.#list();
      case "{":
        return this.#map();
      case ".":
        return this.#name();
      case "-": {
        this.#cursor.next();
        return this.#literal(this.#cursor.next(), token);
      }
      default:
        this.#cursor.next();
        return this.#make(token).literal(token.text === "null" ? null : token.text === "true");
    }
  }
  #parenthesis(): Expr {
    this.#cursor.next();
    const expr = this.#cursor.within([")"], () => this.#expr());
    this.#cursor.expect(")", (token) => this.#cursor.follows(token));
    return expr;
  }
  #literal(token: Token, sign?: Token): Expr {
    const at = sign ?? token;
    try {
      return this.#make(at).literal(literalValue(token, sign ? "-" : ""));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#cursor.report(at.start, error.message);
      return this.#make(at).literal(null);
    }
  }

  /** A variable, a call or a message, perhaps with a leading dot. */
  #name(): Expr {
    const first = this.#cursor.token;
    const dot = this.#cursor.take(".") ? "." : "";
    const { token } = this.#cursor;
    if (token.kind !== "IDENTIFIER") {
      this.#cursor.notViable(first);
      throw new SyntaxAbort();
    }
    const length = this.#messageName();
    if (length) return this.#message(dot, length);
    this.#cursor.next();
    const call = this.#cursor.is("(");
    if (reserved.has(token.text)) {
      this.#cursor.report(first.start, `reserved identifier: ${token.text}`);
      if (!call) return this.#make(first).literal(null);
    }
    if (!call) return this.#make(token).ident(dot + token.text);
    const open = this.#cursor.next();
    return this.#callOrMacro(open, dot + token.text, this.#arguments());
  }
  /** How many names of a dotted name lead to `{` from here; none: this is no message. */
  #messageName(): number {
    for (let i = 0; this.#cursor.peek(i).kind === "IDENTIFIER"; i += 2) {
      const { kind, text } = this.#cursor.peek(i + 1);
      if (kind === "symbol" && text === "{") return i / 2 + 1;
      if (kind !== "symbol" || text !== ".") return 0;
    }
    return 0;
  }
  #message(dot: string, length: number): Expr {
    const names = [this.#cursor.next().text];
    for (let i = 1; i < length; i++) {
      this.#cursor.next();
      names.push(this.#cursor.next().text);
    }
    const open = this.#cursor.next();
    const { id, offset } = this.#make(open).list();
    const fields = this.#cursor.within(["}", ","], () => this.#items("}", () => this.#field()));
    const struct: Expr = { kind: "struct", id, offset, name: dot + names.join("."), fields };
    return this.#above(
      struct,
      fields.map(({ value }) => value),
      0,
    );
  }
  #field(): StructField {
    const mark = this.#cursor.token;
    const optional = this.#cursor.take("?");
    if (optional) this.#needsOptional(mark, "unsupported syntax '?'");
    const { token } = this.#cursor;
    if (token.kind !== "IDENTIFIER" && token.kind !== "ESC_IDENTIFIER")
      return this.#cursor.mismatched("{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}");
    this.#cursor.next();
    const name = this.#fieldName(token);
    const { id, offset } = this.#make(this.#cursor.expect(":", startsExpression)).list();
    return { id, offset, name, value: this.#marked(optional, () => this.#expr()), optional };
  }
  /** Parts of an entry that may not be optional here are not looked into: upstream reports the mark alone. */
  #marked(optional: boolean, parse: () => Expr): Expr {
    return optional && !this.#options.optionalSyntax ? this.#cursor.silently(parse) : parse();
  }
  /** Items up to `end`, with or without a comma behind the last. */
  #items<T>(end: "]" | "}", item: () => T): T[] {
    const items: T[] = [];
    if (this.#cursor.take(end)) return items;
    if (this.#cursor.is(",")) {
      this.#cursor.next();
      this.#cursor.expect(end, (token) => this.#cursor.follows(token));
      return items;
    }
    do {
      items.push(item());
      if (!this.#cursor.another(end)) return items;
    } while (!this.#atEnd(end));
    this.#cursor.expect(end, (token) => this.#cursor.follows(token));
    return items;
  }
  /** Behind a comma: whether the list ends here, well or badly. */
  #atEnd(end: string): boolean {
    const { token } = this.#cursor;
    return this.#cursor.is(end) || token.kind === "<EOF>" || this.#cursor.is(",");
  }
  #list(): Expr {
    const open = this.#cursor.next();
    const optional: number[] = [];
    const elements: Expr[] = [];
    this.#cursor.within(["]", ","], () =>
      this.#items("]", () => {
        const mark = this.#cursor.token;
        const marked = this.#cursor.take("?");
        if (marked) this.#needsOptional(mark, "unsupported syntax '?'");
        if (marked) optional.push(elements.length);
        elements.push(marked || elements.length ? this.#expr() : this.#expr("]", ",", "?"));
      }),
    );
    return this.#above(this.#make(open).list(elements, optional), elements, 0);
  }
  #map(): Expr {
    const open = this.#cursor.next();
    let first = true;
    const entries = this.#cursor.within(["}", ",", ":"], () =>
      this.#items("}", (): MapEntry => {
        const mark = this.#cursor.token;
        const optional = this.#cursor.take("?");
        if (optional) this.#needsOptional(mark, "unsupported syntax '?'");
        const key = this.#marked(optional, () => (optional || !first ? this.#expr() : this.#expr("}", ",", "?")));
        first = false;
        const { id, offset } = this.#make(this.#cursor.expect(":", startsExpression)).list();
        return { id, offset, key, value: this.#marked(optional, () => this.#expr()), optional };
      }),
    );
    const parts = entries.flatMap(({ key, value }) => [key, value]);
    return this.#above(this.#make(open).map(entries), parts, 0);
  }
}

const isNumber = ({ kind }: Token): boolean => kind === "NUM_INT" || kind === "NUM_FLOAT";
const isWord = ({ text }: Token): boolean => text === "true" || text === "false" || text === "null";
const startsMember = (token: Token): boolean => startsExpression(token) && token.text !== "!";

function literalValue(token: Token, sign: string): Value {
  switch (token.kind) {
    case "NUM_INT":
      return intLiteral(token.text, sign);
    case "NUM_UINT":
      return uintLiteral(token.text);
    case "NUM_FLOAT":
      return doubleLiteral(token.text, sign);
    case "BYTES":
      return bytesLiteral(token.text);
    default:
      return textLiteral(token.text);
  }
}
