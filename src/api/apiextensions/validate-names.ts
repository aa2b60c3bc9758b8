// Names of a custom kind.
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import type { CustomResourceDefinitionNames } from "#api/apiextensions/definition-schema.ts";
import { isDns1035Label } from "#api/names.ts";

type Names = Partial<CustomResourceDefinitionNames>;

/** As they are asked for: four of them must be given. */
export function validateNames(names: Names, field: string): FieldError[] {
  const found: FieldError[] = [];
  for (const key of ["plural", "singular", "kind", "listKind"] as const)
    if (!names[key]) found.push(requiredValue(`${field}.${key}`));
  return [...found, ...validateGivenNames(names, field)];
}

export function validateGivenNames(names: Names, field: string): FieldError[] {
  const found: FieldError[] = [];
  const check = (key: string, name: string, mixed = false): void => {
    const wrong = isDns1035Label(mixed ? name.toLowerCase() : name);
    const head = mixed ? "may have mixed case, but should otherwise match: " : "";
    if (wrong.length > 0) found.push(invalidValue(`${field}.${key}`, name, head + wrong.join(",")));
  };
  for (const key of ["plural", "singular"] as const) if (names[key]) check(key, names[key]);
  for (const key of ["kind", "listKind"] as const) if (names[key]) check(key, names[key], true);
  for (const [i, name] of (names.shortNames ?? []).entries()) check(`shortNames[${i}]`, name);
  if (names.kind && names.kind === names.listKind)
    found.push(invalidValue(`${field}.listKind`, names.listKind, "kind and listKind may not be the same"));
  for (const [i, name] of (names.categories ?? []).entries()) check(`categories[${i}]`, name);
  return found;
}
