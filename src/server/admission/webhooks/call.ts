// One call of one admission webhook, and the errors that come of it.
import { ApiError, badRequest, type Reason, type Status, codeOfReason } from "#api/errors.ts";
import type { AnyKind } from "#api/kind.ts";
import { uuid } from "#base/random.ts";
import { inSpan, type Attributes } from "#base/tracing/span.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import type { Shown } from "#server/admission/match/versions.ts";
import { WebhookFailure } from "#server/webhook/caller.ts";
import type { Hook, WebhookOptions } from "./hooks.ts";
import { BadAnswer, readVerdict, requestFields, reviewOf, reviewVersion, type Verdict } from "./review.ts";

/** The webhook gave no verdict; whether that matters is for its failure policy to say. */
export class NoVerdict extends Error {
  constructor(hook: Hook, why: string, cause?: unknown) {
    super(`failed calling webhook ${JSON.stringify(hook.name)}: ${why}`, { cause });
  }
}

export interface Question {
  readonly hook: Hook;
  readonly request: AdmissionRequest;
  /** The version in which it is shown. */
  readonly of: AnyKind;
  readonly shown: Shown;
  readonly mayPatch: boolean;
}

/** Throws ApiError where the webhook refuses, or NoVerdict. */
export async function callHook(
  asking: Pick<WebhookOptions, "caller" | "random">,
  question: Question,
  signal: AbortSignal,
): Promise<Verdict> {
  const { hook, request, of, shown, mayPatch } = question;
  if (request.dryRun && !hook.allowsDryRun)
    throw badRequest(`admission webhook ${JSON.stringify(hook.name)} does not support dry run`);
  const version = reviewVersion(hook.reviewVersions);
  if (!version)
    throw new NoVerdict(
      hook,
      "could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)",
    );
  const uid = uuid(asking.random);
  const body = reviewOf(version, requestFields(uid, request, of), shown);
  const verdict = await inSpan(
    mayPatch ? "Call mutating webhook" : "Call validating webhook",
    () => attributesOf(question, uid),
    () => asking.caller.call(hook.target, { body, timeoutMs: hook.timeoutMs, announcesTimeout: true }, signal),
  )
    .then((answer) => readVerdict(version, uid, mayPatch, answer))
    .catch((error: unknown) => {
      throw unanswered(hook, error);
    });
  for (const [key, value] of Object.entries(verdict.auditAnnotations)) request.annotate?.(`${hook.name}/${key}`, value);
  for (const warning of verdict.warnings) request.warn(warning);
  if (!verdict.allowed) throw refusal(hook, verdict.result);
  return verdict;
}
const attributesOf = ({ hook, request, of }: Question, uid: string): Attributes => ({
  configuration: hook.configuration,
  webhook: hook.name,
  resource: `${of.group}/${of.version}, Resource=${of.plural}`,
  subresource: request.subresource,
  operation: request.operation,
  UID: uid,
});
function unanswered(hook: Hook, error: unknown): unknown {
  if (error instanceof BadAnswer) return new NoVerdict(hook, `received invalid webhook response: ${error.message}`);
  if (error instanceof WebhookFailure || error instanceof ApiError)
    return new NoVerdict(hook, `failed to call webhook: ${error.message}`, error);
  return error;
}

/** The webhook's own status, with a frame around its message. */
function refusal(hook: Hook, result: Partial<Status> = {}): ApiError {
  const denied = `admission webhook ${JSON.stringify(hook.name)} denied the request`;
  const { message, reason } = result;
  const text = message ? `${denied}: ${message}` : reason ? `${denied}: ${reason}` : `${denied} without explanation`;
  const code = typeof result.code === "number" && result.code >= 400 && result.code < 1000 ? result.code : 400;
  const status = { ...result, status: "Failure" as const, message: text, code };
  const known = reason !== undefined && reason in codeOfReason ? (reason as Reason) : "BadRequest";
  return new ApiError(known, text, { code, status, ...(result.details ? { details: result.details } : {}) });
}

export const internal = (why: string, cause?: unknown): ApiError =>
  new ApiError("InternalError", `Internal error occurred: ${why}`, {
    cause,
    details: { causes: [{ message: why }] },
  });
