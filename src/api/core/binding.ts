// Binding: gives a pod to a node; the body that a scheduler writes to pods/binding.
import { defineKind } from "#api/kind.ts";
import { type FieldError, notSupported, requiredValue } from "#api/field-error.ts";
import { Binding as schema } from "#api/core/schema/pod-options.ts";
import type { Infer } from "#api/schema.ts";

export interface Binding extends Infer<typeof schema> {}
export const Binding = defineKind<Binding>({
  group: "",
  version: "v1",
  kind: "Binding",
  plural: "bindings",
  scope: "Namespaced",
  verbs: ["create"],
  schema,
  rules: {
    validate({ target }) {
      const found: FieldError[] = [];
      if (target.kind && target.kind !== "Node")
        found.push(notSupported("target.kind", target.kind, ["Node", "<empty>"]));
      if (!target.name) found.push(requiredValue("target.name"));
      return found;
    },
  },
});
