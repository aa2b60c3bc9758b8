// Short forms for what controllers may do; each controller lists its own needs beside its code.
import type { PolicyRule } from "#api/rbac/schema.ts";

/** `resources` of one group, for example allow("get list watch", "apps", "replicasets"). */
export const allow = (verbs: string, group: string, ...resources: readonly string[]): PolicyRule => ({
  verbs: verbs.split(" "),
  apiGroups: [group],
  resources,
});
export const tellEvents: PolicyRule = {
  verbs: ["create", "patch", "update"],
  apiGroups: ["", "events.k8s.io"],
  resources: ["events"],
};

const accounts: Readonly<Record<string, string>> = {
  "certificate-approver": "certificate-controller",
  "certificate-cleaner": "certificate-controller",
  "certificate-signer": "certificate-controller",
  "node-ipam-controller": "node-controller",
  "persistent-volume-phases": "persistent-volume-binder",
  "taint-eviction-controller": "node-controller",
};
/** The ServiceAccount of kube-system as which a controller acts; as upstream, some share one. */
export const accountOf = (controller: string): string => accounts[controller] ?? controller;
