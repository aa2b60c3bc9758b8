// The review kinds: questions to authentication and authorization, answered at once and never stored.
import { ApiError, badRequest, invalid } from "#api/errors.ts";
import { invalidValue, type FieldError } from "#api/field-error.ts";
import { LocalSubjectAccessReview } from "#api/authorization/local-subject-access-review.ts";
import { SelfSubjectAccessReview } from "#api/authorization/self-subject-access-review.ts";
import { SelfSubjectRulesReview } from "#api/authorization/self-subject-rules-review.ts";
import { SubjectAccessReview } from "#api/authorization/subject-access-review.ts";
import { SelfSubjectReview } from "#api/authentication/self-subject-review.ts";
import { TokenReview } from "#api/authentication/token-review.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { nodeOf } from "#server/auth/node-authorizer.ts";
import type { Rbac } from "#server/auth/rbac.ts";
import type { TokenAuthenticators } from "#server/auth/tokens/token-authenticator.ts";
import type { Authorizer, UserInfo } from "#server/pipeline.ts";
import { accessErrors, askedAccess, subjectOf, type AccessSpec } from "./access-spec.ts";

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
  /** The time, as objects have it. */
  readonly now: string;
  readonly signal: AbortSignal;
}
/** Answers one decoded review: returns it with its status. */
export type Review = (object: Draft<KubeObject>, reviewer: Reviewer) => Promise<Draft<KubeObject>> | Draft<KubeObject>;

/** Upstream: such refusals name no kind. */
function reject({ group }: AnyKind, errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const { reason, message, details } = invalid({ group, kind: "" }, "", errors);
  const { kind: _, ...rest } = details ?? {};
  throw new ApiError(reason, message, { details: rest });
}
const writtenFirst = ["name", "generateName", "namespace", "uid", "labels", "annotations"];
/** Texts show metadata as upstream writes it. */
const inWrittenOrder = (metadata: object = {}): object =>
  Object.fromEntries(
    [...new Set([...writtenFirst, ...Object.keys(metadata)])].flatMap((key) =>
      key in metadata ? [[key, metadata[key as keyof typeof metadata]]] : [],
    ),
  );
function checkMetadata(found: FieldError[], object: Draft<KubeObject>, isLocal: boolean): void {
  const { managedFields: _, namespace, ...rest } = object.metadata ?? {};
  if (Object.keys(rest).length === 0 && (isLocal || namespace === undefined)) return;
  const text = isLocal ? "must be empty except for namespace" : "must be empty";
  found.push(invalidValue("metadata", inWrittenOrder(object.metadata), text));
}

type Scope = "cluster" | "local" | "self";
function accessReview(kind: AnyKind, { authorizer }: ReviewContext, scope: Scope): Review {
  return async (object, { user, namespace, signal }) => {
    const spec = ((object as { spec?: AccessSpec }).spec ?? {}) as AccessSpec;
    const isLocal = scope === "local";
    const errors = accessErrors(spec, scope === "self", isLocal ? namespace : undefined);
    checkMetadata(errors, object, isLocal);
    reject(kind, errors);
    const { info, path, problems } = askedAccess(spec);
    const subject = scope === "self" ? user : subjectOf(spec);
    const verdict = await authorizer.authorize(subject, info, { path, signal });
    const { allowed, reason, isFinal, error } = verdict;
    const evaluationError = [...(error ? [error] : []), ...problems].join("; ");
    const status = {
      allowed,
      ...(isFinal ? { denied: true } : {}),
      ...(reason ? { reason } : {}),
      ...(evaluationError ? { evaluationError } : {}),
    };
    return { ...object, status } as Draft<KubeObject>;
  };
}
function rulesReview(context: ReviewContext): Review {
  return (object, { user }) => {
    const namespace = (object as Draft<SelfSubjectRulesReview>).spec?.namespace;
    if (!namespace) throw new ApiError("BadRequest", "no namespace on request");
    const { rbac, unlisted = [] } = context;
    const rules = rbac.rulesFor(user, namespace);
    const silent = [...(nodeOf(user) === undefined ? [] : ["node"]), ...unlisted];
    const missing = rbac.missingRoles(user, namespace);
    const problems = [...silent.map((name) => `${name} authorizer does not support user rule resolution`), ...missing];
    const evaluationError = problems.length > 1 ? `[${problems.join(", ")}]` : problems[0];
    const status = {
      resourceRules: rules.filter((r) => !r.nonResourceURLs?.length),
      nonResourceRules: rules.flatMap(({ verbs, nonResourceURLs }) =>
        nonResourceURLs?.length ? [{ verbs, nonResourceURLs }] : [],
      ),
      incomplete: silent.length > 0,
      ...(evaluationError ? { evaluationError } : {}),
    };
    return { ...of(object), spec: {}, status } as Draft<KubeObject>;
  };
}
/** An answer that is an object of its own. */
const of = ({ apiVersion, kind }: Draft<KubeObject>): object => ({ apiVersion, kind, metadata: {} });

function tokenReview(context: ReviewContext): Review {
  return async (object, { signal }) => {
    const { token, audiences } = (object as Draft<TokenReview>).spec ?? {};
    if (!token) throw badRequest("token is required for TokenReview in authentication");
    const asked = audiences?.length ? (audiences as string[]) : context.tokens.audiences;
    const verified = await context.tokens.check(token, signal, asked);
    if (!("user" in verified)) {
      const { reasons } = verified;
      const error = reasons.length > 0 ? `[invalid bearer token, ${reasons.join(", ")}]` : "invalid bearer token";
      return { ...object, status: { user: {}, error } } as Draft<KubeObject>;
    }
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
      (object, { user: { name, uid, groups, extra }, now }) => {
        const further = {
          ...(uid ? { uid } : {}),
          groups,
          ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
        };
        const userInfo = { username: name, ...further };
        return { ...of(object), metadata: { creationTimestamp: now }, status: { userInfo } } as Draft<KubeObject>;
      },
    ],
    [SelfSubjectAccessReview, accessReview(SelfSubjectAccessReview, context, "self")],
    [SubjectAccessReview, accessReview(SubjectAccessReview, context, "cluster")],
    [LocalSubjectAccessReview, accessReview(LocalSubjectAccessReview, context, "local")],
    [SelfSubjectRulesReview, rulesReview(context)],
    [TokenReview, tokenReview(context)],
  ]);
}
