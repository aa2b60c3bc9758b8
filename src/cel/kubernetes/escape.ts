// Field names that are no identifiers get one in expressions: "foo.bar" is foo__dot__bar, "namespace" is __namespace__.

const reserved = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);
const words: Readonly<Record<string, string>> = { __: "underscores", ".": "dot", "-": "dash", "/": "slash" };

/** The name in expressions; undefined for a field that cannot be reached. */
export function escapeName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  return name.replace(/__|[.\-/]/g, (symbol) => `__${words[symbol]}__`);
}
/** A field may also be called by a word of the language after a dot: `self.namespace`. */
export const fieldNameOf = (name: string): string => (reserved.has(name) ? `__${name}__` : name);
