// allOf, anyOf, oneOf and not. Of alternatives that all fail, the errors of the one that came closest are shown.
import type { Old } from "./correlate.ts";
import { Findings } from "./findings.ts";
import type { JsonSchema } from "./json-schema.ts";
import { judge } from "./validate-value.ts";

export function validateJunctors(
  schema: JsonSchema,
  value: unknown,
  path: string,
  old: Old | undefined,
  into: Findings,
): void {
  const results = (schemas: readonly JsonSchema[]): Findings[] => schemas.map((s) => judge(s, value, path, old));
  const whole = (text: string): void =>
    into.add({ code: "whole", name: path, message: `${JSON.stringify(path)} ${text}` });
  if (schema.anyOf?.length) {
    const found = results(schema.anyOf);
    const success = found.find((r) => r.isValid);
    if (!success) whole("must validate at least one schema (anyOf)");
    into.merge(success ?? closest(found));
  }
  if (schema.oneOf?.length) {
    const found = results(schema.oneOf);
    const successes = found.filter((r) => r.isValid);
    if (successes.length === 1) into.merge(successes[0]!);
    else {
      const count = successes.length === 0 ? "Found none valid" : `Found ${successes.length} valid alternatives`;
      whole(`must validate one and only one schema (oneOf). ${count}`);
      if (successes.length === 0) into.merge(closest(found));
    }
  }
  if (schema.allOf?.length) {
    const found = results(schema.allOf);
    for (const result of found) into.merge(result);
    const none = found.every((r) => !r.isValid);
    if (found.some((r) => !r.isValid)) whole(`must validate all the schemas (allOf)${none ? ". None validated" : ""}`);
  }
  if (schema.not && judge(schema.not, value, path, old).isValid) whole("must not validate the schema (not)");
  into.matches++;
}
const closest = (found: readonly Findings[]): Findings => {
  let best = new Findings();
  for (const [i, result] of found.entries()) if (i === 0 || result.matches > best.matches) best = result;
  return best;
};
