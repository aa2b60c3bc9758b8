// What a patch leads to, as a draft. An object that cannot be is the fault of the patch.
import { ApiError, invalid } from "#api/errors.ts";
import { applySchemaDefaults, cannotBeHandled, decodeObject } from "#api/decode.ts";
import { invalidValue } from "#api/field-error.ts";
import { apiVersionOf, type AnyKind, type KubeObject } from "#api/kind.ts";
import { goText } from "#apply/merge-list.ts";
import { findingsOf, reportFields } from "#server/body.ts";
import { wrongKind } from "#server/body-type.ts";
import type { FieldValidation } from "#server/request-options.ts";
import { conversionText } from "./go-conversion.ts";
import { withMetadata, type KubeDraft } from "./prepare.ts";

export interface PatchedOptions {
  readonly validation: FieldValidation;
  readonly warnings: string[];
  /** What was found in the patch itself. */
  readonly found?: readonly string[];
  /** It was applied: upstream validates the nulls that an applied configuration has. */
  readonly isApplied?: boolean;
  /** The strategic merge patch that led here: it cannot change what the object is, and is shown in messages. */
  readonly strategic?: unknown;
}

/** Custom resources are told by their validation. Throws Invalid. */
function checkCustom(kind: AnyKind, patched: unknown): void {
  const { apiVersion, kind: given, metadata } = (patched ?? {}) as Partial<KubeObject>;
  const expected = apiVersionOf(kind);
  const errors = [
    ...(given === kind.kind ? [] : [invalidValue("kind", given, `must be ${kind.kind}`)]),
    ...(apiVersion === expected ? [] : [invalidValue("apiVersion", apiVersion, `must be ${expected}`)]),
  ];
  if (errors.length > 0) throw invalid({ group: kind.group, kind: given ?? kind.kind }, metadata?.name ?? "", errors);
}

export function decodePatched(kind: AnyKind, patched: unknown, options: PatchedOptions): KubeDraft {
  const { validation, warnings, found = [], strategic } = options;
  const isStrategic = "strategic" in options;
  const refuse = (text: string): ApiError =>
    invalid({ group: "", kind: "" }, "", [
      invalidValue("patch", isStrategic ? goText(strategic) : JSON.stringify(patched), text),
    ]);
  if (kind.custom) checkCustom(kind, patched);
  const wrong = isStrategic ? undefined : wrongKind(kind, patched);
  if (wrong) throw refuse(wrong.why);
  try {
    const { draft, unknown } = decodeObject<KubeObject>(kind, patched, {
      unknownFields: validation === "Ignore" ? "ignore" : "collect",
      ...(options.isApplied ? { nulls: "keep" } : {}),
    });
    reportFields([...found, ...findingsOf(unknown.toSorted())], validation, warnings, refuse);
    applySchemaDefaults(kind, draft);
    return withMetadata(draft);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "BadRequest") throw error;
    const text = error.message.replace(cannotBeHandled(kind, ""), "");
    throw refuse(isStrategic ? conversionText(text) : text);
  }
}
