// Impersonation: acting as somebody else by Impersonate-* headers, each of which needs the verb "impersonate".
import { ApiError } from "#api/errors.ts";
import { setKey } from "#api/json.ts";
import { refusal } from "#server/auth/authorize.ts";
import type { Attributes } from "#server/auth/rbac-rules.ts";
import type { Authenticated, Authorizer, RequestInfo, Stage, UserInfo } from "#server/pipeline.ts";

const extraPrefix = "impersonate-extra-";
const split = (value: string | undefined): string[] =>
  value
    ? value
        .split(",")
        .map((v) => v.trim())
        .filter(Boolean)
    : [];

/** Upstream: a key whose escapes are wrong is taken as it stands. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // as it came
  }
}

function wanted(headers: Authenticated["headers"]): { user: UserInfo; asks: Attributes[] } | undefined {
  const name = headers["impersonate-user"];
  const groups = split(headers["impersonate-group"]);
  const uid = headers["impersonate-uid"];
  const extra: Record<string, string[]> = {};
  for (const [header, value] of Object.entries(headers))
    if (header.startsWith(extraPrefix)) setKey(extra, unescaped(header.slice(extraPrefix.length)), split(value));
  const others = groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0;
  if (!name) {
    if (others)
      throw new ApiError("BadRequest", "requested impersonation of groups, uid or extra without impersonating a user");
    return undefined;
  }
  const ask = (resource: string, of: string, group = "", namespace = ""): Attributes => ({
    verb: "impersonate",
    isResource: true,
    group,
    resource,
    name: of,
    namespace,
    path: "",
  });
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const asks = [account ? ask("serviceaccounts", account[2]!, "", account[1]!) : ask("users", name)];
  for (const group of groups) asks.push(ask("groups", group));
  if (uid !== undefined) asks.push(ask("uids", uid, "authentication.k8s.io"));
  for (const [key, values] of Object.entries(extra))
    for (const value of values) asks.push(ask(`userextras/${key}`, value, "authentication.k8s.io"));
  const implied = account ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]!}`] : [];
  const known = name === "system:anonymous" ? ["system:unauthenticated"] : ["system:authenticated"];
  const all = [...new Set([...groups, ...(groups.length ? [] : implied), ...known])];
  return { user: { name, groups: all, ...(uid === undefined ? {} : { uid }), extra }, asks };
}

function infoOf({ resource, path: _, ...asked }: Attributes): RequestInfo {
  const [plural = "", subresource = ""] = resource.split(/\/(.*)/s);
  return { ...asked, resource: plural, subresource, version: "*", rest: "" };
}

export const impersonate =
  (authorizer: Authorizer): Stage<Authenticated> =>
  (next) =>
  async (call) => {
    const other = wanted(call.headers);
    if (!other) return next(call);
    for (const asked of other.asks)
      if (!(await authorizer.authorize(call.user, infoOf(asked), { path: "", signal: call.signal })).allowed) {
        const name = asked.name ? ` ${JSON.stringify(asked.name)}` : "";
        const resource = asked.group ? `${asked.resource}.${asked.group}` : asked.resource;
        throw new ApiError("Forbidden", `${resource}${name} is forbidden: ${refusal(call.user, asked)}`, {
          details: { name: asked.name, ...(asked.group ? { group: asked.group } : {}), kind: asked.resource },
        });
      }
    if (call.audit) call.audit.impersonated = other.user;
    return next({ ...call, user: other.user });
  };
