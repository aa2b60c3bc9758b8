// Requests that authentication and authorization answer themselves: reviews, token requests, and the documents by
// which others verify our service account tokens.
import { TokenRequest } from "#api/authentication/token-request.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { ApiError, notFound } from "#api/errors.ts";
import { apiVersionOf, type AnyKind } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { recordUpdate } from "#apply/managed-fields/record-update.ts";
import { resetFieldsOf } from "#apply/managed-fields/reset-fields.ts";
import { timestamp, type ApiContext, type ResourceCall } from "#server/api-context.ts";
import { decodeBody, readTyped } from "#server/body.ts";
import { handlerKey, type PathHandler, type ResourceHandlers } from "#server/dispatch.ts";
import { createReviews, type ReviewContext } from "#server/auth/reviews.ts";
import { issueToken, settledRequest } from "#server/auth/token-request.ts";
import { noteRequest } from "#server/audit/note-request.ts";
import { writeOptions } from "#server/request-options.ts";
import { withMetadata, type KubeDraft } from "#server/verbs/prepare.ts";
import { admissionRequest, settleNamespace } from "#server/verbs/write-request.ts";
import type { ServiceAccountTokens } from "#server/auth/service-account-tokens.ts";

export function createAuthHandlers(
  context: ApiContext,
  review: ReviewContext,
  accounts: ServiceAccountTokens,
): ResourceHandlers {
  const { clock, registry } = context;
  const handlers: Record<string, ResourceHandlers[string]> = {};
  for (const [kind, answer] of createReviews(review))
    handlers[handlerKey(kind)] = async (call) => {
      const draft = await received(context, call, kind);
      await admit(context, call, draft);
      const { user, info, signal } = call;
      const now = timestamp(clock.now());
      const object = await answer(draft, { user, namespace: info.namespace, now, signal });
      return { type: "object", code: 201, object, of: kind };
    };
  handlers[handlerKey(ServiceAccount, "token")] = async (call) => {
    const { name, namespace } = call.info;
    const draft = await received(context, call, TokenRequest);
    const account = registry.get(ServiceAccount, `${namespace}/${name}`);
    if (!account) throw notFound(ServiceAccount, name);
    const now = clock.now();
    const settled = settledRequest(draft as Draft<TokenRequest>, account, {
      audiences: accounts.defaultAudiences,
      now,
    });
    await admit(context, call, settled as KubeDraft);
    const { answer: object, tokenId } = issueToken(settled, account, { tokens: accounts, objects: registry, now });
    if (call.audit) call.audit.annotations["authentication.kubernetes.io/issued-credential-id"] = `JTI=${tokenId}`;
    return { type: "object", code: 201, object, of: TokenRequest };
  };
  return handlers;
}

/** The body as any create would take it, though nothing is stored. */
async function received(context: ApiContext, call: ResourceCall, kind: AnyKind): Promise<KubeDraft> {
  const options = writeOptions(call, "CreateOptions");
  const body = await readTyped(call, kind, options.fieldValidation, context.decodeProtobuf);
  const draft = withMetadata(decodeBody(kind, body, options.fieldValidation, call.warnings));
  noteRequest(call, kind, draft);
  settleNamespace(draft, call.info.namespace);
  const entries = recordUpdate({
    schema: kind.schema,
    live: undefined,
    object: draft,
    manager: options.fieldManager,
    apiVersion: apiVersionOf(kind),
    subresource: call.info.subresource,
    time: timestamp(context.clock.now()),
    resetFields: resetFieldsOf(kind, ""),
  });
  if (entries.length > 0) draft.metadata.managedFields = entries as KubeDraft["metadata"]["managedFields"];
  return draft;
}
/** Nodes get tokens of their own pods only, and webhooks may have an opinion of reviews. */
async function admit(context: ApiContext, call: ResourceCall, body: KubeDraft): Promise<void> {
  const options = writeOptions(call, "CreateOptions");
  const write = { call, options, subresource: call.info.subresource };
  const name = call.info.name || (body.metadata.name ?? "");
  const admission = admissionRequest(write, "CREATE", name, body, undefined);
  await context.admission.admit(admission, call.signal);
  await context.admission.validate(admission, call.signal);
}

/** OIDC discovery and the key set of service account tokens. */
export const createIssuerPaths =
  (tokens: ServiceAccountTokens, jwksUri: string): PathHandler =>
  (call) => {
    const json = (contentType: string, body: object) =>
      ({
        type: "raw",
        code: 200,
        contentType,
        body: JSON.stringify(body),
        headers: { "cache-control": "public, max-age=3600" },
      }) as const;
    // Documented with a slash at the end, and asked for without.
    const path = call.path.replace(/\/$/, "");
    if (path !== "/.well-known/openid-configuration" && path !== "/openid/v1/jwks") return undefined;
    if (call.method !== "GET")
      throw new ApiError("MethodNotAllowed", "the server does not allow this method on the requested resource", {
        details: {},
      });
    if (path === "/openid/v1/jwks") return json("application/jwk-set+json", tokens.jwks());
    return json("application/json", tokens.discovery(jwksUri));
  };
