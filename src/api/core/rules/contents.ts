// What ConfigMaps and Secrets have in common: a limit on their size, and contents that can be frozen for good.
import { type FieldError, forbiddenValue } from "#api/field-error.ts";
import { sameValue } from "#api/meta/checks.ts";

export const maxContentBytes = 1024 * 1024;

/** Bytes that a base64 text stands for. */
export const base64Bytes = (text: string): number =>
  Math.floor((text.length * 3) / 4) - (/=*$/.exec(text)?.[0].length ?? 0);

/** Once `immutable` is set, it stays set and the contents stay as they are. */
export function frozenContents<T extends { readonly immutable?: boolean }>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  const changed = fields.filter((field) => !sameValue(object[field], old[field]));
  return [...(object.immutable ? [] : ["immutable"]), ...changed].map((field) =>
    forbiddenValue(field, "field is immutable when `immutable` is set"),
  );
}
