// Bootstrap tokens ("abcdef.0123456789abcdef"): short passwords in Secrets of kube-system, by which machines that have no
// certificate yet ask for one.
import { Secret } from "#api/core/secret.ts";
import type { Clock } from "#base/clock.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { sameText } from "./same-text.ts";
import type { TokenAuthenticator } from "./token-authenticator.ts";

const form = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const groupForm = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
const bootstrappers = "system:bootstrappers";

/** Undefined where a group is none that bootstrap tokens may have. */
function groupsOf(text: string): string[] | undefined {
  const extra = text === "" ? [] : text.split(",").map((group) => group.trim());
  return extra.every((group) => groupForm.test(group)) ? [...new Set([bootstrappers, ...extra])].toSorted() : undefined;
}

export function bootstrapTokens({ objects, clock }: { objects: StoredObjects; clock: Clock }): TokenAuthenticator {
  return {
    name: "bootstrap tokens",
    verify(token, audiences) {
      const [, id, password] = form.exec(token) ?? [];
      if (id === undefined || password === undefined) return undefined;
      const secret = objects.get(Secret, `kube-system/bootstrap-token-${id}`);
      if (!secret || secret.metadata.deletionTimestamp || secret.type !== "bootstrap.kubernetes.io/token")
        return undefined;
      const field = (name: string): string => Buffer.from(secret.data?.[name] ?? "", "base64").toString();
      if (!sameText(field("token-secret"), password) || field("token-id") !== id) return undefined;
      const expiration = field("expiration");
      // A time that cannot be read is one that has passed.
      if (expiration !== "" && !(Date.parse(expiration) > clock.now())) return undefined;
      if (field("usage-bootstrap-authentication") !== "true") return undefined;
      const groups = groupsOf(field("auth-extra-groups"));
      return groups && { user: { name: `system:bootstrap:${id}`, groups }, audiences };
    },
  };
}
