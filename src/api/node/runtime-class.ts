// RuntimeClass: a way in which nodes run the containers of a pod.
import { type FieldError, duplicateValue, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { validateTolerations } from "#api/core/pod-rules/affinity-validation.ts";
import { validateContainerResources } from "#api/core/pod-rules/resources-validation.ts";
import { deprecatedNodeLabel } from "#api/core/pod-rules/warnings.ts";
import { Toleration } from "#api/core/schema/node-selector.ts";
import { RuntimeClass as schema } from "#api/node/schema.ts";
import type { Infer } from "#api/schema.ts";
import { dnsLabel, immutable, labels } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";

export interface RuntimeClass extends Infer<typeof schema> {}
export const RuntimeClass = defineKind<RuntimeClass>({
  group: "node.k8s.io",
  version: "v1",
  kind: "RuntimeClass",
  plural: "runtimeclasses",
  scope: "Cluster",
  schema,
  columns: [nameColumn, textColumn("Handler", "Name of it on the nodes.", ({ handler }) => handler), ageColumn],
  rules: {
    validate,
    validateUpdate({ handler }, old) {
      const found: FieldError[] = [];
      immutable(found, "handler", handler, old.handler);
      return found;
    },
    warnings: ({ scheduling }) =>
      Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) =>
        deprecatedNodeLabel(key) ? [`scheduling.nodeSelector: ${deprecatedNodeLabel(key)}`] : [],
      ),
  },
  createOnUpdate: true,
  unconditionalUpdate: false,
});

function validate({ handler, overhead, scheduling }: RuntimeClass): FieldError[] {
  const found: FieldError[] = [];
  if (handler) dnsLabel(found, "handler", handler);
  else found.push(requiredValue("handler"));
  const limits = overhead?.podFixed;
  if (overhead) validateContainerResources(found, "overhead", { ...(limits && { limits }) }, new Set());
  labels(found, "scheduling.nodeSelector", scheduling?.nodeSelector);
  validateTolerations(found, "scheduling.tolerations", scheduling?.tolerations);
  const seen = new Set<string>();
  for (const [i, toleration] of (scheduling?.tolerations ?? []).entries()) {
    const { key, operator, value, effect } = toleration;
    const id = JSON.stringify([key, operator, value, effect]);
    if (seen.has(id)) found.push(duplicateValue(`scheduling.tolerations[${i}]`, goStruct(Toleration, toleration)));
    seen.add(id);
  }
  return found;
}
