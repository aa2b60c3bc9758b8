// VolumeAttachment: a volume that a driver is to attach to a node.
import { type FieldError, forbiddenValue, invalidValue, requiredValue, tooLong } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { rangeText } from "#api/names.ts";
import { validateDriverName } from "#api/core/pod-rules/driver-names.ts";
import { validateVolumeSpec } from "#api/core/rules/persistent-volume-validation.ts";
import {
  type VolumeAttachmentSource,
  VolumeAttachmentSpec,
  type VolumeError,
  VolumeAttachment as schema,
} from "#api/storage/class-schema.ts";
import type { Infer } from "#api/schema.ts";
import { dnsSubdomain, immutableText, int32Max, sameValue } from "#api/meta/checks.ts";
import { ageColumn, booleanColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { sizeOf } from "./class-validation.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";

const maxMetadataBytes = 256 * 1024;
const maxMessageLength = 1024;

export interface VolumeAttachment extends Infer<typeof schema> {}
export const VolumeAttachment = defineKind<VolumeAttachment>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "VolumeAttachment",
  plural: "volumeattachments",
  returnsDeleted: true,
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    {
      ...textColumn<VolumeAttachment>("Attacher", "Driver that attaches.", ({ spec }) => spec.attacher),
      format: "name",
    },
    textColumn("PV", "The volume.", ({ spec }) => spec.source.persistentVolumeName ?? ""),
    textColumn("Node", "The node.", ({ spec }) => spec.nodeName),
    booleanColumn("Attached", "Whether it is attached.", ({ status }) => status.attached ?? false),
    ageColumn,
  ],
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validate,
    validateUpdate: ({ spec }, old) =>
      sameValue(spec, old.spec) ? [] : [invalidValue("spec", goStruct(VolumeAttachmentSpec, spec), immutableText)],
    // The status is not judged on its way in by itself.
    validateStatusUpdate: validate,
  },
  unconditionalUpdate: false,
  hasGeneration: false,
});

function validate({ spec, status }: VolumeAttachment): FieldError[] {
  const found: FieldError[] = [];
  validateDriverName(found, "spec.attacher", spec.attacher);
  validateSource(found, "spec.source", spec.source);
  dnsSubdomain(found, "spec.nodeName", spec.nodeName ?? "");
  if (sizeOf(status.attachmentMetadata ?? {}) > maxMetadataBytes)
    found.push(tooLong("status.attachmentMetadata", maxMetadataBytes));
  for (const name of ["attachError", "detachError"] as const) validateError(found, `status.${name}`, status[name]);
  const volume = spec.source.persistentVolumeName;
  if (volume !== undefined) dnsSubdomain(found, "spec.source.persistentVolumeName", volume);
  return found;
}
function validateSource(found: FieldError[], field: string, source: VolumeAttachmentSource): void {
  const { inlineVolumeSpec: inline, persistentVolumeName: name } = source;
  const text = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
  if (!inline && name === undefined) found.push(requiredValue(field, text));
  else if (inline && name !== undefined) found.push(forbiddenValue(field, text));
  else if (name === "")
    found.push(requiredValue(`${field}.persistentVolumeName`, "must specify non empty persistentVolumeName"));
  else if (inline) validateVolumeSpec(found, `${field}.inlineVolumeSpec`, inline, { name: "", inline: true });
}
function validateError(found: FieldError[], field: string, error: VolumeError | undefined): void {
  const { message = "", errorCode = 0 } = error ?? {};
  if (message.length > maxMessageLength) found.push(tooLong(`${field}.message`, maxMetadataBytes));
  if (errorCode < 0) found.push(invalidValue(`${field}.errorCode`, errorCode, rangeText(0, int32Max)));
}
