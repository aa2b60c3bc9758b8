// Kubernetes: named formats of texts, format.dns1123Label().validate("x"), which answer what is wrong with a text.
import { isDns1035Label, isDnsLabel, isDnsSubdomain, isLabelValue, isName, isQualifiedName } from "#api/names.ts";
import { hasFormat } from "#api/structural/formats.ts";
import { nominal } from "../cost/calls.ts";
import { regexFactor, scaled, textFactor } from "../cost/range.ts";
import { costSize } from "../cost/size.ts";
import { declarer, overload } from "../library.ts";
import type { CallCost, Library } from "../library.ts";
import { handleType } from "../type.ts";
import { ExtensionValue, listOf, none, OptionalValue } from "../value.ts";
import type { Value } from "../value.ts";
import { readUrl, urlProblem } from "./url.ts";
import { UrlError } from "./url-parse.ts";

export const formatType = handleType("kubernetes.NamedFormat", 64);
type Check = (text: string) => readonly string[];
export class FormatValue extends ExtensionValue {
  readonly type = formatType;
  readonly name: string;
  readonly check: Check;
  /** The length of the expression that it amounts to, for costs. */
  readonly regexSize: number;
  constructor(name: string, check: Check, regexSize: number) {
    super();
    this.name = name;
    this.check = check;
    this.regexSize = regexSize;
  }
  equals(other: Value): boolean {
    return other instanceof FormatValue && other.name === this.name;
  }
}

const known =
  (format: string, problem: string): Check =>
  (text) =>
    hasFormat(format, text) ? [] : [problem];
const isUri: Check = (text) => {
  const url = readUrl(text);
  return url instanceof UrlError ? [urlProblem(text, url)] : [];
};
const formats: Readonly<Record<string, FormatValue>> = {
  dns1123Label: new FormatValue("DNS1123Label", isDnsLabel, 30),
  dns1123Subdomain: new FormatValue("DNS1123Subdomain", isDnsSubdomain, 60),
  dns1035Label: new FormatValue("DNS1035Label", isDns1035Label, 30),
  qualifiedName: new FormatValue("QualifiedName", isQualifiedName, 60),
  dns1123LabelPrefix: new FormatValue("DNS1123LabelPrefix", (text) => isName("dnsLabel", text, true), 30),
  dns1123SubdomainPrefix: new FormatValue("DNS1123SubdomainPrefix", (text) => isName("dnsSubdomain", text, true), 60),
  dns1035LabelPrefix: new FormatValue("DNS1035LabelPrefix", (text) => isName("dns1035Label", text, true), 30),
  labelValue: new FormatValue("LabelValue", isLabelValue, 40),
  uri: new FormatValue("URI", isUri, 1103),
  uuid: new FormatValue("uuid", known("uuid", "does not match the UUID format"), 70),
  byte: new FormatValue("byte", known("byte", "invalid base64"), 84),
  date: new FormatValue("date", known("date", "invalid date"), 69),
  datetime: new FormatValue("datetime", known("datetime", "invalid datetime"), 69),
};

/** Estimates take every format for the longest. */
const longestRegex = 128;
const validateCost: CallCost = {
  actual: ([format, text]) =>
    Math.ceil((1 + costSize(text!)) * textFactor) * Math.ceil((format as FormatValue).regexSize * regexFactor),
  estimate: ({ args: [text] }) => text && { cost: scaled(scaled(text.size, textFactor), longestRegex * regexFactor) },
};
const declare = declarer({ Format: formatType });
export const formatLibrary: Library = {
  name: "kubernetes.format",
  types: [formatType],
  functions: [
    ...Object.entries(formats).map(([name, format]) =>
      declare(`format.${name}`, [overload(`format.${name}`, "() -> Format", () => format)]),
    ),
    declare("format.named", [
      overload(
        "format-named",
        "(string) -> optional(Format)",
        (name: string) => (Object.hasOwn(formats, name) ? new OptionalValue(formats[name]) : none),
        nominal,
      ),
    ]),
    declare("validate", [
      overload(
        "format-validate",
        "Format.(string) -> optional(list(string))",
        (format: FormatValue, text: string) => {
          const problems = format.check(text);
          return problems.length ? new OptionalValue(listOf([...problems])) : none;
        },
        validateCost,
      ),
    ]),
  ],
};
