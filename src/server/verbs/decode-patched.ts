// What a patch leads to, as a draft. An object that cannot be is the fault of the patch.
import { ApiError, badRequest, invalid } from "#api/errors.ts";
import { applySchemaDefaults, decodeObject } from "#api/decode.ts";
import { invalidValue } from "#api/field-error.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { findingsOf, reportFields } from "#server/body.ts";
import type { FieldValidation } from "#server/request-options.ts";
import { withMetadata, type KubeDraft } from "./prepare.ts";

export function decodePatched(
  kind: AnyKind,
  patched: unknown,
  validation: FieldValidation,
  warnings: string[],
  /** What was found in the patch itself. */
  found: readonly string[] = [],
): KubeDraft {
  const refuse = (text: string): ApiError =>
    invalid({ group: "", kind: "" }, "", [invalidValue("patch", JSON.stringify(patched), text)]);
  checkType(kind, patched as Partial<KubeObject>);
  try {
    const { draft, unknown } = decodeObject<KubeObject>(kind, patched, {
      unknownFields: validation === "Ignore" ? "ignore" : "collect",
    });
    reportFields([...found, ...findingsOf(unknown.toSorted())], validation, warnings, refuse);
    applySchemaDefaults(kind, draft);
    return withMetadata(draft);
  } catch (error) {
    if (error instanceof ApiError && error.reason === "BadRequest") throw refuse(error.message);
    throw error;
  }
}
function checkType(kind: AnyKind, patched: Partial<KubeObject> | null): void {
  if (typeof patched?.kind === "string" && patched.kind !== kind.kind)
    throw badRequest(`the kind of the object (${patched.kind}) cannot be changed by a patch`);
}
