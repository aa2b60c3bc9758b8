// Taints keep pods away from a node; a pod tolerates those that its tolerations match.
import type { Taint, Toleration } from "#api/core/schema/node-selector.ts";

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator || "Equal") {
    case "Equal":
      return (toleration.key ?? "") === taint.key && (toleration.value ?? "") === (taint.value ?? "");
    case "Exists":
      return true;
    case "Lt":
    case "Gt":
      return comparesWith(toleration, taint.value ?? "");
    default:
      return false;
  }
}
const integer = /^(?:0|-?[1-9]\d*)$/;
function comparesWith({ operator, value = "" }: Toleration, taintValue: string): boolean {
  if (!integer.test(value) || !integer.test(taintValue)) return false;
  const difference = BigInt(taintValue) - BigInt(value);
  return operator === "Lt" ? difference < 0n : difference > 0n;
}

export const toleratesTaint = (tolerations: readonly Toleration[] | undefined, taint: Taint): boolean =>
  tolerations?.some((t) => tolerates(t, taint)) ?? false;
export const firstUntolerated = (
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[],
): Taint | undefined => taints.find((taint) => !toleratesTaint(tolerations, taint));
