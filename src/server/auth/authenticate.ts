// Who is asking: the in-process caller, a proxy that vouches for somebody, a client certificate, or a bearer token, in
// that order. Requests without credentials are anonymous, and may see health and version only; wrong ones are refused.
import type { Log } from "#base/log.ts";
import { silentLog } from "#base/log.ts";
import type { Authenticator, Call, PeerCertificate, UserInfo } from "#server/pipeline.ts";
import { isFrontProxy, proxiedUser, type FrontProxyOptions } from "./front-proxy.ts";
import { sameText } from "./tokens/same-text.ts";
import { TokenAuthenticators, withAuthenticated, type TokenAuthenticator } from "./tokens/token-authenticator.ts";

export const anonymous: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };
/** Where nobody needs to say who he is; what lies below these paths is included. */
export const anonymousPaths: readonly string[] = ["/healthz", "/livez", "/readyz", "/version"];

export interface AuthenticatorOptions {
  readonly tokens: TokenAuthenticators;
  /** Absent: no proxy is believed. */
  readonly frontProxy?: FrontProxyOptions;
  /** Absent: health and version. */
  readonly anonymousPaths?: readonly string[];
}

/** Fixed tokens, by token text. */
export const staticTokens = (users: ReadonlyMap<string, UserInfo>): TokenAuthenticator => ({
  name: "static tokens",
  verify(token, audiences) {
    const known = [...users].find(([text]) => sameText(text, token));
    return known && { user: known[1], audiences };
  },
});
/** Of one authenticator alone. */
export const onlyTokens = (
  authenticator: TokenAuthenticator,
  audiences: readonly string[],
  log: Log = silentLog,
): TokenAuthenticators => new TokenAuthenticators({ authenticators: [authenticator], audiences, log });

const extraSpace = "the provided Authorization header contains extra space before the bearer token, and is ignored";
/** The bearer token of a call; WebSocket clients that cannot set headers send it as a subprotocol. */
function bearerToken(call: Call): string | undefined {
  const [scheme = "", token, ...more] = (call.headers["authorization"] ?? "").trim().split(" ");
  if (scheme.toLowerCase() === "bearer" && token) return token;
  if (scheme.toLowerCase() === "bearer" && token === "" && more.length > 0) call.warnings.push(extraSpace);
  const prefix = "base64url.bearer.authorization.k8s.io.";
  const offered = call.headers["sec-websocket-protocol"]?.split(",").map((p) => p.trim());
  const found = offered?.find((p) => p.startsWith(prefix));
  return found && Buffer.from(found.slice(prefix.length), "base64url").toString();
}

const credentialId = "authentication.kubernetes.io/credential-id";
const userOfCertificate = ({ commonName, organizations, fingerprint }: PeerCertificate): UserInfo => ({
  name: commonName,
  groups: organizations,
  ...(fingerprint ? { extra: { [credentialId]: [`X509SHA256=${fingerprint}`] } } : {}),
});

/** Resolves to undefined when credentials were given and are not good, or are needed and were not given. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { tokens, frontProxy } = options;
  const open = options.anonymousPaths ?? anonymousPaths;
  const isOpen = (path: string): boolean => open.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  /** Of certificates, without their users changing from request to request. */
  const certified = new WeakMap<PeerCertificate, UserInfo>();
  const ofCertificate = (certificate: PeerCertificate): UserInfo => {
    let user = certified.get(certificate);
    if (!user) certified.set(certificate, (user = withAuthenticated(userOfCertificate(certificate))));
    return user;
  };
  return {
    async authenticate(call) {
      const { peer } = call;
      if (peer.trustedUser) return peer.trustedUser;
      const proxied = frontProxy && isFrontProxy(peer, frontProxy) ? proxiedUser(call) : undefined;
      if (proxied) return withAuthenticated(proxied);
      if (peer.certificate) return ofCertificate(peer.certificate);
      const token = bearerToken(call);
      if (token !== undefined) {
        const verified = await tokens.verify(token, call.signal);
        if (verified?.warnings) call.warnings.push(...verified.warnings);
        return verified?.user;
      }
      return isOpen(call.path) ? anonymous : undefined;
    },
  };
}
