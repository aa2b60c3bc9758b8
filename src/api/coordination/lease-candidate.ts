// LeaseCandidate: somebody who stands for the role that a Lease guards, with the version of its program.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { immutable, qualifiedName } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { deprecationText, inVersion, sameShape } from "#api/versions.ts";
import { LeaseCandidate as schema } from "./candidate-schema.ts";

const oldestFirst = "OldestEmulationVersion";

export interface LeaseCandidate extends Infer<typeof schema> {}
const gvk = { group: "coordination.k8s.io", version: "v1beta1", kind: "LeaseCandidate" };
export const LeaseCandidate = defineKind<LeaseCandidate>({
  ...gvk,
  plural: "leasecandidates",
  scope: "Namespaced",
  schema,
  deprecation: deprecationText(gvk, { deprecated: "1.36", removed: "1.39" }),
  columns: [
    nameColumn,
    textColumn("LeaseName", "The lease that it stands for.", ({ spec }) => spec.leaseName),
    textColumn("BinaryVersion", "Version of the program.", ({ spec }) => spec.binaryVersion),
    textColumn("EmulationVersion", "Version that it behaves as.", ({ spec }) => spec.emulationVersion ?? ""),
    ageColumn,
  ],
  rules: {
    validate,
    validateUpdate({ spec }, old) {
      const found: FieldError[] = [];
      immutable(found, "spec.leaseName", spec.leaseName, old.spec.leaseName);
      return found;
    },
  },
  nameRule: "configMapKey",
  createOnUpdate: true,
  unconditionalUpdate: false,
});

type Version = readonly [major: number, minor: number, patch: number, before: string];
const form = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const zero: Version = [0, 0, 0, ""];
function parse(found: FieldError[], field: string, text: string): Version {
  const parts = form.exec(text);
  if (parts) return [Number(parts[1]), Number(parts[2]), Number(parts[3]), parts[4] ?? ""];
  found.push(invalidValue(field, text, "must be a valid semantic version"));
  return zero;
}
function isBefore(a: Version, b: Version): boolean {
  for (const i of [0, 1, 2] as const) if (a[i] !== b[i]) return a[i] < b[i];
  // What comes before a release is less than the release.
  return a[3] !== b[3] && (b[3] === "" || (a[3] !== "" && a[3] < b[3]));
}
function validate({ spec }: LeaseCandidate): FieldError[] {
  const found: FieldError[] = [];
  const { leaseName, binaryVersion, emulationVersion, strategy } = spec;
  if (!leaseName) found.push(requiredValue("spec.leaseName"));
  const emulated = emulationVersion ? parse(found, "spec.emulationVersion", emulationVersion) : zero;
  if (!binaryVersion) found.push(requiredValue("spec.binaryVersion"));
  const binary = binaryVersion ? parse(found, "spec.binaryVersion", binaryVersion) : zero;
  if (binaryVersion && emulationVersion && isBefore(binary, emulated)) {
    const text = "must be greater than or equal to `emulationVersion`";
    found.push(invalidValue("spec.binaryVersion", binaryVersion, text));
  }
  if (!strategy) found.push(requiredValue("spec.strategy"));
  else validateStrategy(found, strategy, emulated);
  return found;
}
function validateStrategy(found: FieldError[], strategy: string, emulated: Version): void {
  const isZero = !isBefore(emulated, zero) && !isBefore(zero, emulated);
  if (strategy === oldestFirst && isZero) {
    const text = `must be specified when \`strategy\` is '${oldestFirst}'`;
    found.push(requiredValue("spec.emulationVersion", text));
  }
  if (strategy.includes("/")) qualifiedName(found, "spec.strategy.strategy", strategy);
  else if (strategy !== oldestFirst) found.push(notSupported("spec.strategy.strategy", strategy, [oldestFirst]));
}

const alpha = inVersion("io.k8s.api.coordination.v1beta1", "io.k8s.api.coordination.v1alpha2");
export const LeaseCandidateV1Alpha2 = sameShape(LeaseCandidate, "v1alpha2", alpha(schema), {
  deprecated: "1.35",
  removed: "1.38",
});
