// Requests that come through a proxy which has authenticated the user and says so in headers. It is believed when its
// certificate is of the authority for such proxies, which no client certificate is of.
import { headerValues, type Call, type Peer, type UserInfo } from "#server/pipeline.ts";

export interface FrontProxyOptions {
  /** Common names of proxies; empty: every certificate of the authority. */
  readonly allowedNames: readonly string[];
}
const userHeader = "x-remote-user";
const uidHeader = "x-remote-uid";
const groupHeader = "x-remote-group";
const extraPrefix = "x-remote-extra-";

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // upstream takes it as it is
  }
}

export const isFrontProxy = (peer: Peer, { allowedNames }: FrontProxyOptions): boolean =>
  peer.proxyCertificate !== undefined &&
  (allowedNames.length === 0 || allowedNames.includes(peer.proxyCertificate.commonName));

/** Whom the proxy names; undefined: nobody. */
export function proxiedUser(call: Call): UserInfo | undefined {
  const { headers } = call;
  const name = headerValues(call, userHeader)[0];
  if (!name) return undefined;
  const extra = Object.fromEntries(
    Object.entries(headers)
      .filter(([header]) => header.startsWith(extraPrefix))
      .map(([header]) => [decoded(header.slice(extraPrefix.length)), headerValues(call, header)]),
  );
  const [uid] = headerValues(call, uidHeader);
  return {
    name,
    groups: headerValues(call, groupHeader),
    ...(uid ? { uid } : {}),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}
