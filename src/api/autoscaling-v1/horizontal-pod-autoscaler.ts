// HorizontalPodAutoscaler in its first form, which knows only a target for CPU use: what else the stored form has is
// kept in annotations, so that it survives a client that reads and writes this one.
import { type Kind, defineKind, statusSubresource } from "#api/kind.ts";
import { HorizontalPodAutoscaler as schema } from "#api/autoscaling-v1/schema.ts";
import type { Draft, Infer } from "#api/schema.ts";
import {
  HorizontalPodAutoscaler as StoredAutoscaler,
  applyBehaviorDefaults,
  autoscalerColumns,
} from "#api/autoscaling/horizontal-pod-autoscaler.ts";
import type { HorizontalPodAutoscalerBehavior } from "#api/autoscaling/schema.ts";
import { copyAnnotations, fromStored, specAnnotations, statusAnnotations, toStored } from "./conversion.ts";

export interface HorizontalPodAutoscaler extends Infer<typeof schema> {}
const { rules } = StoredAutoscaler;
export const HorizontalPodAutoscaler = defineKind<HorizontalPodAutoscaler>({
  group: "autoscaling",
  version: "v1",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  scope: "Namespaced",
  shortNames: ["hpa"],
  categories: ["all"],
  schema,
  subresources: [statusSubresource],
  columns: autoscalerColumns.map((column) => ({
    ...column,
    value: (object, now) => column.value(toStored(object), now),
  })),
  rules: {
    prepareForCreate: (draft) => keepOf(statusAnnotations, draft, undefined),
    prepareForUpdate: (draft, old) => keepOf(statusAnnotations, draft, old),
    prepareForStatusUpdate: (draft, old) => keepOf(specAnnotations, draft, old),
    validate: (object) => rules.validate!(toStored(object)),
    validateCreate: (object) => rules.validateCreate!(toStored(object)),
    validateUpdate: (object, old) => rules.validateUpdate!(toStored(object), toStored(old)),
    validateStatusUpdate: (object, old) => rules.validateStatusUpdate!(toStored(object), toStored(old)),
  },
  hasGeneration: false,
  storedAs: {
    kind: StoredAutoscaler as unknown as Kind,
    fromStored: (stored) => fromStored(stored as StoredAutoscaler),
    toStored(object) {
      const stored = toStored(object);
      applyBehaviorDefaults(stored.spec.behavior as Draft<HorizontalPodAutoscalerBehavior> | undefined);
      return stored;
    },
  },
});

/** What a write may not touch stays that of the old object, in annotations too. */
function keepOf(
  names: readonly string[],
  draft: Draft<HorizontalPodAutoscaler>,
  old: HorizontalPodAutoscaler | undefined,
): void {
  const annotations = copyAnnotations(
    names,
    draft.metadata?.annotations as Record<string, string> | undefined,
    old?.metadata.annotations,
  );
  if (annotations) draft.metadata = { ...draft.metadata, annotations };
}
