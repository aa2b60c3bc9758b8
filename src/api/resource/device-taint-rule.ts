// DeviceTaintRule: taints devices from outside of their driver. Its stored version is the older one, as upstream has it.
import { type FieldError, notSupported, requiredValue, tooMany } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { formatTime } from "#api/time.ts";
import { deprecationText } from "#api/versions.ts";
import { validateDriverName } from "#api/core/pod-rules/driver-names.ts";
import { dnsLabel, labelValue, qualifiedName, sameValue } from "#api/meta/checks.ts";
import { age, ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { validateConditions } from "#api/meta/label-selector-validation.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import { taintEffects } from "./claim-validation.ts";
import { validatePoolName } from "./name-validation.ts";
import { DeviceTaintRule as schema } from "./preview-schema.ts";

const maxConditions = 8;

export interface DeviceTaintRule extends Infer<typeof schema> {}
const gvk = { group: "resource.k8s.io", version: "v1alpha3", kind: "DeviceTaintRule" };
export const DeviceTaintRule = defineKind<DeviceTaintRule>({
  ...gvk,
  plural: "devicetaintrules",
  scope: "Cluster",
  schema,
  deprecation: deprecationText(gvk, { deprecated: "1.36", removed: "1.39" }),
  subresources: [statusSubresource],
  returnsDeleted: true,
  columns: [
    nameColumn,
    textColumn("Key", "Name of the taint.", ({ spec }) => spec.taint.key),
    textColumn("Value", "Text that goes with the key.", ({ spec }) => spec.taint.value ?? ""),
    textColumn("Effect", "What the taint does.", ({ spec }) => spec.taint.effect),
    textColumn("TimeAdded", "How long ago the taint was added.", ({ spec }, now) => age(spec.taint.timeAdded, now)),
    ageColumn,
  ],
  rules: {
    prepareForCreate: (draft, { now }) => stamp(draft, now),
    prepareForUpdate(draft, old, now) {
      const taint = draft.spec?.taint;
      const isNew = taint && taint.effect !== old.spec.taint.effect && taint.timeAdded === old.spec.taint.timeAdded;
      if (isNew) taint.timeAdded = formatTime(now);
      stamp(draft, now);
    },
    prepareForStatusUpdate: keepMetadata,
    validateCreate: ({ spec }) => validateSpec(spec),
    validateUpdate: ({ spec }, old) => validateSpec(spec, old.spec),
    validateStatusUpdate({ status: { conditions = [] } }) {
      const found: FieldError[] = [];
      validateConditions(found, "status.conditions", conditions);
      if (conditions.length > maxConditions) found.push(tooMany("status.conditions", conditions.length, maxConditions));
      return found;
    },
    changesGeneration: ({ spec }, old) => !sameValue(spec, old.spec),
  },
  hasGeneration: true,
});

/** A taint without a time was added now. */
function stamp({ spec }: Draft<DeviceTaintRule>, now: number): void {
  if (spec?.taint) spec.taint.timeAdded ??= formatTime(now);
}
type Spec = DeviceTaintRule["spec"];
function validateSpec({ deviceSelector = {}, taint }: Spec, old?: Spec): FieldError[] {
  const found: FieldError[] = [];
  const { driver, pool, device } = deviceSelector;
  if (driver !== undefined) validateDriverName(found, "spec.deviceSelector.driver", driver);
  if (pool !== undefined) validatePoolName(found, "spec.deviceSelector.pool", pool);
  if (device !== undefined) dnsLabel(found, "spec.deviceSelector.device", device);
  const { key, value, effect } = taint;
  qualifiedName(found, "spec.taint.key", key);
  if (value) labelValue(found, "spec.taint.value", value);
  if (old && old.taint.effect === effect) return found;
  if (!effect) found.push(requiredValue("spec.taint.effect"));
  else if (!taintEffects.includes(effect)) found.push(notSupported("spec.taint.effect", effect, taintEffects));
  return found;
}
