// Names of finalizers: those of Kubernetes itself, or with a domain.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { qualifiedName } from "./checks.ts";

const ownFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

/** Built-in kinds let in no other short names; custom resources do. */
export function validateFinalizerDomain(found: FieldError[], field: string, name: string): void {
  if (!name.includes("/") && !ownFinalizers.includes(name))
    found.push(invalidValue(field, name, "name is neither a standard finalizer name nor is it fully qualified"));
}
export function validateFinalizerName(found: FieldError[], field: string, name: string): void {
  qualifiedName(found, field, name);
  validateFinalizerDomain(found, field, name);
}
