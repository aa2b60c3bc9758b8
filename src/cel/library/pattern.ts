// Regular expressions in RE2's syntax and linear time, with the compiled ones kept.
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { fail } from "../failure.ts";

const compiled = new Map<string, RE2JS>();
const compiledLimit = 1024;
const longestKept = 4096;

/** The expression; undefined and why, where it is none. */
export function readRegex(pattern: string): { readonly regex: RE2JS } | { readonly problem: string } {
  const known = compiled.get(pattern);
  if (known) return { regex: known };
  try {
    const regex = RE2JS.compile(pattern);
    if (compiled.size >= compiledLimit) compiled.clear();
    if (pattern.length <= longestKept) compiled.set(pattern, regex);
    return { regex };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return { problem: error.message };
    throw error;
  }
}
/** Fails where the pattern is no regular expression. */
export function compileRegex(pattern: string, prefix = ""): RE2JS {
  const read = readRegex(pattern);
  return "regex" in read ? read.regex : fail(prefix + read.problem);
}
