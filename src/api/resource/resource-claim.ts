// ResourceClaim: asks for devices, which are handed out once and then belong to its users. What it asks for and what it
// was given never change.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { ResourceClaimSpec, ResourceClaim as schema } from "#api/resource/claim-schema.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { immutableText, sameValue } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import { deviceId, validateClaimStatus } from "./claim-status-validation.ts";
import { applyClaimDefaults, validateClaimSpec } from "./claim-validation.ts";

export interface ResourceClaim extends Infer<typeof schema> {}
export const ResourceClaim = defineKind<ResourceClaim>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceClaim",
  plural: "resourceclaims",
  returnsDeleted: true,
  scope: "Namespaced",
  schema,
  subresources: [statusSubresource],
  columns: [nameColumn, textColumn("State", "Whether it has its devices.", stateText), ageColumn],
  rules: {
    applyDefaults: ({ spec }) => applyClaimDefaults(spec),
    prepareForStatusUpdate(draft, old) {
      keepMetadata(draft, old);
      dropReturnedDevices(draft, old);
    },
    validateCreate({ spec }) {
      const found: FieldError[] = [];
      validateClaimSpec(found, "spec", spec);
      return found;
    },
    validateUpdate: ({ spec }, old) =>
      sameValue(spec, old.spec) ? [] : [invalidValue("spec", goStruct(ResourceClaimSpec, spec), immutableText)],
    validateStatusUpdate: validateClaimStatus,
  },
  hasGeneration: false,
});

function stateText({ metadata, status }: ResourceClaim): string {
  const given = status.allocation
    ? ["allocated", ...((status.reservedFor?.length ?? 0) > 0 ? ["reserved"] : [])]
    : metadata.deletionTimestamp
      ? []
      : ["pending"];
  return [...(metadata.deletionTimestamp ? ["deleted"] : []), ...given].join(",");
}
/** What drivers said of devices that the claim no longer has goes with those. */
function dropReturnedDevices(draft: Draft<ResourceClaim>, old: ResourceClaim): void {
  const { status } = draft as { status?: Draft<ResourceClaim["status"]> };
  if (!status?.devices) return;
  const idsOf = (results: readonly unknown[] | undefined): Set<string> =>
    new Set((results ?? []).map((result) => deviceId(result as Parameters<typeof deviceId>[0])));
  const returned = idsOf(old.status.allocation?.devices.results).difference(idsOf(status.allocation?.devices?.results));
  const kept = status.devices.filter((device) => !returned.has(deviceId(device as Parameters<typeof deviceId>[0])));
  if (kept.length > 0) status.devices = kept;
  else delete status.devices;
}
