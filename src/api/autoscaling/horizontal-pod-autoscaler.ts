// The HorizontalPodAutoscaler kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { HorizontalPodAutoscaler as schema } from "#api/autoscaling/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface HorizontalPodAutoscaler extends Infer<typeof schema> {}
export const HorizontalPodAutoscaler = defineKind<HorizontalPodAutoscaler>({
  group: "autoscaling",
  version: "v2",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  scope: "Namespaced",
  shortNames: ["hpa"],
  categories: ["all"],
  schema,
  subresources: [statusSubresource],
  hasGeneration: false,
});
