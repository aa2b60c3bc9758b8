// What a policy's apply configuration makes of an object. Values that are atomic may not be set: a policy that means to
// change a part of one would take away the rest.
import { ApiError } from "#api/errors.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Resolved } from "#api/schema.ts";
import { mergeConfig } from "#apply/managed-fields/merge.ts";
import { elementText, fieldElement } from "#apply/managed-fields/path-element.ts";
import { isAtomic, itemSchema, memberSchema, membersOf, untyped } from "#apply/managed-fields/typed.ts";
import { validateConfig } from "#apply/managed-fields/validate-config.ts";
import { apiVersionOf } from "#api/kind.ts";

/** The patch cannot be applied. */
export class PatchProblem extends Error {}

export function applyConfiguration(
  of: AnyKind,
  object: KubeObject,
  config: Readonly<Record<string, unknown>>,
): unknown {
  const typed = { ...config, apiVersion: apiVersionOf(of), kind: of.kind };
  const schema = of.schema as Resolved;
  const shown = `/; ${of.group}/${of.version}, Kind=${of.kind}`;
  try {
    validateConfig(schema, typed, shown);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const text = error.message.replace(/^failed to create typed patch object \([^)]*\): /, "");
    throw new PatchProblem(`error applying patch: failed to convert patch object to typed object: ${text}`);
  }
  const atomics = atomicsIn(schema, typed, "");
  if (atomics.length > 0)
    throw new PatchProblem(
      "error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: " +
        atomics.join(", "),
    );
  return mergeConfig(schema, object, typed);
}

function atomicsIn(schema: Resolved, value: unknown, path: string): string[] {
  const isPart = typeof value === "object" && value !== null;
  if (!isPart) return [];
  const found = isAtomic(schema) && schema.type !== "quantity" ? [path] : [];
  if (Array.isArray(value)) {
    const items = itemSchema(schema);
    return [...found, ...value.flatMap((item, i) => atomicsIn(items, item, `${path}[${i}]`))];
  }
  const members = membersOf(value);
  const inner = Object.keys(members).flatMap((name) =>
    atomicsIn(memberSchema(schema, name) ?? untyped, members[name], path + elementText(fieldElement(name))),
  );
  return [...found, ...inner];
}
