// Definitions in OpenAPI documents that all kinds share, and the group-versions whose codec knows them.
import { APIGroup, APIGroupList, APIResourceList, APIVersions } from "#api/meta/discovery-schema.ts";
import type { GroupVersion } from "#api/kind.ts";
import { parseApiVersion } from "#api/kind.ts";
import { DeleteOptions } from "#api/meta/options-schema.ts";
import { Status } from "#api/meta/status-schema.ts";
import { VersionInfo } from "#api/meta/version-schema.ts";
import { message, pointer, rawExtension, required, string, type Schema } from "#api/schema.ts";

type AnyMessage = Extract<Schema, { type: "message" }>;

export const WatchEvent: AnyMessage = message("io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent", "One change.", {
  type: required(1, string, "ADDED, MODIFIED, DELETED, BOOKMARK or ERROR."),
  object: {
    ...pointer(2, rawExtension, "The object after the change, or before its deletion; of an error, a Status."),
    presence: "required" as const,
  },
});
export const sharedMessages: readonly AnyMessage[] = [
  APIGroup,
  APIGroupList,
  APIResourceList,
  APIVersions,
  DeleteOptions,
  Status,
  VersionInfo,
];
/** Kinds of v1 that no resource has. */
export const coreMarked: ReadonlySet<string> = new Set(
  [APIGroup, APIGroupList, APIResourceList, APIVersions, Status].map(({ name }) => name),
);

const k8s = ".k8s.io";
/** Versions by group, "" for core; a group that ends in a dot is one of k8s.io. */
const known: Readonly<Record<string, string>> = {
  "": "v1",
  "admission.": "v1 v1beta1",
  "admissionregistration.": "v1 v1alpha1 v1beta1",
  "apiextensions.": "v1 v1beta1",
  "apiregistration.": "v1 v1beta1",
  apps: "v1 v1beta1 v1beta2",
  "authentication.": "v1 v1alpha1 v1beta1",
  "authorization.": "v1 v1beta1",
  autoscaling: "v1 v2",
  batch: "v1 v1beta1",
  "certificates.": "v1 v1alpha1 v1beta1",
  "coordination.": "v1 v1alpha2 v1beta1",
  "discovery.": "v1 v1beta1",
  "events.": "v1 v1beta1",
  extensions: "v1beta1",
  "flowcontrol.apiserver.": "v1 v1beta1 v1beta2 v1beta3",
  "imagepolicy.": "v1alpha1",
  "internal.apiserver.": "v1alpha1",
  "networking.": "v1 v1beta1",
  "node.": "v1 v1alpha1 v1beta1",
  policy: "v1 v1beta1",
  "rbac.authorization.": "v1 v1alpha1 v1beta1",
  "resource.": "v1 v1alpha3 v1beta1 v1beta2",
  "scheduling.": "v1 v1alpha2 v1beta1",
  "storage.": "v1 v1alpha1 v1beta1",
  "storagemigration.": "v1beta1",
};
/** Where DeleteOptions and WatchEvent are kinds; clients look for theirs. */
export const optionVersions: readonly GroupVersion[] = Object.entries(known).flatMap(([group, versions]) =>
  versions.split(" ").map((version) => parseApiVersion(group ? `${group.replace(/\.$/, k8s)}/${version}` : version)),
);
