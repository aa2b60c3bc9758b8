// Logins for registries out of pull secrets: which of them fit an image, the most exact first.
import type { Secret } from "#api/core/secret.ts";
import type { ImageName } from "./image-name.ts";
import type { RegistryAuth } from "#node/runtime/runtime.ts";

interface Login {
  readonly host: string;
  readonly path: string;
  readonly auth: RegistryAuth;
}
const dockerHubNames = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function authOf(entry: Readonly<Record<string, unknown>>): RegistryAuth | undefined {
  const pair = text(entry["auth"]) && Buffer.from(entry["auth"] as string, "base64").toString("utf8");
  const colon = pair?.indexOf(":") ?? -1;
  const username = text(entry["username"]) ?? (colon > 0 ? pair!.slice(0, colon) : undefined);
  const password = text(entry["password"]) ?? (colon > 0 ? pair!.slice(colon + 1) : undefined);
  const identityToken = text(entry["identitytoken"]);
  const registryToken = text(entry["registrytoken"]);
  if (!username && !identityToken && !registryToken) return undefined;
  return {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(identityToken ? { identityToken } : {}),
    ...(registryToken ? { registryToken } : {}),
  };
}
function loginOf(key: string, entry: unknown): Login | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const auth = authOf(entry as Record<string, unknown>);
  if (!auth) return undefined;
  const place = key.replace(/^https?:\/\//, "").replace(/\/+$/, "");
  const slash = place.indexOf("/");
  const host = slash < 0 ? place : place.slice(0, slash);
  const path = slash < 0 ? "" : place.slice(slash + 1).replace(/^v[12](\/|$)/, "");
  return { host: dockerHubNames.has(host) ? "docker.io" : host, path, auth };
}
/** The entries of a secret of either docker form; a malformed one has none. */
function loginsOf(secret: Secret): Login[] {
  const whole = secret.data?.[".dockerconfigjson"];
  const old = secret.data?.[".dockercfg"];
  const encoded = whole ?? old;
  if (encoded === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
  } catch {
    return []; // as upstream: a broken secret is as good as none
  }
  const entries = whole === undefined ? parsed : (parsed as { auths?: unknown } | null)?.auths;
  if (typeof entries !== "object" || entries === null) return [];
  return Object.entries(entries).flatMap(([key, entry]) => loginOf(key, entry) ?? []);
}
/** A `*` stands for characters within one label. */
function hostFits(pattern: string, host: string): boolean {
  if (!pattern.includes("*")) return pattern === host;
  const parts = pattern.split(".");
  const labels = host.split(".");
  return (
    parts.length === labels.length &&
    parts.every((part, i) =>
      new RegExp(`^${part.replace(/[^a-zA-Z0-9*-]/g, "\\$&").replaceAll("*", "[^.]*")}$`).test(labels[i]!),
    )
  );
}
export function credentialsFor(image: ImageName, secrets: readonly Secret[]): RegistryAuth[] {
  return secrets
    .flatMap(loginsOf)
    .filter(
      ({ host, path }) =>
        hostFits(host, image.registry) &&
        (path === "" || image.repository === path || image.repository.startsWith(`${path}/`)),
    )
    .toSorted((a, b) => b.path.length - a.path.length || b.host.length - a.host.length)
    .map((login) => login.auth);
}
