// Who is known to a control plane and what they may do: its own tokens and policy always, other sources where they are
// configured.
import { createPrivateKey, type KeyObject } from "node:crypto";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { createAuthenticator, staticTokens } from "#server/auth/authenticate.ts";
import { Authorization, firstToDecide } from "#server/auth/authorize.ts";
import type { FrontProxyOptions } from "#server/auth/front-proxy.ts";
import { askJson, type AskJson, type JsonRequest } from "#server/auth/http-json.ts";
import type { ReviewContext } from "#server/auth/reviews.ts";
import { ServiceAccountTokens } from "#server/auth/service-account-tokens.ts";
import { bootstrapTokens } from "#server/auth/tokens/bootstrap-token.ts";
import { legacyTokens } from "#server/auth/tokens/legacy-token.ts";
import { oidcTokens, type OidcOptions } from "#server/auth/tokens/oidc.ts";
import { TokenAuthenticators } from "#server/auth/tokens/token-authenticator.ts";
import { webhookTokens } from "#server/auth/tokens/webhook-token.ts";
import { webhookAuthorizer } from "#server/auth/webhook-authorizer.ts";
import type { Authenticator, Authorizer, UserInfo } from "#server/pipeline.ts";
import type { Registry } from "#server/registry.ts";
import { noteTokenUse } from "#server/upkeep/token-use.ts";

/** Where other servers are asked. */
export type Target = Omit<JsonRequest, "body">;
export interface IdentityOptions {
  /** Proxies that vouch for users, by the names in their certificates. */
  readonly frontProxy?: FrontProxyOptions;
  readonly oidc?: readonly OidcOptions[];
  readonly tokenWebhook?: Target;
  readonly authorizationWebhook?: Target;
  /** By token text. */
  readonly staticTokens?: ReadonlyMap<string, UserInfo>;
  /** Absent: health and version. */
  readonly anonymousPaths?: readonly string[];
  /** How others are asked; absent: over HTTPS. */
  readonly ask?: AskJson;
}
interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
export interface Identities {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly authorization: Authorization;
  readonly accounts: ServiceAccountTokens;
  readonly review: ReviewContext;
}

/** `signingKey`: PEM or a key. */
export function createIdentities(
  registry: Registry,
  options: IdentityOptions & { readonly issuer: string; readonly signingKey: string | KeyObject },
  { clock, random, log }: Surroundings,
): Identities {
  const { issuer } = options;
  const ask = options.ask ?? askJson(clock);
  const signingKey = typeof options.signingKey === "string" ? createPrivateKey(options.signingKey) : options.signingKey;
  const audiences = [issuer];
  const accounts = new ServiceAccountTokens({ issuer, audiences, signingKey, objects: registry, clock, random });
  const tokens = new TokenAuthenticators({
    log,
    audiences,
    authenticators: [
      ...(options.staticTokens ? [staticTokens(options.staticTokens)] : []),
      accounts,
      legacyTokens({
        signer: accounts.signer,
        objects: registry,
        onUse: noteTokenUse(registry, { clock, log }),
      }),
      bootstrapTokens({ objects: registry, clock }),
      ...(options.oidc ?? []).map((one) => oidcTokens({ ...one, ask, clock })),
      ...(options.tokenWebhook ? [webhookTokens({ target: options.tokenWebhook, ask, clock })] : []),
    ],
  });
  const authorization = new Authorization(registry);
  const webhook = options.authorizationWebhook;
  const authorizer = firstToDecide([
    authorization,
    ...(webhook ? [webhookAuthorizer({ target: webhook, ask, clock, log })] : []),
  ]);
  const { frontProxy, anonymousPaths } = options;
  return {
    authenticator: createAuthenticator({
      tokens,
      ...(frontProxy ? { frontProxy } : {}),
      ...(anonymousPaths ? { anonymousPaths } : {}),
    }),
    authorizer,
    authorization,
    accounts,
    review: { authorizer, rbac: authorization.rbac, tokens, unlisted: webhook ? ["webhook"] : [] },
  };
}
