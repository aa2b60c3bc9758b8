// What judging a value against a schema found: errors with the texts of upstream's validator, and how much of the schema
// was met, by which the best of several alternatives is chosen.
import {
  type FieldError,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  tooMany,
  typeInvalid,
} from "#api/field-error.ts";

export type Finding = {
  /** Path as the validator counts it: ".a" under a root without a name. */
  readonly name: string;
  readonly message: string;
} & (
  | { readonly code: "plain" | "type"; readonly value: unknown }
  | { readonly code: "required" }
  | { readonly code: "tooLong"; readonly limit: number }
  | { readonly code: "tooMany"; readonly limit: number; readonly count: number }
  | { readonly code: "enum"; readonly value: unknown; readonly values: readonly unknown[] }
  /** Belongs to the value as a whole: no alternative fits. */
  | { readonly code: "whole" }
);

export class Findings {
  readonly list: Finding[] = [];
  matches = 0;
  get isValid(): boolean {
    return this.list.length === 0;
  }
  add(finding: Finding): void {
    if (!this.list.some((known) => known.message === finding.message)) this.list.push(finding);
  }
  merge(other: Findings): void {
    for (const finding of other.list) this.add(finding);
    this.matches += other.matches;
  }
  /** Drops the errors: what they are about was there before. */
  forgive(): void {
    this.list.length = 0;
  }
}

const shown = (value: unknown): unknown => (value === undefined || value === null ? "" : value);
/** As errors of fields beneath `path` ("" for none). */
export function fieldErrors(findings: Findings, path = ""): FieldError[] {
  return findings.list.map((finding) => fieldError(finding, path));
}
function fieldError(finding: Finding, path: string): FieldError {
  const whole = path || "<nil>";
  const rest = finding.name.replace(/^\./, "");
  const field = rest === "" ? whole : path ? `${path}.${rest}` : rest;
  switch (finding.code) {
    case "required":
      return requiredValue(field);
    case "enum":
      return notSupported(
        field,
        finding.value,
        finding.values.map((v) => (typeof v === "string" ? v : JSON.stringify(v))),
      );
    case "tooLong":
      return tooLong(field, finding.limit);
    case "tooMany":
      return tooMany(field, finding.count, finding.limit);
    case "type":
      return typeInvalid(field, shown(finding.value), finding.message);
    case "plain":
      return invalidValue(field, shown(finding.value), finding.message);
    case "whole":
      return invalidValue(whole, "", finding.message);
  }
}
