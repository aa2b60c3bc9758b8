// CSIStorageCapacity: the space that a driver has left for a class in a part of the cluster.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { deprecatedNodeLabel } from "#api/core/pod-rules/warnings.ts";
import { CSIStorageCapacity as schema } from "#api/storage/csi-schema.ts";
import type { Infer } from "#api/schema.ts";
import { dnsSubdomain, immutable, immutableText, nonNegativeQuantity } from "#api/meta/checks.ts";
import { plainColumns } from "#api/meta/columns.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";

export interface CSIStorageCapacity extends Infer<typeof schema> {}
export const CSIStorageCapacity = defineKind<CSIStorageCapacity>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSIStorageCapacity",
  plural: "csistoragecapacities",
  scope: "Namespaced",
  schema,
  columns: plainColumns,
  rules: {
    validate({ nodeTopology, storageClassName = "", capacity }) {
      const found: FieldError[] = [];
      validateLabelSelector(found, "nodeTopology", nodeTopology);
      dnsSubdomain(found, "storageClassName", storageClassName);
      if (capacity !== undefined) nonNegativeQuantity(found, "capacity", capacity);
      return found;
    },
    validateUpdate(object, old) {
      const found: FieldError[] = [];
      const [now, before] = [object.nodeTopology, old.nodeTopology];
      // Without a topology the space is reachable from nowhere, with an empty one from everywhere.
      if ((now === undefined) !== (before === undefined)) found.push(invalidValue("nodeTopology", now, immutableText));
      else immutable(found, "nodeTopology", now, before);
      immutable(found, "storageClassName", object.storageClassName, old.storageClassName);
      return found;
    },
    warnings: ({ nodeTopology }) => [
      ...(nodeTopology?.matchExpressions ?? []).flatMap(({ key }, i) =>
        deprecatedNodeLabel(key)
          ? [`nodeTopology.matchExpressions[${i}].key: ${key} is ${deprecatedNodeLabel(key)}`]
          : [],
      ),
      ...Object.keys(nodeTopology?.matchLabels ?? {}).flatMap((key) =>
        deprecatedNodeLabel(key) ? [`nodeTopology.matchLabels.${key}: ${deprecatedNodeLabel(key)}`] : [],
      ),
    ],
  },
  unconditionalUpdate: false,
});
