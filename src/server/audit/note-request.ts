// What is asked to be written, as it was understood: with its kind and defaults, before anybody changes it.
import { cloneJson } from "#api/json.ts";
import { apiVersionOf } from "#api/kind.ts";
import type { Call } from "#server/pipeline.ts";

export function noteRequest(
  { audit }: Pick<Call, "audit">,
  of: { readonly group: string; readonly version: string; readonly kind: string },
  draft: object,
): void {
  if (audit?.wantsRequest) audit.requestObject = { kind: of.kind, apiVersion: apiVersionOf(of), ...cloneJson(draft) };
}
