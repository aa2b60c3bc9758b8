// Requests that authentication and authorization answer themselves: reviews, token requests, and the documents by
// which others verify our service account tokens.
import { TokenRequest } from "#api/authentication/schema.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import type { ApiContext, ResourceCall } from "#server/api-context.ts";
import { decodeBody, readBody, readMessage } from "#server/body.ts";
import { handlerKey, type PathHandler, type ResourceHandlers } from "#server/dispatch.ts";
import { createReviews, type ReviewContext } from "#server/auth/reviews.ts";
import { requestToken } from "#server/auth/token-request.ts";
import { writeOptions } from "#server/request-options.ts";
import { withMetadata } from "#server/verbs/prepare.ts";
import { admissionRequest } from "#server/verbs/write-request.ts";
import type { ServiceAccountTokens } from "#server/auth/service-account-tokens.ts";

const tokenRequest = { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest", schema: TokenRequest };

export function createAuthHandlers(
  context: ApiContext,
  review: ReviewContext,
  accounts: ServiceAccountTokens,
): ResourceHandlers {
  const handlers: Record<string, ResourceHandlers[string]> = {};
  for (const [kind, answer] of createReviews(review))
    handlers[handlerKey(kind)] = async (call) => {
      const body = await readBody(call, "Ignore", context.decodeProtobuf);
      const draft = decodeBody(kind, body, "Ignore", call.warnings);
      const { user, info, signal } = call;
      const object = await answer(draft, { user, namespace: info.namespace, signal });
      return { type: "object", code: 201, object, of: kind };
    };
  handlers[handlerKey(ServiceAccount, "token")] = async (call) => {
    const request = await readMessage(call, tokenRequest, context.decodeProtobuf);
    await admit(context, call, request as Draft<KubeObject>);
    const key = `${call.info.namespace}/${call.info.name}`;
    const answered = requestToken(request, key, accounts, context.registry);
    const object = { kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1", ...answered };
    return { type: "object", code: 201, object };
  };
  return handlers;
}

/** A token is made, so it is admitted: nodes get tokens of their own pods only. */
async function admit(context: ApiContext, call: ResourceCall, body: Draft<KubeObject>): Promise<void> {
  const options = writeOptions(call, "CreateOptions");
  const write = { call, options, subresource: call.info.subresource };
  const admission = admissionRequest(write, "CREATE", call.info.name, withMetadata(body), undefined);
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
    if (call.method !== "GET") return undefined;
    // Documented with a slash at the end, and asked for without.
    const path = call.path.replace(/\/$/, "");
    if (path === "/.well-known/openid-configuration") return json("application/json", tokens.discovery(jwksUri));
    if (path === "/openid/v1/jwks") return json("application/jwk-set+json", tokens.jwks());
    return undefined;
  };
