// The review kinds: questions to authentication and authorization, answered at once and never stored.
import { ApiError, invalid } from "#api/errors.ts";
import { invalidValue, requiredValue, type FieldError } from "#api/field-error.ts";
import { LocalSubjectAccessReview } from "#api/authorization/local-subject-access-review.ts";
import { SelfSubjectAccessReview } from "#api/authorization/self-subject-access-review.ts";
import { SelfSubjectRulesReview } from "#api/authorization/self-subject-rules-review.ts";
import { SubjectAccessReview } from "#api/authorization/subject-access-review.ts";
import type { NonResourceAttributes, ResourceAttributes } from "#api/authorization/schema.ts";
import { SelfSubjectReview } from "#api/authentication/self-subject-review.ts";
import { TokenReview } from "#api/authentication/token-review.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { nodeOf } from "#server/auth/node-authorizer.ts";
import type { Rbac } from "#server/auth/rbac.ts";
import type { TokenAuthenticators } from "#server/auth/tokens/token-authenticator.ts";
import type { Authorizer, RequestInfo, UserInfo } from "#server/pipeline.ts";

export interface ReviewContext {
  /** What requests are authorized by. */
  readonly authorizer: Authorizer;
  /** Of which the rules are known. */
  readonly rbac: Rbac;
  /** Authorizers that allow more than they can list, by a name for people. */
  readonly unlisted?: readonly string[];
  readonly tokens: TokenAuthenticators;
}
export interface Reviewer {
  readonly user: UserInfo;
  /** "" for cluster-wide reviews. */
  readonly namespace: string;
  readonly signal: AbortSignal;
}
/** Answers one decoded review: returns it with its status. */
export type Review = (object: Draft<KubeObject>, reviewer: Reviewer) => Promise<Draft<KubeObject>> | Draft<KubeObject>;

interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}
function asked(spec: AccessSpec): { readonly info: RequestInfo; readonly path: string } {
  const { resourceAttributes: r, nonResourceAttributes: n } = spec;
  return {
    info: {
      verb: r?.verb ?? n?.verb ?? "",
      isResource: r !== undefined,
      group: r?.group ?? "",
      version: r?.version ?? "",
      resource: r?.resource ?? "",
      subresource: r?.subresource ?? "",
      namespace: r?.namespace ?? "",
      name: r?.name ?? "",
      rest: "",
    },
    path: n?.path ?? "",
  };
}
function checkAttributes(spec: AccessSpec): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (resourceAttributes && nonResourceAttributes)
    return [
      invalidValue(
        "spec.nonResourceAttributes",
        nonResourceAttributes,
        "cannot be specified in combination with resourceAttributes",
      ),
    ];
  if (!resourceAttributes && !nonResourceAttributes)
    return [
      invalidValue(
        "spec.resourceAttributes",
        null,
        "exactly one of nonResourceAttributes or resourceAttributes must be specified",
      ),
    ];
  return [];
}
function reject(kind: AnyKind, errors: FieldError[]): void {
  if (errors.length) throw invalid(kind, "", errors);
}
async function decided(
  { authorizer }: ReviewContext,
  user: UserInfo,
  spec: AccessSpec,
  signal: AbortSignal,
): Promise<object> {
  const { info, path } = asked(spec);
  const { allowed, reason, isFinal } = await authorizer.authorize(user, info, { path, signal });
  return { allowed, ...(isFinal ? { denied: true } : {}), ...(reason ? { reason } : {}) };
}

function subjectReview(kind: AnyKind, context: ReviewContext, local: boolean): Review {
  return async (object, { namespace, signal }) => {
    const spec = ((object as { spec?: AccessSpec }).spec ?? {}) as AccessSpec;
    const errors = checkAttributes(spec);
    if (!spec.user && !spec.groups?.length)
      errors.push(invalidValue("spec.user", "", "at least one of user or group must be specified"));
    if (local && spec.resourceAttributes && spec.resourceAttributes.namespace !== namespace)
      errors.push(
        invalidValue(
          "spec.resourceAttributes.namespace",
          spec.resourceAttributes.namespace ?? "",
          "must match metadata.namespace",
        ),
      );
    reject(kind, errors);
    const user: UserInfo = {
      name: spec.user ?? "",
      groups: spec.groups ?? [],
      ...(spec.uid ? { uid: spec.uid } : {}),
      ...(spec.extra ? { extra: spec.extra } : {}),
    };
    return { ...object, status: await decided(context, user, spec, signal) } as Draft<KubeObject>;
  };
}
function rulesReview(context: ReviewContext): Review {
  return (object, { user }) => {
    const namespace = (object as Draft<SelfSubjectRulesReview>).spec?.namespace;
    if (!namespace) throw new ApiError("BadRequest", "no namespace on request");
    const everything = [
      { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
      { verbs: ["*"], nonResourceURLs: ["*"] },
    ];
    const rules = user.groups.includes("system:masters") ? everything : context.rbac.rulesFor(user, namespace);
    const silent = [...(nodeOf(user) === undefined ? [] : ["node"]), ...(context.unlisted ?? [])];
    const evaluationError = silent.map((name) => `${name} authorizer does not support user rule resolution`).join(", ");
    const status = {
      resourceRules: rules.filter((r) => !("nonResourceURLs" in r && r.nonResourceURLs?.length)),
      nonResourceRules: rules
        .filter((r) => "nonResourceURLs" in r && r.nonResourceURLs?.length)
        .map((r) => ({
          verbs: r.verbs,
          nonResourceURLs: (r as { nonResourceURLs: readonly string[] }).nonResourceURLs,
        })),
      incomplete: silent.length > 0,
      ...(evaluationError ? { evaluationError } : {}),
    };
    return { ...object, status } as Draft<KubeObject>;
  };
}
function tokenReview(context: ReviewContext): Review {
  return async (object, { signal }) => {
    const { token, audiences } = (object as Draft<TokenReview>).spec ?? {};
    if (!token) throw invalid(TokenReview, "", [requiredValue("spec.token")]);
    const asked = audiences?.length ? (audiences as string[]) : context.tokens.audiences;
    const verified = await context.tokens.verify(token, signal, asked);
    if (!verified) return { ...object, status: { user: {}, error: "[invalid bearer token]" } } as Draft<KubeObject>;
    const { name, uid, groups, extra } = verified.user;
    const user = { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
    return { ...object, status: { authenticated: true, user, audiences: verified.audiences } } as Draft<KubeObject>;
  };
}

/** By kind; each is what a POST of that kind answers. */
export function createReviews(context: ReviewContext): ReadonlyMap<AnyKind, Review> {
  return new Map<AnyKind, Review>([
    [
      SelfSubjectReview,
      (object, { user }) => {
        const userInfo = {
          username: user.name,
          ...(user.uid ? { uid: user.uid } : {}),
          groups: user.groups,
          ...(user.extra ? { extra: user.extra } : {}),
        };
        return { ...object, status: { userInfo } } as Draft<KubeObject>;
      },
    ],
    [
      SelfSubjectAccessReview,
      async (object, { user, signal }) => {
        const spec = ((object as { spec?: AccessSpec }).spec ?? {}) as AccessSpec;
        reject(SelfSubjectAccessReview, checkAttributes(spec));
        return { ...object, status: await decided(context, user, spec, signal) } as Draft<KubeObject>;
      },
    ],
    [SubjectAccessReview, subjectReview(SubjectAccessReview, context, false)],
    [LocalSubjectAccessReview, subjectReview(LocalSubjectAccessReview, context, true)],
    [SelfSubjectRulesReview, rulesReview(context)],
    [TokenReview, tokenReview(context)],
  ]);
}
