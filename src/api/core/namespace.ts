// Namespace: a space of names that is deleted as a whole. Its own finalizers, apart from those of every object, keep it
// until its contents are gone; only the finalize subresource removes them.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { type FieldError, invalidValue } from "#api/field-error.ts";
import type { Draft } from "#api/schema.ts";
import { validateFinalizerName } from "#api/meta/finalizers.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { Namespace as schema } from "#api/core/schema/config.ts";
import type { Infer } from "#api/schema.ts";

export interface Namespace extends Infer<typeof schema> {}
export const Namespace = defineKind<Namespace>({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  scope: "Cluster",
  shortNames: ["ns"],
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  schema,
  subresources: [{ name: "finalize", verbs: ["update"] }, statusSubresource],
  nameRule: "dnsLabel",
  hasGeneration: false,
  columns: [
    nameColumn,
    textColumn("Status", "Active, or Terminating while its contents are removed.", ({ status }) => status.phase ?? ""),
    ageColumn,
  ],
  selectableFields: {
    "status.phase": ({ status }) => status.phase ?? "",
  },
  rules: {
    applyDefaults(draft) {
      if (draft.metadata?.name) draft.metadata.labels = { ...draft.metadata.labels, [nameLabel]: draft.metadata.name };
      (draft.status ??= {}).phase ||= "Active";
    },
    prepareForCreate,
    prepareForUpdate(draft, old) {
      const { finalizers: _asked, ...spec } = draft.spec ?? {};
      const finalizers = old.spec.finalizers;
      draft.spec = finalizers ? { ...spec, finalizers: [...finalizers] } : spec;
    },
    validate: ({ spec }) => {
      const found: FieldError[] = [];
      for (const name of spec.finalizers ?? []) validateFinalizerName(found, "spec.finalizers", name);
      return found;
    },
    validateStatusUpdate,
    validatePart: {
      finalize({ spec }) {
        const found: FieldError[] = [];
        for (const [i, name] of (spec.finalizers ?? []).entries())
          validateFinalizerName(found, `spec.finalizers[${i}]`, name);
        return found;
      },
    },
  },
});

const nameLabel = "kubernetes.io/metadata.name";
function prepareForCreate(draft: Draft<Namespace>): void {
  const finalizers = draft.spec?.finalizers ?? [];
  const name = draft.metadata?.name;
  draft.status = { phase: "Active" };
  draft.spec = { finalizers: finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"] };
  // A generated name is known only by now.
  if (name && draft.metadata) draft.metadata.labels = { ...draft.metadata.labels, [nameLabel]: name };
}
/** The phase says no more than whether deletion was asked for. */
function validateStatusUpdate({ metadata, status }: Namespace): FieldError[] {
  const [phase, when] = metadata.deletionTimestamp ? ["Terminating", "is not empty"] : ["Active", "is empty"];
  if (status.phase === phase) return [];
  const why = `may only be '${phase}' if \`deletionTimestamp\` ${when}`;
  return [invalidValue("status.Phase", status.phase ?? "", why)];
}
