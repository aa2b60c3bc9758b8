// Who is asking: the in-process caller, a client certificate, or a bearer token, in that order. Requests without
// credentials are anonymous, which RBAC lets see health and version only; wrong credentials are refused.
import { timingSafeEqual } from "node:crypto";
import type { ServiceAccountTokens } from "#server/auth/service-account-tokens.ts";
import type { Call, UserInfo } from "#server/pipeline.ts";

export const anonymous: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };

export interface AuthenticatorOptions {
  readonly serviceAccounts: ServiceAccountTokens;
  /** Fixed tokens, by token text. */
  readonly staticTokens?: ReadonlyMap<string, UserInfo>;
}

const withAuthenticated = (user: UserInfo): UserInfo =>
  user.groups.includes("system:authenticated") ? user : { ...user, groups: [...user.groups, "system:authenticated"] };

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
/** The bearer token of a call; WebSocket clients that cannot set headers send it as a subprotocol. */
function bearerToken(call: Call): string | undefined {
  const header = call.headers["authorization"];
  const match = header && /^bearer\s+(\S+)\s*$/i.exec(header);
  if (match) return match[1];
  const prefix = "base64url.bearer.authorization.k8s.io.";
  const offered = call.headers["sec-websocket-protocol"]?.split(",").map((p) => p.trim());
  const found = offered?.find((p) => p.startsWith(prefix));
  return found && Buffer.from(found.slice(prefix.length), "base64url").toString();
}

/** Resolves to undefined when credentials were given and are not good. */
export function createAuthenticator(options: AuthenticatorOptions): {
  authenticate(call: Call): Promise<UserInfo | undefined>;
} {
  const fixed = [...(options.staticTokens ?? [])];
  return {
    async authenticate(call) {
      if (call.peer.trustedUser) return call.peer.trustedUser;
      const certificate = call.peer.certificate;
      if (certificate) return withAuthenticated({ name: certificate.commonName, groups: certificate.organizations });
      const token = bearerToken(call);
      if (token === undefined) return anonymous;
      const known = fixed.find(([text]) => sameText(text, token));
      if (known) return withAuthenticated(known[1]);
      return options.serviceAccounts.verify(token)?.user;
    },
  };
}
