// ResourceSlice: devices that a driver offers, for the scheduler to choose from.
import { defineKind } from "#api/kind.ts";
import { ResourceSlice as schema } from "#api/resource/claim-schema.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { formatTime } from "#api/time.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { validateSlice, validateSliceUpdate } from "./slice-validation.ts";

export interface ResourceSlice extends Infer<typeof schema> {}
export const ResourceSlice = defineKind<ResourceSlice>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceSlice",
  plural: "resourceslices",
  returnsDeleted: true,
  scope: "Cluster",
  schema,
  columns: [
    nameColumn,
    textColumn("Node", "The node that has the devices.", ({ spec }) => spec.nodeName ?? ""),
    textColumn("Driver", "The driver.", ({ spec }) => spec.driver),
    textColumn("Pool", "The pool that it is a part of.", ({ spec }) => spec.pool.name),
    ageColumn,
  ],
  selectableFields: {
    "spec.nodeName": ({ spec }) => spec.nodeName ?? "",
    "spec.driver": ({ spec }) => spec.driver,
  },
  rules: {
    prepareForCreate: (draft, { now }) => stampTaints(draft, now),
    prepareForUpdate: (draft, _old, now) => stampTaints(draft, now),
    validate: validateSlice,
    validateUpdate: validateSliceUpdate,
    warnings: ({ spec: { driver } }) =>
      driver === driver.toLowerCase()
        ? []
        : [`spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`],
  },
  hasGeneration: true,
});

/** A taint without a time was added now. */
function stampTaints({ spec }: Draft<ResourceSlice>, now: number): void {
  for (const device of spec?.devices ?? [])
    for (const taint of device?.taints ?? []) if (taint) taint.timeAdded ??= formatTime(now);
}
