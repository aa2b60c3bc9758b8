// Everything that must hold before an object is written: metadata, schema, and the rules of its kind.
import type { FieldError } from "#api/field-error.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { validateSchema } from "#api/decode.ts";
import { validateFinalizerDomain } from "#api/meta/finalizers.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "#api/metadata.ts";

export function validateNew(kind: AnyKind, object: KubeObject): FieldError[] {
  const namespaced = kind.scope === "Namespaced";
  const { rules } = kind;
  return [
    ...validateObjectMeta(object.metadata, { namespaced, nameRule: kind.nameRule }),
    ...finalizerNames(kind, object),
    ...withSchema(kind, object, [...(rules.validate?.(object) ?? []), ...(rules.validateCreate?.(object) ?? [])]),
  ];
}

export function validateChange(kind: AnyKind, object: KubeObject, old: KubeObject, subresource: string): FieldError[] {
  const metadata = [...validateObjectMetaUpdate(object.metadata, old.metadata), ...finalizerNames(kind, object)];
  const { rules } = kind;
  if (subresource === "status")
    return [...metadata, ...withSchema(kind, object, rules.validateStatusUpdate?.(object, old) ?? [])];
  const part = rules.validatePart?.[subresource];
  const both = (): FieldError[] => {
    const whole = rules.validate?.(object) ?? [];
    const changes = rules.validateUpdate?.(object, old) ?? [];
    return rules.changesFirst ? [...changes, ...whole] : [...whole, ...changes];
  };
  return [...metadata, ...withSchema(kind, object, part?.(object, old) ?? both())];
}

/** What a refusal calls a kind: by the group that it is stored in. */
export const judgedAs = (kind: AnyKind): AnyKind => kind.storedAs?.kind ?? kind;

/** Upstream: kinds of the two servers beside the core one are judged as custom resources are. */
const hasFreeFinalizers = ({ group }: AnyKind): boolean =>
  group === "apiextensions.k8s.io" || group === "apiregistration.k8s.io";
/** Custom resources may have finalizers without a domain; built-in kinds may not. */
function finalizerNames(kind: AnyKind, object: KubeObject): FieldError[] {
  const found: FieldError[] = [];
  if (!kind.custom && !hasFreeFinalizers(kind))
    for (const [i, name] of (object.metadata.finalizers ?? []).entries())
      validateFinalizerDomain(found, `metadata.finalizers[${i}]`, name);
  return found;
}

/** The kind's own findings, then those of the schema on values that the kind says nothing about. */
function withSchema(kind: AnyKind, object: KubeObject, found: readonly FieldError[]): FieldError[] {
  const named = new Set(found.map((finding) => finding.field));
  const judged = (field: string): boolean => {
    for (let path = field; path.includes("."); path = path.slice(0, Math.max(path.lastIndexOf("."), 0))) {
      if (named.has(path) || named.has(path.replace(/\[\d+\]$/, ""))) return true;
    }
    return false;
  };
  // Upstream has some findings at a place of their own.
  const said = new Set(found.map(({ message }) => message));
  const isNew = ({ field, message }: FieldError): boolean => !judged(field) && !named.has(field) && !said.has(message);
  return [...found, ...validateSchema(kind, object).filter(isNew)];
}
