// LimitRange: bounds for what each container, pod or claim of a namespace may ask for, and what it gets by default.
import type { FieldError } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { type LimitRangeItem, LimitRange as schema } from "#api/core/schema/quota.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { plainColumns } from "#api/meta/columns.ts";
import { roundUpToMilli } from "./pod-rules/resource-names.ts";
import { validateLimit } from "./rules/limit-range-validation.ts";

export interface LimitRange extends Infer<typeof schema> {}
export const LimitRange = defineKind<LimitRange>({
  group: "",
  version: "v1",
  kind: "LimitRange",
  plural: "limitranges",
  scope: "Namespaced",
  shortNames: ["limits"],
  schema,
  columns: plainColumns,
  rules: {
    applyDefaults: ({ spec }) => spec?.limits?.forEach((item) => item && applyItemDefaults(item)),
    // Upstream: a LimitRange without a name gets one.
    prepareForCreate(draft, { uid }) {
      if (!draft.metadata?.name && !draft.metadata?.generateName)
        draft.metadata = { ...draft.metadata, name: uid ?? "" };
    },
    validate({ spec }) {
      const found: FieldError[] = [];
      const types = new Set<string>();
      for (const [i, item] of spec.limits.entries()) validateLimit(found, `spec.limits[${i}]`, item, types);
      return found;
    },
  },
  createOnUpdate: true,
});

/** For containers a limit comes from the largest one allowed, a request from the limit or the smallest one. */
function applyItemDefaults(item: Draft<LimitRangeItem>): void {
  for (const amounts of [item.max, item.min, item.default, item.defaultRequest, item.maxLimitRequestRatio])
    roundUpToMilli(amounts);
  if (item.type !== "Container") return;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}
