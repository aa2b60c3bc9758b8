// The one error class that crosses the API, the table from reason to HTTP code, and the texts that clients parse.
import type { FieldError } from "#api/field-error.ts";
import { quoted } from "./quoted.ts";

export const codeOfReason = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;
export type Reason = keyof typeof codeOfReason;

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly continue?: string; readonly resourceVersion?: string };
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

export interface ApiErrorOptions {
  readonly details?: StatusDetails;
  /** Logged, never sent. */
  readonly cause?: unknown;
  /** Overrides the reason's code (a few reasons are sent with more than one). */
  readonly code?: number;
  /** A fresh continue token, for an expired list. */
  readonly continue?: string;
  /** The body in the words of somebody else (a webhook), who may give reasons that the table does not have. */
  readonly status?: Partial<Status>;
}

export class ApiError extends Error {
  readonly reason: Reason;
  readonly code: number;
  readonly details: StatusDetails | undefined;
  readonly continue: string | undefined;
  readonly #status: Partial<Status> | undefined;
  constructor(reason: Reason, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.reason = reason;
    this.code = options.code ?? codeOfReason[reason];
    this.details = options.details;
    this.continue = options.continue;
    this.#status = options.status;
  }
  /** The body that is sent. */
  toStatus(): Status {
    if (this.#status) return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", ...this.#status };
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: this.continue ? { continue: this.continue } : {},
      status: "Failure",
      message: this.message,
      reason: this.reason,
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
  /** The error that a received Status stands for. */
  static fromStatus(status: Partial<Status>, code = status.code ?? 500): ApiError {
    const reason = status.reason && status.reason in codeOfReason ? (status.reason as Reason) : reasonOfCode(code);
    const message = status.message ?? `the server answered with code ${code}`;
    return new ApiError(reason, message, { code, ...(status.details ? { details: status.details } : {}) });
  }
}

const reasonOfCode = (code: number): Reason =>
  (Object.keys(codeOfReason) as Reason[]).find((r) => codeOfReason[r] === code) ?? "InternalError";

/** Whether an error is an ApiError of one of these reasons. */
export const isReason = (error: unknown, ...reasons: readonly Reason[]): error is ApiError =>
  error instanceof ApiError && reasons.includes(error.reason);

/** What a message names: the plural resource and its group ("" for core). */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
}
/** "deployments.apps", or "pods" for the core group. */
export const qualified = (r: ResourceName): string => (r.group ? `${r.plural}.${r.group}` : r.plural);
const detailsOf = (r: ResourceName, name: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(r.group ? { group: r.group } : {}),
  kind: r.plural,
});

export const notFound = (r: ResourceName, name: string): ApiError =>
  new ApiError("NotFound", `${qualified(r)} ${quoted(name)} not found`, { details: detailsOf(r, name) });
export const alreadyExists = (r: ResourceName, name: string): ApiError =>
  new ApiError("AlreadyExists", `${qualified(r)} ${quoted(name)} already exists`, {
    details: detailsOf(r, name),
  });
export const conflict = (r: ResourceName, name: string, why: string): ApiError =>
  new ApiError("Conflict", `Operation cannot be fulfilled on ${qualified(r)} ${quoted(name)}: ${why}`, {
    details: detailsOf(r, name),
  });
/** The usual reason of `conflict`: a stale resourceVersion. */
export const staleMessage =
  "the object has been modified; please apply your changes to the latest version and try again";
export const forbidden = (r: ResourceName, name: string, why: string): ApiError =>
  new ApiError("Forbidden", `${qualified(r)}${name ? ` ${quoted(name)}` : ""} is forbidden: ${why}`, {
    details: detailsOf(r, name),
  });
export const badRequest = (message: string): ApiError => new ApiError("BadRequest", message);
export const methodNotSupported = (r: ResourceName, verb: string): ApiError =>
  new ApiError("MethodNotAllowed", `${verb} is not supported on resources of kind "${qualified(r)}"`, {
    details: { ...(r.group ? { group: r.group } : {}), kind: r.plural },
  });

/** More would make a long answer out of a short request. */
const mostErrors = 1_000;
/** A failed validation; `kind` is the CamelCase kind. Several findings are listed in brackets, as upstream does. */
export function invalid(kind: { group: string; kind: string }, name: string, all: readonly FieldError[]): ApiError {
  const errors = all.slice(0, mostErrors);
  const texts = [...new Set(errors.map((e) => `${e.field}: ${e.message}`))];
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`;
  const head = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
  return new ApiError("Invalid", `${head} ${quoted(name)} is invalid: ${list}`, {
    details: {
      ...(name ? { name } : {}),
      ...(kind.group ? { group: kind.group } : {}),
      ...(kind.kind ? { kind: kind.kind } : {}),
      causes: errors.map((e) => ({ reason: e.type, message: e.message, field: e.field })),
    },
  });
}
