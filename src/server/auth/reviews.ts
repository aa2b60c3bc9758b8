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
import type { Authorization } from "#server/auth/authorize.ts";
import type { Attributes } from "#server/auth/rbac-rules.ts";
import type { ServiceAccountTokens } from "#server/auth/service-account-tokens.ts";
import type { UserInfo } from "#server/pipeline.ts";

export interface ReviewContext {
  readonly authorization: Authorization;
  readonly tokens: ServiceAccountTokens;
}
/** Answers one decoded review: returns it with its status. */
export type Review = (object: Draft<KubeObject>, user: UserInfo, namespace: string) => Draft<KubeObject>;

interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}
function asked(spec: AccessSpec): Attributes {
  const r = spec.resourceAttributes;
  if (!r) {
    const n = spec.nonResourceAttributes;
    return {
      verb: n?.verb ?? "",
      isResource: false,
      group: "",
      resource: "",
      name: "",
      namespace: "",
      path: n?.path ?? "",
    };
  }
  const resource = r.subresource ? `${r.resource ?? ""}/${r.subresource}` : (r.resource ?? "");
  return {
    verb: r.verb ?? "",
    isResource: true,
    group: r.group ?? "",
    resource,
    name: r.name ?? "",
    namespace: r.namespace ?? "",
    path: "",
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
const decided = (context: ReviewContext, user: UserInfo, spec: AccessSpec): object => {
  const decision = context.authorization.decide(user, asked(spec));
  return decision.reason ? { allowed: decision.allowed, reason: decision.reason } : { allowed: decision.allowed };
};

function subjectReview(kind: AnyKind, context: ReviewContext, local: boolean): Review {
  return (object, _user, namespace) => {
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
      ...(spec.extra ? { extra: spec.extra } : {}),
    };
    return { ...object, status: decided(context, user, spec) } as Draft<KubeObject>;
  };
}
function rulesReview(context: ReviewContext): Review {
  return (object, user) => {
    const namespace = (object as Draft<SelfSubjectRulesReview>).spec?.namespace;
    if (!namespace) throw new ApiError("BadRequest", "no namespace on request");
    const everything = [
      { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
      { verbs: ["*"], nonResourceURLs: ["*"] },
    ];
    const rules = user.groups.includes("system:masters")
      ? everything
      : context.authorization.rbac.rulesFor(user, namespace);
    const status = {
      resourceRules: rules.filter((r) => !("nonResourceURLs" in r && r.nonResourceURLs?.length)),
      nonResourceRules: rules
        .filter((r) => "nonResourceURLs" in r && r.nonResourceURLs?.length)
        .map((r) => ({
          verbs: r.verbs,
          nonResourceURLs: (r as { nonResourceURLs: readonly string[] }).nonResourceURLs,
        })),
      incomplete: false,
    };
    return { ...object, status } as Draft<KubeObject>;
  };
}
function tokenReview(context: ReviewContext): Review {
  return (object) => {
    const { token, audiences } = (object as Draft<TokenReview>).spec ?? {};
    if (!token) throw invalid(TokenReview, "", [requiredValue("spec.token")]);
    const verified = context.tokens.verify(token, audiences?.length ? (audiences as string[]) : undefined);
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
      (object, user) => {
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
      (object, user) => {
        const spec = ((object as { spec?: AccessSpec }).spec ?? {}) as AccessSpec;
        reject(SelfSubjectAccessReview, checkAttributes(spec));
        return { ...object, status: decided(context, user, spec) } as Draft<KubeObject>;
      },
    ],
    [SubjectAccessReview, subjectReview(SubjectAccessReview, context, false)],
    [LocalSubjectAccessReview, subjectReview(LocalSubjectAccessReview, context, true)],
    [SelfSubjectRulesReview, rulesReview(context)],
    [TokenReview, tokenReview(context)],
  ]);
}
