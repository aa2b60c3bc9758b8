// Validation findings. The texts are those that Kubernetes prints: clients and people match on them.
import { quoted } from "./quoted.ts";

export type FieldErrorType =
  | "FieldValueRequired"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueForbidden"
  | "FieldValueDuplicate"
  | "FieldValueNotFound"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueTypeInvalid"
  | "InternalError";

export interface FieldError {
  readonly type: FieldErrorType;
  /** Path, for example spec.containers[0].image. */
  readonly field: string;
  /** The text after "<field>: ". */
  readonly message: string;
}

const show = (value: unknown): string =>
  value === undefined || value === null
    ? "null"
    : typeof value === "object"
      ? JSON.stringify(value)
      : typeof value === "string"
        ? quoted(value)
        : String(value as number);
const join = (head: string, detail: string): string => (detail ? `${head}: ${detail}` : head);

export const requiredValue = (field: string, detail = ""): FieldError => ({
  type: "FieldValueRequired",
  field,
  message: join("Required value", detail),
});
export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  type: "FieldValueInvalid",
  field,
  message: join(`Invalid value: ${show(value)}`, detail),
});
/** As `invalidValue`, for a part too large to be shown. */
export const invalidPart = (field: string, detail: string): FieldError => ({
  type: "FieldValueInvalid",
  field,
  message: join("Invalid value", detail),
});
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: "FieldValueNotSupported",
  field,
  message: join(
    `Unsupported value: ${show(value)}`,
    supported.length ? `supported values: ${supported.map(quoted).join(", ")}` : "",
  ),
});
export const forbiddenValue = (field: string, detail: string): FieldError => ({
  type: "FieldValueForbidden",
  field,
  message: join("Forbidden", detail),
});
export const duplicateValue = (field: string, value: unknown): FieldError => ({
  type: "FieldValueDuplicate",
  field,
  message: `Duplicate value: ${show(value)}`,
});
export const notFoundValue = (field: string, value: unknown): FieldError => ({
  type: "FieldValueNotFound",
  field,
  message: `Not found: ${show(value)}`,
});
export const tooLong = (field: string, maxBytes: number): FieldError => ({
  type: "FieldValueTooLong",
  field,
  message: `Too long: may not be more than ${maxBytes} ${maxBytes === 1 ? "byte" : "bytes"}`,
});
export const tooMany = (field: string, count: number, max: number): FieldError => ({
  type: "FieldValueTooMany",
  field,
  message: `Too many: ${count}: must have at most ${max} ${max === 1 ? "item" : "items"}`,
});
export const typeInvalid = (field: string, value: unknown, detail: string): FieldError => ({
  type: "FieldValueTypeInvalid",
  field,
  message: join(`Invalid value: ${show(value)}`, detail),
});
