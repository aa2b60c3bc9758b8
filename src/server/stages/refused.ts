// What refusals before a request is carried out have in common.
import { ApiError, forbidden } from "#api/errors.ts";
import type { Call, Reply } from "#server/pipeline.ts";

/** The text repeats what the client sent; a browser must not take it for a page. */
export function markRefusal(call: Pick<Call, "replyHeaders">): void {
  if (call.replyHeaders) call.replyHeaders["x-content-type-options"] = "nosniff";
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** Nothing in it looks like HTML. */
export const withoutMarkup = (text: string): string => text.replace(/[&<>]/g, (sign) => escapes[sign]!);
/** An answer in plain text, where there is no object to give. */
export const plainFailure = (code: number, text: string): Reply => ({
  type: "raw",
  code,
  contentType: "text/plain; charset=utf-8",
  body: `${withoutMarkup(text)}\n`,
  headers: { "x-content-type-options": "nosniff" },
});

/** A Forbidden; what is not about a resource is named by its path in the text. */
export const refused = (group: string, plural: string, name: string, text: string): ApiError =>
  plural === ""
    ? new ApiError("Forbidden", `forbidden: ${text}`, {
        details: { ...(name ? { name } : {}), ...(group ? { group } : {}) },
      })
    : forbidden({ group, plural }, name, text);
