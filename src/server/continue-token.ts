// Continue tokens: where a list goes on, and at which revision. Opaque to clients, in upstream's own form: the key is told
// from the list's own beginning, so that a token cannot lead out of its namespace.
import { badRequest, type ApiError } from "#api/errors.ts";
import { goSyntaxError, isObject } from "#api/json.ts";
import type { Revision } from "#store/store.ts";

/** Go on at whatever is newest: the list is not consistent then. */
export const atNewest = -1;

export interface Continuation {
  readonly revision: Revision;
  /** The first key that may follow. */
  readonly from: string;
}

const prefixOf = (namespace: string): string => (namespace ? `${namespace}/` : "");

/** `after`: the last key that was shown; `namespace`: that of the list, or "". */
export function encodeContinue(after: string, revision: Revision, namespace: string): string {
  const token = { v: "meta.k8s.io/v1", rv: revision, start: `${after.slice(prefixOf(namespace).length)}\0` };
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

const invalidToken = (why: string): ApiError => badRequest(`invalid continue token: ${why}`);
const invalidKey = (why: string): ApiError => invalidToken(`continue key is not valid: ${why}`);

/** Throws BadRequest. */
export function decodeContinue(token: string, namespace: string): Continuation {
  const { v, rv, start } = fieldsOf(token);
  if (v !== "meta.k8s.io/v1") throw invalidKey(`server does not recognize this encoded version ${v}`);
  if (rv === 0) throw invalidKey("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  if (start === "") throw invalidKey("encoded start key empty (version meta.k8s.io/v1)");
  const key = start.startsWith("/") ? start.slice(1) : start;
  if (key !== "" && key.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw invalidKey(start);
  return { revision: rv < 0 ? atNewest : rv, from: prefixOf(namespace) + key };
}

function fieldsOf(token: string): { readonly v: string; readonly rv: number; readonly start: string } {
  const text = Buffer.from(rawBase64Url(token), "base64url").toString();
  const syntax = goSyntaxError(text);
  if (syntax) throw invalidKey(syntax);
  const parsed: unknown = JSON.parse(text) ?? {};
  const mistyped = (value: unknown, where: string): ApiError =>
    invalidKey(`json: cannot unmarshal ${jsonType(value)} into Go ${where}`);
  if (!isObject(parsed)) throw mistyped(parsed, "value of type storage.continueToken");
  const { v, rv, start } = parsed;
  if (typeof (v ?? "") !== "string") throw mistyped(v, "struct field continueToken.v of type string");
  if (!Number.isSafeInteger(rv ?? 0)) throw mistyped(rv, "struct field continueToken.rv of type int64");
  if (typeof (start ?? "") !== "string") throw mistyped(start, "struct field continueToken.start of type string");
  return { v: (v ?? "") as string, rv: (rv ?? 0) as number, start: (start ?? "") as string };
}
const jsonType = (value: unknown): string =>
  Array.isArray(value)
    ? "array"
    : typeof value === "number" && !Number.isInteger(value)
      ? `number ${value}`
      : typeof value === "boolean"
        ? "bool"
        : typeof value;

/** The text, once it is known to be base64 without padding. */
function rawBase64Url(text: string): string {
  const body = text.replaceAll(/[\r\n]/g, "");
  const bad = body.search(/[^A-Za-z0-9_-]/);
  const at = bad >= 0 ? bad : body.length % 4 === 1 ? body.length - 1 : -1;
  if (at >= 0) throw invalidKey(`illegal base64 data at input byte ${at}`);
  return body;
}
