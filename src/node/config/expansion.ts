// $(NAME) in commands, arguments, values and paths. An unknown name stays as it is written; $$ is a dollar sign, so
// $$(NAME) comes out as $(NAME).

/** `valueOf` answers undefined for a name that is not known. */
export function expand(text: string, valueOf: (name: string) => string | undefined): string {
  if (!text.includes("$")) return text;
  let out = "";
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf("$", at);
    if (dollar < 0 || dollar === text.length - 1) return out + text.slice(at);
    out += text.slice(at, dollar);
    const next = text[dollar + 1]!;
    if (next === "(") {
      const close = text.indexOf(")", dollar + 2);
      if (close < 0) {
        out += "$(";
        at = dollar + 2;
        continue;
      }
      const name = text.slice(dollar + 2, close);
      out += valueOf(name) ?? `$(${name})`;
      at = close + 1;
    } else {
      out += next === "$" ? "$" : `$${next}`;
      at = dollar + 2;
    }
  }
  return out;
}
/** The names that `text` uses and `valueOf` does not know. */
export function unknownNames(text: string, valueOf: (name: string) => string | undefined): string[] {
  const missing: string[] = [];
  expand(text, (name) => {
    const value = valueOf(name);
    if (value === undefined) missing.push(name);
    return value;
  });
  return missing;
}
