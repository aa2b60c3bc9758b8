// May they? A refusal is a Forbidden Status with the text that kubectl shows and tests match.
import { attributesOf, refusal } from "#server/auth/authorize.ts";
import type { AuditContext, Authenticated, Authorizer, RequestInfo, Stage, UserInfo } from "#server/pipeline.ts";
import { markRefusal, plainFailure, refused } from "./refused.ts";

/** Throws Forbidden unless the user may do what `info` says. */
export async function authorized(
  authorizer: Authorizer,
  user: UserInfo,
  info: RequestInfo,
  call: {
    readonly path: string;
    readonly query?: URLSearchParams;
    readonly signal?: AbortSignal;
    readonly audit?: AuditContext;
    readonly replyHeaders?: Record<string, string>;
  },
): Promise<void> {
  const verdict = await authorizer.authorize(user, info, call);
  if (call.audit) {
    call.audit.annotations["authorization.k8s.io/decision"] = verdict.allowed ? "allow" : "forbid";
    call.audit.annotations["authorization.k8s.io/reason"] = verdict.reason ?? "";
  }
  if (verdict.allowed) return;
  if (verdict.error) throw new NotJudged(verdict.error);
  markRefusal(call);
  const text = refusal(user, attributesOf(info, call.path)) + (verdict.reason ? `: ${verdict.reason}` : "");
  throw refused(info.group, info.resource, info.name, text);
}

/** Nobody allows it, and somebody could not say. */
class NotJudged extends Error {}

export const authorize =
  (authorizer: Authorizer): Stage<Authenticated> =>
  (next) =>
  async (call) => {
    try {
      await authorized(authorizer, call.user, call.info, call);
    } catch (error) {
      if (!(error instanceof NotJudged)) throw error;
      const query = call.query.toString();
      const uri = JSON.stringify(query ? `${call.rawPath}?${query}` : call.rawPath);
      return plainFailure(500, `Internal Server Error: ${uri}: ${error.message}`);
    }
    return next(call);
  };
