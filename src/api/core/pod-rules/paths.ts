// Rules for file paths within a volume.
import { type FieldError, invalidValue } from "#api/field-error.ts";

export const isAbsolute = (path: string): boolean => path.startsWith("/");
export const hasBackstep = (path: string): boolean => path.split("/").includes("..");

export function noBacksteps(found: FieldError[], field: string, path: string): void {
  if (hasBackstep(path)) found.push(invalidValue(field, path, "must not contain '..'"));
}
/** Relative, and not out of the volume. */
export function descendingPath(found: FieldError[], field: string, path: string): void {
  if (isAbsolute(path)) found.push(invalidValue(field, path, "must be a relative path"));
  noBacksteps(found, field, path);
}
/** As descendingPath; names that start with ".." belong to the volume itself. */
export function localPath(found: FieldError[], field: string, path: string): void {
  descendingPath(found, field, path);
  if (path.startsWith("..") && !path.startsWith("../"))
    found.push(invalidValue(field, path, "must not start with '..'"));
}
