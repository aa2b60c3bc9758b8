// Kubernetes: URLs as values.
import { nominal, textCost } from "../cost/calls.ts";
import { fail } from "../failure.ts";
import { declarer, overload } from "../library.ts";
import type { Library } from "../library.ts";
import { handleType } from "../type.ts";
import { ExtensionValue, listOf, mapOf } from "../value.ts";
import type { Value } from "../value.ts";
import { parseRequestUrl, splitHost, UrlError } from "./url-parse.ts";
import type { Url } from "./url-parse.ts";

const urlType = handleType("kubernetes.URL", "size");
export class UrlValue extends ExtensionValue {
  readonly type = urlType;
  readonly url: Url;
  constructor(url: Url) {
    super();
    this.url = url;
  }
  equals(other: Value): boolean {
    return other instanceof UrlValue && this.url.text === other.url.text;
  }
}
/** The URL, or why there is none. */
export function readUrl(text: string): Url | UrlError {
  try {
    return parseRequestUrl(text);
  } catch (error) {
    if (error instanceof UrlError) return error;
    throw error;
  }
}
export const urlProblem = (text: string, { message }: UrlError): string => `parse ${JSON.stringify(text)}: ${message}`;
function url(text: string): UrlValue {
  const found = readUrl(text);
  if (!(found instanceof UrlError)) return new UrlValue(found);
  return fail(`URL parse error during conversion from string: ${urlProblem(text, found)}`);
}

const declare = declarer({ URL: urlType });
const part = (name: string, id: string, type: string, read: (url: Url) => Value) =>
  declare(name, [overload(id, `URL.() -> ${type}`, ({ url: value }: UrlValue) => read(value), nominal)]);
export const urlLibrary: Library = {
  name: "kubernetes.url",
  types: [urlType],
  functions: [
    declare("url", [overload("string_to_url", "(string) -> URL", url, textCost(1, true))]),
    declare("isURL", [
      overload("is_url_string", "(string) -> bool", (text: string) => !(readUrl(text) instanceof UrlError)),
    ]),
    part("getScheme", "url_get_scheme", "string", ({ scheme }) => scheme),
    part("getHost", "url_get_host", "string", ({ host }) => host),
    part("getHostname", "url_get_hostname", "string", ({ host }) => splitHost(host).hostname),
    part("getPort", "url_get_port", "string", ({ host }) => splitHost(host).port),
    part("getEscapedPath", "url_get_escaped_path", "string", ({ escapedPath }) => escapedPath),
    part("getQuery", "url_get_query", "map(string, list(string))", ({ query }) =>
      mapOf([...query].map(([name, values]) => [name, listOf([...values])] as const)),
    ),
  ],
};
