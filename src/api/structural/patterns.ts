// Regular expressions of schemas, in Go's syntax and in linear time. Compiled once per text; the store is bounded.
import { RE2JS } from "re2js";

type Compiled =
  | { readonly ok: true; readonly test: (text: string) => boolean }
  | { readonly ok: false; readonly why: string };
const compiled = new Map<string, Compiled>();
const limit = 4096;

/** Why a text is no regular expression, in Go's words, or the test it stands for. */
export function compilePattern(pattern: string): Compiled {
  let found = compiled.get(pattern);
  if (!found) {
    if (compiled.size >= limit) compiled.clear();
    compiled.set(pattern, (found = compile(pattern)));
  }
  return found;
}
function compile(pattern: string): Compiled {
  try {
    const expression = RE2JS.compile(pattern);
    return { ok: true, test: (text) => expression.matcher(text).find() };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}
