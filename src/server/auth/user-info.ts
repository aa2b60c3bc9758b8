// Who asks, as authentication.k8s.io/v1 has it (UserInfo): in reviews that webhooks get and in the audit log.
import type { UserInfo } from "#server/pipeline.ts";

/** What is empty is left out. */
export const shownUser = ({ name, uid, groups, extra }: UserInfo): object => ({
  username: name,
  ...(uid ? { uid } : {}),
  ...(groups.length > 0 ? { groups } : {}),
  ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
});
