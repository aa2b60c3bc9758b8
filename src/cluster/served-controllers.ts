// Controllers of kinds that --runtime-config has switched off do not run: they would only ask for what is not there.
import type { AnyKind } from "#api/kind.ts";
import { kinds } from "#api/kinds.ts";
import type { AnyController } from "#reconcile/controller.ts";
import type { Features } from "#server/features/served-kinds.ts";

function kindsOf(controller: AnyController): readonly AnyKind[] {
  if (!("for" in controller)) return [];
  const { owns = [], watches = [], reads = [] } = controller;
  return [controller.for as AnyKind, ...owns, ...watches.map(({ kind }) => kind as AnyKind), ...reads];
}
/** Those whose built-in kinds are all served; what custom kinds there are is seen later. */
export function servedControllers(controllers: readonly AnyController[], { kinds: served }: Features): AnyController[] {
  const missing = new Set(kinds.filter((kind) => !served.includes(kind)));
  return controllers.filter((controller) => !kindsOf(controller).some((kind) => missing.has(kind)));
}
