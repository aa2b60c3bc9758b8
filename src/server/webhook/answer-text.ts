// What is said of a webhook's answer that is none, in the words of upstream's client.
import { isObject, parseJson } from "#api/json.ts";

const texts: Readonly<Record<number, string>> = {
  400: "the server rejected our request for an unknown reason",
  401: "the server has asked for the client to provide credentials",
  404: "the server could not find the requested resource",
  405: "the server does not allow this method on the requested resource",
  409: "the server reported a conflict",
  422: "the server rejected our request due to an error in our request",
  429: "the server has received too many requests and has asked us to try again later",
  503: "the server is currently unable to handle the request",
  504: "the server was unable to return a response in the time allotted, but may still be processing the request",
};
const shownCharacters = 2048;

/** Of an answer of failure; one that is a Status speaks for itself. */
export function failureText(code: number, contentType: string | undefined, answer: string): string {
  const status = statusMessage(answer);
  if (status !== undefined) return status;
  const isText = contentType === undefined || contentType === "" || contentType.startsWith("text/");
  const told = isText && answer.trim() ? answer.trim().slice(0, shownCharacters) : "unknown";
  if (code === 403 || code === 406 || code === 415) return told;
  return (
    texts[code] ??
    (code >= 500 ? `an error on the server (${JSON.stringify(told)}) has prevented the request from succeeding` : told)
  );
}
function statusMessage(answer: string): string | undefined {
  try {
    const { value } = parseJson(Buffer.from(answer));
    if (!isObject(value) || value["kind"] !== "Status" || value["status"] !== "Failure") return undefined;
    return typeof value["message"] === "string" ? value["message"] : "";
  } catch {
    return undefined; // not JSON: not a Status
  }
}

const scalar =
  'couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
/** Throws what is wrong with it. */
export function decodedAnswer(answer: string): unknown {
  // Upstream: what does not begin as an object is read as YAML, where a word is a text.
  if (!/^\s*[{[]/.test(answer)) throw new Error(scalar);
  return parseJson(Buffer.from(answer)).value;
}
