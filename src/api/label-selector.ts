// The text form of label selectors: "a=b, c in (d,e), !f, g>1". A small lexer and a descent over its tokens; the error
// texts are upstream's, down to the path of a value.
import { badRequest } from "./errors.ts";
import { type FieldError, invalidValue } from "./field-error.ts";
import { isLabelValue, isQualifiedName } from "./names.ts";

export type LabelOperator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

type TokenType =
  | "identifier"
  | "end"
  | "error"
  | "in"
  | "notin"
  | "="
  | "=="
  | "!="
  | "!"
  | ">"
  | "<"
  | "("
  | ")"
  | ",";
interface Token {
  readonly type: TokenType;
  readonly text: string;
}
const end: Token = { type: "end", text: "" };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = /[ \t\r\n]*(?:(==|!=|[=!()<>,])|([^=!()<>, \t\r\n]+)|$)/y;
  while (pattern.lastIndex < text.length) {
    const [, symbol, word] = pattern.exec(text)!;
    if (symbol) found.push({ type: symbol as TokenType, text: symbol });
    else if (word) found.push({ type: word === "in" || word === "notin" ? word : "identifier", text: word });
  }
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(text: string) {
    this.#tokens = tokens(text);
  }
  /** In the place of a key or value, the words "in" and "notin" are ordinary. */
  #look(asOperator = false): Token {
    const token = this.#tokens[this.#at] ?? end;
    return !asOperator && (token.type === "in" || token.type === "notin") ? { ...token, type: "identifier" } : token;
  }
  #next(asOperator = false): Token {
    const token = this.#look(asOperator);
    this.#at++;
    return token;
  }

  parse(): LabelRequirement[] {
    const found: LabelRequirement[] = [];
    for (;;) {
      const start = this.#look();
      if (start.type === "end") return found;
      if (start.type !== "identifier" && start.type !== "!") {
        throw badRequest(`found '${start.text}', expected: !, identifier, or 'end of string'`);
      }
      found.push(this.#requirement());
      const after = this.#next();
      if (after.type === "end") return found;
      if (after.type !== ",") throw badRequest(`found '${after.text}', expected: ',' or 'end of string'`);
      const next = this.#look();
      if (next.type !== "identifier" && next.type !== "!") {
        throw badRequest(`found '${next.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): LabelRequirement {
    const negated = this.#look().type === "!";
    if (negated) this.#next();
    const { type, text: key } = this.#next();
    if (type !== "identifier") throw unparsable(`found '${key}', expected: identifier`);
    const wrong = isQualifiedName(key);
    if (wrong.length > 0) throw unparsable(`<nil>: ${invalidValue("", key, wrong.join("; ")).message}`);
    const after = this.#look().type;
    if (negated) return { key, operator: "!", values: [] };
    if (after === "end" || after === ",") return { key, operator: "exists", values: [] };
    const operator = this.#operator();
    const values = operator === "in" || operator === "notin" ? this.#list() : [this.#value()];
    return checked({ key, operator, values: [...new Set(values)].toSorted() });
  }

  #operator(): LabelOperator {
    const { type, text } = this.#next(true);
    switch (type) {
      case "in":
      case "notin":
      case "=":
      case "==":
      case "!=":
        return type;
      case ">":
        return "gt";
      case "<":
        return "lt";
      default:
        throw unparsable(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  #value(): string {
    const { type } = this.#look();
    if (type === "end" || type === ",") return "";
    const token = this.#next();
    if (token.type !== "identifier") throw unparsable(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  /** "(a,b)"; nothing between commas or parentheses is the empty value. */
  #list(): string[] {
    const open = this.#next();
    if (open.type !== "(") throw unparsable(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    for (let wanted = true; ;) {
      const token = this.#next();
      if (token.type === "identifier" && wanted) {
        values.push(token.text);
        wanted = false;
        const { type, text } = this.#look();
        if (type !== "," && type !== ")") throw unparsable(`found '${text}', expected: ',' or ')'`);
      } else if (token.type === "," || token.type === ")") {
        if (wanted) values.push("");
        if (token.type === ")") return values;
        wanted = true;
      } else {
        const expected = values.length === 0 && token.text !== "," ? "',', ')' or identifier" : "',', or identifier";
        throw unparsable(`found '${token.text}', expected: ${expected}`);
      }
    }
  }
}
const unparsable = (why: string): Error => badRequest(`unable to parse requirement: ${why}`);

function checked(requirement: LabelRequirement): LabelRequirement {
  const { key, operator, values } = requirement;
  const found: FieldError[] = [];
  const whole = operator === "gt" || operator === "lt";
  for (const [i, value] of values.entries()) {
    const wrong = isLabelValue(value);
    if (whole && !/^[+-]?[0-9]+$/.test(value)) {
      const why = "for 'Gt', 'Lt' operators, the value must be an integer";
      found.push(invalidValue(`values[${i}]`, value, why));
    }
    if (wrong.length > 0) found.push(invalidValue(`values[${i}][${key}]`, value, wrong.join("; ")));
  }
  if (found.length === 0) return requirement;
  const texts = found.map((e) => `${e.field}: ${e.message}`);
  throw unparsable(texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`);
}

/** Requirements by key. Throws ApiError BadRequest. */
export const parseLabels = (text: string): LabelRequirement[] =>
  new Parser(text).parse().toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
