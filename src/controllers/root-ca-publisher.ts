// Every namespace has a ConfigMap with the certificate authority of the API server, for the pods that talk to it.
import { ConfigMap } from "#api/core/config-map.ts";
import { Namespace } from "#api/core/namespace.ts";
import { isReason } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import { defineController, watching, type Controller } from "#reconcile/controller.ts";
import { isNamespaceTerminating } from "#controllers/pods/pod-control.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

const name = "kube-root-ca.crt";

/** `certificates`: in PEM. */
export const createRootCaPublisher = (certificates: string): Controller<Namespace> =>
  defineController({
    name: "root-ca-cert-publisher",
    rules: [allow("list watch", "", "namespaces"), allow("create update list watch", "", "configmaps"), tellEvents],
    for: Namespace,
    matters: (namespace, old) => namespace !== undefined && namespace.status.phase !== old?.status.phase,
    watches: [watching(ConfigMap, ({ metadata }) => (metadata.name === name ? [metadata.namespace!] : []))],
    async reconcile(namespace, turn) {
      if (namespace.metadata.deletionTimestamp) return;
      const data = { "ca.crt": certificates };
      const current = turn.cache(ConfigMap).get(`${turn.key}/${name}`);
      try {
        if (!current) {
          const annotations = { "kubernetes.io/description": "Verifies the API server when it is called from a pod." };
          const metadata = { name, namespace: turn.key, annotations };
          await turn.client.create(ConfigMap, { metadata, data }, { signal: turn.signal });
        } else if (!deepEqual(current.data, data) || current.binaryData) {
          const { binaryData: _, ...rest } = current;
          await turn.client.update(ConfigMap, { ...rest, data }, { signal: turn.signal });
        }
      } catch (error) {
        if (!isReason(error, "AlreadyExists", "NotFound") && !isNamespaceTerminating(error)) throw error;
      }
    },
  });
