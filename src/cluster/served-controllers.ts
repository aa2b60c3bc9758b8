// Which controllers run by --runtime-config: those of kinds that are switched off would only ask for what is not there,
// those of preview kinds have nothing to do while these are off.
import type { AnyKind } from "#api/kind.ts";
import { kinds } from "#api/kinds.ts";
import type { AnyController } from "#reconcile/controller.ts";
import type { Features } from "#server/features/served-kinds.ts";

function kindsOf(controller: AnyController): readonly AnyKind[] {
  if (!("for" in controller)) return [];
  const { owns = [], watches = [], reads = [] } = controller;
  return [controller.for as AnyKind, ...owns, ...watches.map(({ kind }) => kind as AnyKind), ...reads];
}
/** Controllers of preview kinds, read from disk only where these are served. */
export async function previewControllers({ kinds: served }: Features): Promise<readonly AnyController[]> {
  if (!served.some(({ group, plural }) => group === "scheduling.k8s.io" && plural === "podgroups")) return [];
  const { podGroupProtectionController } = await import("#controllers/pod-group-protection.ts");
  return [podGroupProtectionController];
}
/** Those whose built-in kinds are all served; what custom kinds there are is seen later. */
export function servedControllers(controllers: readonly AnyController[], { kinds: served }: Features): AnyController[] {
  const missing = new Set(kinds.filter((kind) => !served.includes(kind)));
  return controllers.filter((controller) => !kindsOf(controller).some((kind) => missing.has(kind)));
}
