// What a strategic merge patch did wrong, as upstream says it: there the patched object is not read from JSON but converted
// value by value, with errors of their own.

const sources: Readonly<Record<string, string>> = {
  string: "string",
  object: "map",
  array: "slice",
  bool: "bool",
  number: "int64",
};
const unmarshal = /^json: cannot unmarshal (\w+)(?: (\S+))? into Go (?:struct field \S+|value) of type (.+)$/;

/** The text of Go's conversion that corresponds to one of its JSON decoder. */
export function conversionText(decoding: string): string {
  const match = unmarshal.exec(decoding);
  if (!match) return decoding.startsWith("illegal base64") ? `error decoding from json: ${decoding}` : decoding;
  const [, value = "", number = "", target = ""] = match;
  const isFraction = value === "number" && /[.eE]/.test(number);
  const source = isFraction ? "float64" : (sources[value] ?? value);
  if (target.startsWith("map[")) return `cannot restore map from ${source}`;
  if (target.startsWith("[]")) return `cannot restore slice from ${source}`;
  if (/^\w+\.[A-Z]/.test(target)) return `cannot restore struct from: ${source}`;
  const converts = target === "string" ? value === "number" : isFraction;
  return converts ? `cannot convert ${source} to ${target}` : `unrecognized type: ${target}`;
}
