// The formats of names, labels and other short texts. Each check returns the messages that Kubernetes prints, none for
// a good value; clients and people compare those texts. Source: RFC 1035, RFC 1123 and the API conventions.
import type { NameRule } from "./kind.ts";

export const emptyText = "must be non-empty";
/** Labels are counted in bytes, names in characters, says upstream; both are ASCII where they are right. */
const bytesText = (max: number): string => `must be no more than ${max} bytes`;
export const charactersText = (max: number): string => `must be no more than ${max} characters`;
export const rangeText = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;
/** A message with examples and the expression that was used. */
export function regexText(message: string, regex: string, ...examples: readonly string[]): string {
  const used = `regex used for validation is '${regex}')`;
  return examples.length === 0
    ? `${message} (${used}`
    : `${message} (e.g. ${examples.map((example) => `'${example}', `).join(" or ")}${used}`;
}

/** Length in UTF-8, which is what upstream's limits count. */
export function byteLength(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return new TextEncoder().encode(text).length;
  return text.length;
}

interface Format {
  readonly regex: string;
  readonly message: string;
  readonly examples: readonly string[];
  readonly max?: number;
  readonly tooLong?: (max: number) => string;
}
type Check = (value: string) => string[];
const check = (format: Format): Check => {
  const pattern = new RegExp(`^(?:${format.regex})$`);
  return (value) => {
    const found: string[] = [];
    const { max, tooLong = charactersText } = format;
    if (max !== undefined && value.length > max && byteLength(value) > max) found.push(tooLong(max));
    if (!pattern.test(value)) found.push(regexText(format.message, format.regex, ...format.examples));
    return found;
  };
};

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const underscored = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const word = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const subdomainFormat: Format = {
  regex: subdomain,
  message:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  examples: ["example.com"],
  max: 253,
};
export const isDnsSubdomain = check(subdomainFormat);
const isPrefix = check({ ...subdomainFormat, tooLong: bytesText });
export const isDnsSubdomainWithUnderscore = check({
  regex: `${underscored}(\\.${underscored})*`,
  message:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  examples: ["example.com"],
  max: 253,
});
export const isWildcardDnsSubdomain = check({
  regex: `\\*\\.${subdomain}`,
  message:
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  examples: ["*.example.com"],
  max: 253,
});

const labelCheck = check({
  regex: label,
  message:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  examples: ["my-name", "123-abc"],
  max: 63,
});
const subdomainPattern = new RegExp(`^${subdomain}$`);
export const isDnsLabel: Check = (value) => {
  const found = labelCheck(value);
  const dotted = value.includes(".") && subdomainPattern.test(value);
  return dotted ? [...found.slice(0, -1), "must not contain dots"] : found;
};
export const isDns1035Label = check({
  regex: "[a-z]([-a-z0-9]*[a-z0-9])?",
  message:
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  examples: ["my-name", "abc-123"],
  max: 63,
});

const wordMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const wordPattern = new RegExp(`^${word}$`);
const wordText = regexText(wordMessage, word, "MyName", "my.name", "123-abc");
/** Label keys, and everything else in the form "prefix/name" or "name". */
export const isQualifiedName: Check = (value) => {
  const slash = value.indexOf("/");
  if (slash < 0) return isNamePart(value);
  if (value.includes("/", slash + 1)) {
    return [`a valid label key ${wordText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const prefix = value.slice(0, slash);
  const found = prefix === "" ? [emptyText] : isPrefix(prefix);
  return [...found.map((text) => `prefix part ${text}`), ...isNamePart(value.slice(slash + 1))];
};
function isNamePart(name: string): string[] {
  const found: string[] = [];
  if (name === "") found.push(`name part ${emptyText}`);
  else if (byteLength(name) > 63) found.push(`name part ${bytesText(63)}`);
  if (!wordPattern.test(name)) found.push(`name part ${wordText}`);
  return found;
}
export const isLabelValue = check({
  regex: `(${word})?`,
  message: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
  examples: ["MyValue", "my_value", "12345"],
  max: 63,
  tooLong: bytesText,
});

/** What may stand in a URL path and a store key; upstream sets no limit on the length. */
export const isPathSegment: Check = (value) =>
  value === "." || value === ".." ? [`may not be '${value}'`] : isPathSegmentPrefix(value);
const isPathSegmentPrefix: Check = (value) =>
  ["/", "%"].filter((illegal) => value.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);

const withoutParent = (value: string): string[] => {
  if (value === "." || value === "..") return [`must not be '${value}'`];
  return value.startsWith("..") ? ["must not start with '..'"] : [];
};
const keyCheck = check({
  regex: "[-._a-zA-Z0-9]+",
  message: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  examples: ["key.name", "KEY_NAME", "key-name"],
  max: 253,
});
export const isConfigMapKey: Check = (value) => [...keyCheck(value), ...withoutParent(value)];
const envCheck = check({
  regex: "[-._a-zA-Z][-._a-zA-Z0-9]*",
  message:
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
  examples: ["my.env-name", "MY_ENV.NAME", "MyEnvName1"],
});
export const isEnvVarName: Check = (value) => [...envCheck(value), ...withoutParent(value)];
/** Any printable ASCII but "=". */
export const isRelaxedEnvVarName: Check = (value) => {
  if (value === "") return [`environment variable name ${emptyText}`];
  return /^[\x20-\x3c\x3e-\x7e]*$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};
export const isCIdentifier = check({
  regex: "[A-Za-z_][A-Za-z0-9_]*",
  message:
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  examples: ["my_name", "MY_NAME", "MyName"],
});
export const isPercent = check({
  regex: "[0-9]+%",
  message: "a valid percent string must be a numeric string followed by an ending '%'",
  examples: ["1%", "93%"],
});
export const isHttpHeaderName = check({
  regex: "[-A-Za-z0-9]+",
  message: "a valid HTTP header must consist of alphanumeric characters or '-'",
  examples: ["X-Header-Name"],
});

export const isPortName: Check = (port) => {
  const found: string[] = [];
  if (byteLength(port) > 15) found.push(charactersText(15));
  if (!/^[-a-z0-9]+$/.test(port)) {
    found.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!/[a-z]/.test(port)) found.push("must contain at least one letter (a-z)");
  if (port.includes("--")) found.push("must not contain consecutive hyphens");
  if (port.startsWith("-") || port.endsWith("-")) found.push("must not begin or end with a hyphen");
  return found;
};
export const isPortNumber = (port: number): string[] => (port >= 1 && port <= 65535 ? [] : [rangeText(1, 65535)]);

const ruleChecks: Readonly<Record<NameRule, Check>> = {
  dnsSubdomain: isDnsSubdomain,
  dnsLabel: isDnsLabel,
  dns1035Label: isDns1035Label,
  pathSegment: isPathSegment,
  configMapKey: isConfigMapKey,
  own: () => [],
};
/** Whether a name obeys the rule of its kind. A prefix (generateName) may end in a dash. */
export function isName(rule: NameRule, name: string, prefix = false): string[] {
  if (!prefix) return ruleChecks[rule](name);
  if (rule === "pathSegment") return isPathSegmentPrefix(name);
  // Upstream: one character more than the dash is replaced.
  return ruleChecks[rule](name.length > 1 && name.endsWith("-") ? `${name.slice(0, -2)}a` : name);
}
