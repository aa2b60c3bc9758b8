// Cells of policies and of their bindings.
import type { LabelSelector } from "#api/meta/schema.ts";
import type { ParamKind, ParamRef } from "./policy-schema.ts";

export const paramKindText = (kind: ParamKind | undefined): string =>
  kind ? `${kind.apiVersion ?? ""}/${kind.kind ?? ""}` : "<unset>";
/** Whether parameters have a namespace cannot be told here: a star stands for any. */
export function paramText(ref: ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || "*"}/${ref.name}`;
  return ref?.selector ? goText(ref.selector) : "<unset>";
}
/** As Go prints a selector. */
function goText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels)
    .toSorted()
    .map((key) => `${key}: ${matchLabels[key]!},`);
  const tests = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(" ")}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join("")}},MatchExpressions:[]LabelSelectorRequirement{${tests.join("")}},}`;
}
