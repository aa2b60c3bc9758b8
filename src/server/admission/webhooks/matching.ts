// Whether a webhook is called about a request, and in which version it sees the object.
import type { AnyKind } from "#api/kind.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import { matchesNamespaceLabels, matchesObjectLabels, matchRules } from "#server/admission/match/criteria.ts";
import type { Registry } from "#server/registry.ts";
import type { Hook } from "./hooks.ts";

/** Undefined: it is not called. Throws where that cannot be told. */
export async function versionFor(
  registry: Registry,
  { criteria, conditions }: Hook,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<AnyKind | undefined> {
  if (!matchesObjectLabels(criteria, request)) return undefined;
  const of = matchRules(registry, criteria, request);
  if (!of || !(await matchesNamespaceLabels(registry, criteria, request, signal))) return undefined;
  return !conditions || (await conditions(request, of, signal)) ? of : undefined;
}
