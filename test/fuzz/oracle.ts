// What must hold of every answer, whatever was asked: no failure of the server's own, and each error a Status that says the
// same as the HTTP code.
import { gunzipSync } from "node:zlib";
import { codeOfReason } from "#api/errors.ts";
import { decodeProtobuf, isProtobuf, schemaLookup } from "#api/protobuf.ts";
import { Status } from "#api/meta/status-schema.ts";
import { parseYaml } from "#api/yaml.ts";
import type { Message } from "#api/schema.ts";
import { requestInfo } from "#server/stages/route.ts";
import type { FuzzAnswer } from "./fuzz-server.ts";
import type { FuzzRequest } from "./request.ts";

/** No request may take longer than this, for it would hold up all others. */
export const stallMs = 1_000;

const statusOnly = schemaLookup([], { Status: Status as Message<unknown> });

interface Shown {
  readonly kind?: string;
  readonly status?: string;
  readonly code?: number;
  readonly reason?: keyof typeof codeOfReason;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

async function parsed(answer: FuzzAnswer): Promise<unknown> {
  const type = String(answer.headers["content-type"] ?? "");
  if (answer.headers["content-encoding"] === "gzip")
    return parsed({ ...answer, headers: { ...answer.headers, "content-encoding": "" }, body: gunzipSync(answer.body) });
  if (isProtobuf(answer.body)) return decodeProtobuf(statusOnly, answer.body);
  if (type.startsWith("application/yaml")) return (await parseYaml(answer.body)).value;
  return JSON.parse(answer.body.toString());
}

/** Whether errors of a path are Statuses: those of the API; others answer in text as upstream does. */
function isOfApi(request: FuzzRequest): boolean {
  const path = request.url.split("?")[0]!;
  return path.startsWith("/api/") || path.startsWith("/apis/");
}

/** Upstream: a path that nothing serves is answered in text, also among those of the API. */
const noSuchPath = "404 page not found\n";

/** Upstream: what a node or a webhook is to blame for is a 500 all the same. */
export const faultsOfOthers = /no preferred addresses found|error dialing backend|failed calling webhook/;

const isOfOthers = ({ method, url }: FuzzRequest, { body }: FuzzAnswer): boolean =>
  method === "HEAD" ? /\/proxy(?:[/?]|$)/.test(url) : faultsOfOthers.test(body.toString());

/** What is wrong with an answer; empty when nothing is. */
export async function faults(request: FuzzRequest, answer: FuzzAnswer): Promise<string[]> {
  const logged = answer.errors.filter((line) => !faultsOfOthers.test(line));
  const found = logged.map((line) => `the server logged: ${line}`);
  const { code } = answer;
  if (answer.tookMs > stallMs) found.push(`took ${answer.tookMs.toFixed(0)} ms`);
  if (code === 0) return answer.isCut ? found : [...found, "no answer"];
  if (code === 500 && isOfOthers(request, answer)) return found;
  if (code >= 500 && code !== 503 && code !== 504) found.push(`code ${code}`);
  if (code === 200 || code === 201) found.push(...(await successFaults(request, answer)));
  if (code < 400 || request.method === "HEAD" || answer.isCut) return found;
  if (code === 404 && answer.body.toString() === noSuchPath) return found;
  let body: Shown;
  try {
    body = (await parsed(answer)) as Shown;
  } catch (error) {
    return isOfApi(request) ? [...found, `an error whose body is no Status: ${String(error)}`] : found;
  }
  return [...found, ...statusFaults(body, code)];
}

/** Upstream: a JSON patch that does not apply says no more than this. */
const patchRefused = "the server rejected our request due to an error in our request";

export function statusFaults(body: Shown, code: number): string[] {
  const found: string[] = [];
  if (body?.kind !== "Status" || body.status !== "Failure") return [`an error without a Status of failure (${code})`];
  if (body.code !== code) found.push(`Status.code ${body.code} in an answer of ${code}`);
  if (!body.reason || codeOfReason[body.reason] !== code) found.push(`reason ${body.reason} with code ${code}`);
  if (!body.message) found.push("a Status without message");
  if (/\[object |undefined(?! field)|TypeError|RangeError|is not a function|Cannot read/.test(body.message ?? ""))
    found.push(`a message from inside: ${body.message}`);
  for (const cause of body.reason === "Invalid" ? (body.details?.causes ?? []) : [])
    if (!cause.field) found.push(`a cause without a field: ${cause.message}`);
  if (body.reason === "Invalid" && !body.details?.causes?.length && body.message !== patchRefused)
    found.push(`Invalid without causes: ${body.message}`);
  return found;
}

async function successFaults(request: FuzzRequest, answer: FuzzAnswer): Promise<string[]> {
  const type = String(answer.headers["content-type"] ?? "");
  if (answer.isCut || answer.headers["content-encoding"] || request.method === "HEAD") return [];
  const [path = "", query] = request.url.split("?");
  if (!isOfApi(request) || requestInfo(request.method, path, new URLSearchParams(query)).verb === "watch") return [];
  if (!type.startsWith("application/json")) return [];
  try {
    const { kind } = JSON.parse(answer.body.toString()) as Shown;
    return kind ? [] : ["an answer without a kind"];
  } catch (error) {
    return [`an answer that is not JSON: ${String(error)}`];
  }
}
