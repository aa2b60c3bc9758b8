// Everything that must hold before an object is written: metadata, schema, and the rules of its kind.
import type { FieldError } from "#api/field-error.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { validateSchema } from "#api/decode.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "#api/metadata.ts";

export function validateNew(kind: AnyKind, object: KubeObject): FieldError[] {
  const namespaced = kind.scope === "Namespaced";
  return [
    ...validateObjectMeta(object.metadata, { namespaced, nameRule: kind.nameRule }),
    ...validateSchema(kind, object),
    ...(kind.rules.validate?.(object) ?? []),
  ];
}

export function validateChange(kind: AnyKind, object: KubeObject, old: KubeObject, subresource: string): FieldError[] {
  const metadata = validateObjectMetaUpdate(object.metadata, old.metadata);
  if (subresource === "status")
    return [...metadata, ...validateSchema(kind, object), ...(kind.rules.validateStatusUpdate?.(object, old) ?? [])];
  return [
    ...metadata,
    ...validateSchema(kind, object),
    ...(kind.rules.validate?.(object) ?? []),
    ...(kind.rules.validateUpdate?.(object, old) ?? []),
  ];
}
