// Every namespace has a ServiceAccount named default.
import { Namespace } from "#api/core/namespace.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { isReason } from "#api/errors.ts";
import { defineController, watching } from "#reconcile/controller.ts";
import { isNamespaceTerminating } from "#controllers/pods/pod-control.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

const name = "default";

export const serviceAccountController = defineController({
  name: "service-account-controller",
  rules: [allow("list watch", "", "namespaces"), allow("create list watch", "", "serviceaccounts"), tellEvents],
  for: Namespace,
  matters: (namespace, old) => namespace !== undefined && namespace.status.phase !== old?.status.phase,
  watches: [
    watching(
      ServiceAccount,
      (account) => (account.metadata.name === name ? [account.metadata.namespace!] : []),
      (account) => account === undefined,
    ),
  ],
  async reconcile(namespace, turn) {
    if (namespace.metadata.deletionTimestamp) return;
    if (turn.cache(ServiceAccount).get(`${turn.key}/${name}`)) return;
    try {
      await turn.client.create(ServiceAccount, { metadata: { name, namespace: turn.key } }, { signal: turn.signal });
    } catch (error) {
      if (!isReason(error, "AlreadyExists") && !isNamespaceTerminating(error)) throw error;
    }
  },
});
