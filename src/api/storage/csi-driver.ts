// CSIDriver: a storage driver and what it needs. The name of the object is that of the driver.
import { type FieldError, duplicateValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { type TokenRequest, CSIDriver as schema } from "#api/storage/csi-schema.ts";
import type { Infer } from "#api/schema.ts";
import { immutable, sameValue, supported } from "#api/meta/checks.ts";
import { ageColumn, booleanColumn, nameColumn, textColumn } from "#api/meta/columns.ts";

const minUpdateSeconds = 10;
const minTokenSeconds = 600;
const maxTokenSeconds = 2 ** 32;

export interface CSIDriver extends Infer<typeof schema> {}
export const CSIDriver = defineKind<CSIDriver>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSIDriver",
  plural: "csidrivers",
  returnsDeleted: true,
  scope: "Cluster",
  schema,
  columns: [
    nameColumn,
    booleanColumn("AttachRequired", "Whether volumes are attached first.", ({ spec }) => spec.attachRequired ?? true),
    booleanColumn("PodInfoOnMount", "Whether it is told about pods.", ({ spec }) => spec.podInfoOnMount ?? false),
    booleanColumn("StorageCapacity", "Whether it reports free space.", ({ spec }) => spec.storageCapacity ?? false),
    textColumn("TokenRequests", "Audiences of the tokens it gets.", ({ spec }) =>
      spec.tokenRequests ? spec.tokenRequests.map(({ audience }) => audience).join(",") : "<unset>",
    ),
    booleanColumn("RequiresRepublish", "Whether mounts are repeated.", ({ spec }) => spec.requiresRepublish ?? false),
    textColumn("Modes", "Kinds of volumes.", ({ spec }) => (spec.volumeLifecycleModes ?? []).join(",") || "<none>"),
    ageColumn,
  ],
  rules: {
    // Counting begins with the first change.
    prepareForCreate: (draft) => void delete draft.metadata?.generation,
    validate,
    validateUpdate({ spec }, old) {
      const found: FieldError[] = [];
      immutable(found, "spec.attachedRequired", spec.attachRequired, old.spec.attachRequired);
      immutable(found, "spec.volumeLifecycleModes", spec.volumeLifecycleModes, old.spec.volumeLifecycleModes);
      return found;
    },
    warnings({ spec }, old) {
      const { tokenRequests = [], serviceAccountTokenInSecrets } = spec;
      const asked = tokenRequests.length > 0 && serviceAccountTokenInSecrets === undefined;
      return asked && !(old && sameValue(tokenRequests, old.spec.tokenRequests))
        ? [
            "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes",
          ]
        : [];
    },
  },
  unconditionalUpdate: false,
  hasGeneration: true,
});

function validate({ spec }: CSIDriver): FieldError[] {
  const found: FieldError[] = [];
  const given = (field: string, value: unknown): void =>
    void (value === undefined && found.push(requiredValue(`spec.${field}`)));
  given("attachedRequired", spec.attachRequired);
  given("podInfoOnMount", spec.podInfoOnMount);
  given("storageCapacity", spec.storageCapacity);
  if (spec.fsGroupPolicy !== undefined)
    supported(found, "spec.fsGroupPolicy", spec.fsGroupPolicy, ["File", "None", "ReadWriteOnceWithFSType"]);
  validateTokens(found, "spec.tokenRequests", spec.tokenRequests ?? []);
  const modes = ["Persistent", "Ephemeral"];
  for (const mode of spec.volumeLifecycleModes ?? [])
    if (!modes.includes(mode)) found.push(notSupported("spec.volumeLifecycleModes", mode, modes));
  given("seLinuxMount", spec.seLinuxMount);
  const { nodeAllocatableUpdatePeriodSeconds: period, serviceAccountTokenInSecrets: inSecrets } = spec;
  if (period !== undefined && period < minUpdateSeconds) {
    const field = "spec.nodeAllocatableUpdatePeriodSeconds";
    found.push(invalidValue(field, period, "must be greater than or equal to 10 seconds"));
  }
  if (inSecrets !== undefined && (spec.tokenRequests ?? []).length === 0) {
    const text = "serviceAccountTokenInSecrets is set but no tokenRequests are specified";
    found.push(invalidValue("spec.serviceAccountTokenInSecrets", inSecrets, text));
  }
  return found;
}
function validateTokens(found: FieldError[], field: string, requests: readonly TokenRequest[]): void {
  const audiences = new Set<string>();
  for (const [i, { audience, expirationSeconds: seconds }] of requests.entries()) {
    if (audiences.has(audience)) {
      found.push(duplicateValue(`${field}[${i}].audience`, audience));
      continue;
    }
    audiences.add(audience);
    const at = `${field}[${i}].expirationSeconds`;
    if (seconds === undefined) continue;
    if (seconds < minTokenSeconds)
      found.push(invalidValue(at, seconds, "may not specify a duration less than 10 minutes"));
    if (seconds > maxTokenSeconds)
      found.push(invalidValue(at, seconds, "may not specify a duration larger than 2^32 seconds"));
  }
}
