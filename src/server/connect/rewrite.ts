// Redirects of a proxied server, rewritten so that they lead through the proxy again. Pure.

/** Where a proxied path begins: everything of the API path up to and with "proxy", still encoded. */
export interface ProxiedPath {
  readonly prefix: string;
  /** What follows, "" or beginning with a slash. */
  readonly suffix: string;
}
/** /api/v1/nodes/x/proxy/… or /api/v1/namespaces/ns/pods/x/proxy/… */
export function proxiedPath(rawPath: string): ProxiedPath {
  const segments = rawPath.split("/");
  const length = segments[3] === "namespaces" ? 8 : 6;
  const suffix = segments.slice(length);
  return {
    prefix: segments.slice(0, length).join("/"),
    suffix: suffix.length > 0 ? `/${suffix.join("/")}` : "",
  };
}

/** `from` is the URL that was asked, `host` the Host header that it was asked with. */
export function rewriteLocation(location: string, from: URL, host: string | undefined, prefix: string): string {
  let target: URL;
  try {
    target = new URL(location, from);
  } catch {
    return location; // not a URL: the client is to see it as it is
  }
  const names = /^[a-z][a-z0-9+.-]*:/i.test(location) || location.startsWith("//");
  if (names && target.host !== from.host && target.host !== host) return location;
  // Relative to the page, which is below the prefix already.
  if (!names && !location.startsWith("/")) return location;
  const path = `${target.pathname}${target.search}${target.hash}`;
  return path.startsWith(`${prefix}/`) || path === prefix ? path : `${prefix}${path}`;
}
