// Continue tokens: where a list goes on, and at which revision. Opaque to clients, in upstream's own form.
import { badRequest } from "#api/errors.ts";
import type { Revision } from "#store/store.ts";

/** Go on at whatever is newest: the list is not consistent then. */
export const atNewest = -1;

export interface Continuation {
  readonly revision: Revision;
  /** The first key that may follow. */
  readonly from: string;
}

export function encodeContinue(after: string, revision: Revision): string {
  const token = { v: "meta.k8s.io/v1", rv: revision, start: `${after}\0` };
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

/** Throws BadRequest. `namespace` is that of the request: a token must not lead out of it. */
export function decodeContinue(token: string, namespace: string): Continuation {
  let parsed: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    parsed = JSON.parse(Buffer.from(token, "base64url").toString()) as typeof parsed;
  } catch (error) {
    throw badRequest(`continue key is not valid: ${String((error as Error).message)}`);
  }
  const { v, rv, start } = parsed ?? {};
  if (v !== "meta.k8s.io/v1")
    throw badRequest("continue key is not valid: server does not recognize this encoded version");
  if (typeof rv !== "number" || !Number.isSafeInteger(rv) || rv === 0 || rv < atNewest)
    throw badRequest("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  if (typeof start !== "string" || start === "" || start.startsWith("/") || start.split("/").includes(".."))
    throw badRequest("continue key is not valid: encoded start key empty or malformed (version meta.k8s.io/v1)");
  if (namespace && !start.startsWith(`${namespace}/`))
    throw badRequest("continue key is not valid: it belongs to another list");
  return { revision: rv, from: start };
}
