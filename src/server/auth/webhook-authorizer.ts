// Rights that somebody else knows: he is sent a SubjectAccessReview and answers yes, no, or that it is not his affair.
import { createHash } from "node:crypto";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { parseFieldSelector, parseLabelSelector } from "#api/selectors.ts";
import type { Authorizer, RequestInfo, UserInfo, Verdict } from "#server/pipeline.ts";
import type { AskJson, JsonRequest } from "./http-json.ts";

export interface WebhookAuthorizerOptions {
  readonly target: Omit<JsonRequest, "body">;
  readonly ask: AskJson;
  readonly clock: Clock;
  readonly log: Log;
  readonly allowedMs?: number;
  readonly refusedMs?: number;
}
const usual = { allowedMs: 300_000, refusedMs: 30_000 };
const limit = 8192;

interface ReviewStatus {
  readonly allowed?: boolean;
  readonly denied?: boolean;
  readonly reason?: string;
}
const fieldOperators = { "=": "In", "!=": "NotIn" } as const;
const labelOperators: Readonly<Record<string, string>> = {
  "=": "In",
  "==": "In",
  in: "In",
  "!=": "NotIn",
  notin: "NotIn",
  exists: "Exists",
  "!": "DoesNotExist",
};
/** What cannot be understood is left out, which asks for more. */
function understood<T>(parse: () => readonly T[]): readonly T[] {
  try {
    return parse();
  } catch {
    return []; // the request is refused for it later
  }
}
function selectorsOf({ fieldSelector = "", labelSelector = "" }: RequestInfo): object {
  const fields = understood(() => parseFieldSelector(fieldSelector)).map(({ field, operator, value }) => ({
    key: field,
    operator: fieldOperators[operator],
    values: [value],
  }));
  const labels = understood(() => (labelSelector ? parseLabelSelector(labelSelector) : [])).flatMap((one) => {
    const operator = labelOperators[one.operator];
    return operator ? [{ key: one.key, operator, ...(one.values.length > 0 ? { values: one.values } : {}) }] : [];
  });
  return {
    ...(fields.length > 0 ? { fieldSelector: { requirements: fields } } : {}),
    ...(labels.length > 0 ? { labelSelector: { requirements: labels } } : {}),
  };
}
function specOf(user: UserInfo, info: RequestInfo, path: string): object {
  const { verb, group, version, resource, subresource, namespace, name } = info;
  const given = Object.entries({ namespace, verb, group, version, resource, subresource, name }).filter(([, v]) => v);
  const asked = info.isResource
    ? { resourceAttributes: { ...Object.fromEntries(given), ...selectorsOf(info) } }
    : { nonResourceAttributes: { path, verb } };
  const { uid, extra } = user;
  return { user: user.name, groups: user.groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}), ...asked };
}
const verdictOf = ({ allowed = false, denied = false, reason = "" }: ReviewStatus): Verdict =>
  allowed && !denied ? { allowed: true, reason } : { allowed: false, reason, isFinal: denied };

/** Without an answer nothing is allowed, and others may still allow it. */
export function webhookAuthorizer(options: WebhookAuthorizerOptions): Authorizer {
  const { target, ask, clock, log } = options;
  const { allowedMs, refusedMs } = { ...usual, ...options };
  const known = new Map<string, { readonly verdict: Verdict; readonly until: number }>();
  return {
    async authorize(user, info, call) {
      const spec = specOf(user, info, call.path);
      const key = createHash("sha256").update(JSON.stringify(spec)).digest("base64");
      const found = known.get(key);
      if (found && clock.now() < found.until) return found.verdict;
      const body = { kind: "SubjectAccessReview", apiVersion: "authorization.k8s.io/v1", spec };
      try {
        const answer = (await ask({ ...target, body }, call.signal ?? new AbortController().signal)) as {
          status?: ReviewStatus;
        };
        const verdict = verdictOf(answer.status ?? {});
        known.delete(key);
        known.set(key, { verdict, until: clock.now() + (verdict.allowed ? allowedMs : refusedMs) });
        if (known.size > limit) known.delete(known.keys().next().value!);
        return verdict;
      } catch (error) {
        log.warn("the authorization webhook did not answer", { error });
        return { allowed: false, reason: "", error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
