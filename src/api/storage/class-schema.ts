// Wire types of storage/class.

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

export const StorageClass = topLevel("io.k8s.api.storage.v1.StorageClass", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  provisioner: required(2, string, ""),
  parameters: optional(3, map(string), ""),
  reclaimPolicy: pointer(4, oneOf("Recycle", "Delete", "Retain"), ""),
  mountOptions: optional(5, atomicList(string), ""),
  allowVolumeExpansion: pointer(6, bool, ""),
  volumeBindingMode: pointer(7, oneOf("Immediate", "WaitForFirstConsumer"), ""),
  allowedTopologies: optional(8, atomicList(TopologySelectorTerm), ""),
});
export interface StorageClass extends Infer<typeof StorageClass> {}

export const VolumeAttachmentSource = message("io.k8s.api.storage.v1.VolumeAttachmentSource", "", {
  persistentVolumeName: pointer(1, string, ""),
  inlineVolumeSpec: pointer(2, PersistentVolumeSpec, ""),
});
export interface VolumeAttachmentSource extends Infer<typeof VolumeAttachmentSource> {}

export const VolumeAttachmentSpec = message("io.k8s.api.storage.v1.VolumeAttachmentSpec", "", {
  attacher: required(1, string, "", { maxLength: 63 }),
  source: required(2, VolumeAttachmentSource, ""),
  nodeName: required(3, string, ""),
});
export interface VolumeAttachmentSpec extends Infer<typeof VolumeAttachmentSpec> {}

export const VolumeError = message("io.k8s.api.storage.v1.VolumeError", "", {
  time: optional(1, time, ""),
  message: optional(2, string, ""),
  errorCode: pointer(3, int32, ""),
});
export interface VolumeError extends Infer<typeof VolumeError> {}

export const VolumeAttachmentStatus = message("io.k8s.api.storage.v1.VolumeAttachmentStatus", "", {
  attached: required(1, bool, ""),
  attachmentMetadata: optional(2, map(string), ""),
  attachError: pointer(3, VolumeError, ""),
  detachError: pointer(4, VolumeError, ""),
});
export interface VolumeAttachmentStatus extends Infer<typeof VolumeAttachmentStatus> {}

export const VolumeAttachment = topLevel("io.k8s.api.storage.v1.VolumeAttachment", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, VolumeAttachmentSpec, "What is wanted."),
  status: struct(3, VolumeAttachmentStatus, "What was last observed; written by the system."),
});
export interface VolumeAttachment extends Infer<typeof VolumeAttachment> {}

export const VolumeAttributesClass = topLevel("io.k8s.api.storage.v1.VolumeAttributesClass", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  driverName: required(2, string, ""),
  parameters: optional(3, map(string), ""),
});
export interface VolumeAttributesClass extends Infer<typeof VolumeAttributesClass> {}
