// Short forms for the rules of the bootstrap policy. Lists are words; `core` is the group without a name.
import type { PolicyRule } from "#api/rbac/schema.ts";

export const read = "get list watch";
export const write = "create delete deletecollection patch update";
export const crud = "create delete deletecollection get list patch update watch";

const words = (text: string): string[] => text.split(" ");
/** For example allow(read, "apps extensions", "daemonsets deployments"). */
export const allow = (verbs: string, groups: string, resources: string, names?: string): PolicyRule => ({
  apiGroups: words(groups).map((group) => (group === "core" ? "" : group)),
  resources: words(resources),
  verbs: words(verbs),
  ...(names === undefined ? {} : { resourceNames: words(names) }),
});
export const paths = (verbs: string, urls: string): PolicyRule => ({
  nonResourceURLs: words(urls),
  verbs: words(verbs),
});
export const events = allow("create patch update", "core events.k8s.io", "events");
