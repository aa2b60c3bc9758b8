// HorizontalPodAutoscaler: changes how many pods a workload has, so that its metrics stay near their targets. This is
// the stored form; autoscaling/v1 is converted to and from it.
import { type Column, defineKind, statusSubresource } from "#api/kind.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { type HPAScalingRules, HorizontalPodAutoscaler as schema } from "#api/autoscaling/schema.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { targetsText } from "./targets-column.ts";
import {
  validateAutoscaler,
  validateAutoscalerStatus,
  validateAutoscalerUpdate,
  validateNewAutoscaler,
} from "./validation.ts";

export interface HorizontalPodAutoscaler extends Infer<typeof schema> {}
export const autoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  textColumn("Reference", "The workload that is scaled.", ({ spec: { scaleTargetRef } }) =>
    [scaleTargetRef.kind, scaleTargetRef.name].join("/"),
  ),
  textColumn("Targets", "Its metrics, each with the value it should have.", targetsText),
  textColumn("MinPods", "Fewest pods to keep.", ({ spec }) => String(spec.minReplicas ?? "<unset>")),
  textColumn("MaxPods", "Most pods to run.", ({ spec }) => spec.maxReplicas),
  textColumn("Replicas", "Pods that the workload has now.", ({ status }) => status.currentReplicas ?? 0),
  ageColumn,
];
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
  columns: autoscalerColumns,
  rules: {
    applyDefaults: ({ spec }) => applyBehaviorDefaults(spec?.behavior),
    validate: validateAutoscaler,
    validateCreate: validateNewAutoscaler,
    validateUpdate: validateAutoscalerUpdate,
    validateStatusUpdate: validateAutoscalerStatus,
  },
  hasGeneration: false,
});

type RulesDraft = Draft<HPAScalingRules>;
const quick = (type: "Pods" | "Percent", value: number) => ({ type, value, periodSeconds: 15 });
/** Limits on speed that are given for one direction are filled in for both. */
export function applyBehaviorDefaults(
  behavior: { scaleUp?: RulesDraft | undefined; scaleDown?: RulesDraft | undefined } | undefined,
): void {
  if (!behavior) return;
  const up = (behavior.scaleUp ??= {});
  up.stabilizationWindowSeconds ??= 0;
  up.policies ??= [quick("Pods", 4), quick("Percent", 100)];
  const down = (behavior.scaleDown ??= {});
  down.policies ??= [quick("Percent", 100)];
  for (const rules of [up, down]) rules.selectPolicy ??= "Max";
}
