// The formats that a schema may ask of a text. Unknown ones ask for nothing. Dashes in a format's name do not count.
import { parseCidr, parseIp } from "#api/meta/ip.ts";
import { isCreditCard, isIsbn10, isIsbn13 } from "./format-checksums.ts";
import { isDate, isDateTime, isDurationText } from "./format-time.ts";

type Test = (text: string) => boolean;
const matches =
  (pattern: RegExp): Test =>
  (text) =>
    pattern.test(text);

const hex = "[0-9a-f]";
const uuid = (third: string, fourth: string): Test =>
  matches(new RegExp(`^${hex}{8}-?${hex}{4}-?${third}-?${fourth}-?${hex}{12}$`, "i"));
const any4 = `${hex}{4}`;
const variant = `[89ab]${hex}{3}`;

const shortName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const isShortName = (text: string): boolean => text.length <= 63 && shortName.test(text);
const isLongName = (text: string): boolean =>
  text.length <= 253 && text.split(".").every((part) => shortName.test(part));

const hostChar = "[a-zA-Z0-9\\p{S}\\p{L}]";
const loneLabel = new RegExp(`^${hostChar}(?:-?${hostChar}{0,62})?$`, "u");
const innerLabel = new RegExp(`^${hostChar}(?:[-a-zA-Z0-9\\p{S}\\p{L}]{0,61}${hostChar})?$`, "u");
/** Upstream: a label that stands alone may have a dash in the second place only. */
function isHostname(text: string): boolean {
  if (text.length > 255) return false;
  const labels = text.split(".");
  const top = labels.pop()!;
  if (labels.length === 0) return loneLabel.test(top);
  return labels.every((label) => innerLabel.test(label)) && /^[a-zA-Z\p{L}]{2,63}$/u.test(top);
}
function isRequestUri(text: string): boolean {
  if (text === "" || text.includes(" ") || /\p{Cc}/u.test(text)) return false;
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return false;
  if (text.startsWith("/")) return true;
  return /^[a-zA-Z][-+.a-zA-Z0-9]*:./.test(text) && !/^[a-zA-Z][-+.a-zA-Z0-9]*:\/\/[^/?#]*[<>"^`{}|\\]/.test(text);
}
/** An address with or without a display name before it. */
function isEmail(text: string): boolean {
  const shown = /^(?:"[^"\\]*"|[^<>"@,;:\\]*)<([^<>]+)>\s*$/.exec(text);
  const address = (shown ? shown[1]! : text).trim();
  const at = address.lastIndexOf("@");
  const word = "[-!#$%&'*+/=?^_`{|}~a-zA-Z0-9\\u0080-\\uffff]+";
  const dotted = new RegExp(`^${word}(?:\\.${word})*$`);
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const isLocal = dotted.test(local) || /^"(?:[^"\\]|\\.)*"$/.test(local);
  return at > 0 && isLocal && (dotted.test(domain) || /^\[[^[\]]+\]$/.test(domain));
}
const isMac = matches(
  /^(?:(?:[0-9a-f]{2}:){5}|(?:[0-9a-f]{2}:){7}|(?:[0-9a-f]{2}:){19})[0-9a-f]{2}$|^(?:(?:[0-9a-f]{2}-){5}|(?:[0-9a-f]{2}-){7}|(?:[0-9a-f]{2}-){19})[0-9a-f]{2}$|^(?:(?:[0-9a-f]{4}\.){2}|(?:[0-9a-f]{4}\.){3}|(?:[0-9a-f]{4}\.){9})[0-9a-f]{4}$/i,
);
const channel = "(?:0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])";

const tests: Readonly<Record<string, Test>> = {
  bsonobjectid: matches(/^[0-9a-f]{24}$/i),
  uri: isRequestUri,
  email: isEmail,
  hostname: isHostname,
  ipv4: (text) => text.includes(".") && parseIp(text) !== undefined,
  ipv6: (text) => text.includes(":") && parseIp(text) !== undefined,
  cidr: (text) => parseCidr(text) !== undefined,
  mac: isMac,
  uuid: uuid(any4, any4),
  uuid3: uuid(`3${hex}{3}`, any4),
  uuid4: uuid(`4${hex}{3}`, variant),
  uuid5: uuid(`5${hex}{3}`, variant),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: (text) => text.length === 11 && /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  hexcolor: matches(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: matches(new RegExp(`^rgb\\(\\s*${channel}\\s*,\\s*${channel}\\s*,\\s*${channel}\\s*\\)$`)),
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  password: () => true,
  date: isDate,
  duration: isDurationText,
  datetime: isDateTime,
  k8sshortname: isShortName,
  k8slongname: isLongName,
};
const normal = (format: string): string => format.replaceAll("-", "");
const textFormat = (format: string): Test | undefined => {
  const name = normal(format);
  return Object.hasOwn(tests, name) ? tests[name] : undefined;
};

/** Whether a format means anything for values of a type ("" for none). */
export function isKnownFormat(format: string, type: string): boolean {
  if (type === "" || type === "string") return textFormat(format) !== undefined;
  if (type === "integer") return format === "int32" || format === "int64";
  return type === "number" && (format === "float" || format === "double");
}
/** Whether a text is of a known text format. */
export const hasFormat = (format: string, text: string): boolean => textFormat(format)?.(text) ?? true;
