// Shapes of StorageClass, VolumeAttributesClass and VolumeAttachment.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  map,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { TopologySelectorTerm } from "#api/core/schema/node-selector.ts";
import { PersistentVolumeSpec } from "#api/core/schema/persistent-volume.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const StorageClass = topLevel(
  "io.k8s.api.storage.v1.StorageClass",
  "A kind of storage on offer, with the driver that creates volumes on demand.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    provisioner: required(2, string, "Driver that creates the volumes, such as ebs.csi.aws.com."),
    parameters: optional(3, map(string), "Driver settings for new volumes, as plain text pairs."),
    reclaimPolicy: pointer(
      4,
      oneOf("Recycle", "Delete", "Retain"),
      "What happens to a volume after its claim is deleted: Delete (default) or Retain.",
      { default: "Delete" },
    ),
    mountOptions: optional(
      5,
      atomicList(string),
      "Mount options for new volumes, such as ro; a wrong one makes mounting fail.",
    ),
    allowVolumeExpansion: pointer(6, bool, "If true, claims of this class may be made larger later."),
    volumeBindingMode: pointer(
      7,
      oneOf("Immediate", "WaitForFirstConsumer"),
      "Immediate (default) creates volumes at once; WaitForFirstConsumer waits until a pod needs them.",
      { default: "Immediate" },
    ),
    allowedTopologies: optional(
      8,
      atomicList(TopologySelectorTerm),
      "Zones or other places where volumes may be created; absent means anywhere.",
    ),
  },
);
export interface StorageClass extends Infer<typeof StorageClass> {}

export const VolumeAttachmentSource = message(
  "io.k8s.api.storage.v1.VolumeAttachmentSource",
  "The volume to attach, given in one of two ways.",
  {
    persistentVolumeName: pointer(1, string, "Name of the PersistentVolume to attach."),
    inlineVolumeSpec: pointer(
      2,
      PersistentVolumeSpec,
      "Full volume details for volumes without a PersistentVolume; used for migration to CSI.",
    ),
  },
);
export interface VolumeAttachmentSource extends Infer<typeof VolumeAttachmentSource> {}

export const VolumeAttachmentSpec = message(
  "io.k8s.api.storage.v1.VolumeAttachmentSpec",
  "Which volume goes to which node, and by which driver.",
  {
    attacher: required(1, string, "CSI driver that must do the work.", { maxLength: 63 }),
    source: required(2, VolumeAttachmentSource, "The volume to attach to the node."),
    nodeName: required(3, string, "Node to which the volume is attached."),
  },
);
export interface VolumeAttachmentSpec extends Infer<typeof VolumeAttachmentSpec> {}

export const VolumeError = message("io.k8s.api.storage.v1.VolumeError", "Why an attach or detach last went wrong.", {
  time: optional(1, time, "When the error happened.", { always: true }),
  message: optional(2, string, "Details of the error; must not contain secrets."),
  errorCode: pointer(3, int32, "Numeric gRPC code of the error, such as 8 when a limit is reached."),
});
export interface VolumeError extends Infer<typeof VolumeError> {}

export const VolumeAttachmentStatus = message(
  "io.k8s.api.storage.v1.VolumeAttachmentStatus",
  "Whether the volume is attached and what went wrong.",
  {
    attached: required(1, bool, "True once the volume is attached to the node."),
    attachmentMetadata: optional(2, map(string), "Details from attaching that the node needs for mounting."),
    attachError: pointer(3, VolumeError, "Last error while attaching; cleared on success."),
    detachError: pointer(4, VolumeError, "Last error while detaching; cleared on success."),
  },
);
export interface VolumeAttachmentStatus extends Infer<typeof VolumeAttachmentStatus> {}

export const VolumeAttachment = topLevel(
  "io.k8s.api.storage.v1.VolumeAttachment",
  "A request to attach a volume to a node or to detach it.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, VolumeAttachmentSpec, "What is wanted."),
    status: struct(3, VolumeAttachmentStatus, "What was last observed; written by the system."),
  },
);
export interface VolumeAttachment extends Infer<typeof VolumeAttachment> {}

export const VolumeAttributesClass = topLevel(
  "io.k8s.api.storage.v1.VolumeAttributesClass",
  "Named settings of a volume that can be changed while it is in use.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    driverName: required(2, string, "CSI driver that understands the settings."),
    parameters: optional(3, map(string), "Driver settings, as plain text pairs; cannot change after creation."),
  },
);
export interface VolumeAttributesClass extends Infer<typeof VolumeAttributesClass> {}
