// The corpus: regressions.json has a case for each bug that was found, with what must come of it now; outcomes.jsonl has
// one request for each answer that random requests were seen to get, the shortest that was met (collect.ts makes it).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromLine, type FuzzRequest } from "./request.ts";

const folder = join(import.meta.dirname, "corpus");
export const outcomesFile = join(folder, "outcomes.jsonl");

interface RequestText {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A body as JSON, as text or in base64. */
  readonly body?: unknown;
  readonly text?: string;
  readonly base64?: string;
}
export interface Regression {
  /** What went wrong. */
  readonly why: string;
  readonly before: readonly FuzzRequest[];
  readonly request: FuzzRequest;
  /** Several where either is right. */
  readonly code: number | readonly number[];
  /** Must be in the answer. */
  readonly says?: string;
}

function requestOf({ body, ...rest }: RequestText): FuzzRequest {
  const isBody = body !== undefined;
  const headers = isBody ? { "content-type": "application/json", ...rest.headers } : rest.headers;
  return fromLine(JSON.stringify({ ...rest, headers, ...(isBody ? { text: JSON.stringify(body) } : {}) }));
}

export function regressions(): Regression[] {
  type Case = Omit<Regression, "before" | "request"> & { before?: readonly RequestText[]; request: RequestText };
  const cases = JSON.parse(readFileSync(join(folder, "regressions.json"), "utf8")) as Case[];
  return cases.map(({ before = [], request, ...rest }) => ({
    ...rest,
    before: before.map(requestOf),
    request: requestOf(request),
  }));
}
export const outcomes = (): FuzzRequest[] =>
  readFileSync(outcomesFile, "utf8").split("\n").filter(Boolean).map(fromLine);
