// Impersonation: acting as somebody else by Impersonate-* headers. What stands in them is taken as it is.
import { badRequest } from "#api/errors.ts";
import { setKey } from "#api/json.ts";
import { ImpersonationModes, type WantedUser } from "#server/auth/impersonation-modes.ts";
import { headerValues, type Authenticated, type Authorizer, type Call, type Stage } from "#server/pipeline.ts";
import { markRefusal } from "#server/stages/refused.ts";

const extraPrefix = "impersonate-extra-";

/** Upstream: a key whose escapes are wrong is taken as it stands. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // as it came
  }
}

const quoted = JSON.stringify;
const goStrings = (values: readonly string[]): string => `[]string{${values.map((v) => quoted(v)).join(", ")}}`;
/** As Go writes the structure out: clients see it in a refusal. */
function goText({ name, uid, groups, extra }: WantedUser): string {
  const keys = Object.keys(extra).toSorted();
  const listed = groups.length > 0 ? goStrings(groups) : "[]string(nil)";
  const further = keys.map((key) => `${quoted(key)}:${goStrings(extra[key]!)}`).join(", ");
  const extras = keys.length > 0 ? `map[string][]string{${further}}` : "map[string][]string(nil)";
  return `&user.DefaultInfo{Name:${quoted(name)}, UID:${quoted(uid)}, Groups:${listed}, Extra:${extras}}`;
}

function wantedUser(call: Call): WantedUser | undefined {
  const extra: Record<string, readonly string[]> = {};
  for (const header of Object.keys(call.headers))
    if (header.startsWith(extraPrefix))
      setKey(extra, unescaped(header.slice(extraPrefix.length)), headerValues(call, header));
  const wanted: WantedUser = {
    name: headerValues(call, "impersonate-user")[0] ?? "",
    uid: headerValues(call, "impersonate-uid")[0] ?? "",
    groups: headerValues(call, "impersonate-group"),
    extra,
  };
  if (wanted.name) return wanted;
  if (wanted.uid === "" && wanted.groups.length === 0 && Object.keys(extra).length === 0) return undefined;
  throw badRequest(`requested ${goText(wanted)} without impersonating a user name`);
}

export function impersonate(authorizer: Authorizer): Stage<Authenticated> {
  const modes = new ImpersonationModes(authorizer);
  return (next) => async (call) => {
    try {
      const wanted = wantedUser(call);
      if (wanted) {
        const { user, constraint } = await modes.check(call, wanted);
        if (call.audit) {
          call.audit.impersonated = user;
          if (constraint) call.audit.impersonationConstraint = constraint;
        }
        call = { ...call, user };
      }
    } catch (error) {
      markRefusal(call);
      throw error;
    }
    return next(call);
  };
}
