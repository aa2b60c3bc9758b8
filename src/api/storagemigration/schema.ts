// Shapes of orders to write stored objects anew.

import { type Infer, mapList, message, optional, required, string, struct, topLevel } from "#api/schema.ts";
import { Condition, ObjectMeta } from "#api/meta/schema.ts";

export const GroupResource = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.GroupResource",
  "A resource, in whatever version.",
  {
    group: required(1, string, "API group; empty is the core group."),
    resource: required(2, string, "Name of the resource in plural, such as pods."),
  },
);
export interface GroupResource extends Infer<typeof GroupResource> {}

export const StorageVersionMigrationSpec = message(
  "io.k8s.api.storagemigration.v1beta1.StorageVersionMigrationSpec",
  "What is to be written anew.",
  {
    resource: required(1, GroupResource, "Resource of which all objects are written anew; cannot change."),
  },
);
export interface StorageVersionMigrationSpec extends Infer<typeof StorageVersionMigrationSpec> {}

export const StorageVersionMigrationStatus = message(
  "io.k8s.api.storagemigration.v1beta1.StorageVersionMigrationStatus",
  "How far the migration has come.",
  {
    conditions: optional(1, mapList(Condition, "type"), "Running, Succeeded or Failed.", {
      patch: "merge",
      patchKey: "type",
    }),
    resourceVersion: optional(2, string, "Objects up to this revision are written anew; later ones already are."),
  },
);
export interface StorageVersionMigrationStatus extends Infer<typeof StorageVersionMigrationStatus> {}

export const StorageVersionMigration = topLevel(
  "io.k8s.api.storagemigration.v1beta1.StorageVersionMigration",
  "Has all stored objects of a resource written again, in the version or with the key of today.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, StorageVersionMigrationSpec, "What is wanted."),
    status: struct(3, StorageVersionMigrationStatus, "What was last observed; written by the system."),
  },
);
export interface StorageVersionMigration extends Infer<typeof StorageVersionMigration> {}
