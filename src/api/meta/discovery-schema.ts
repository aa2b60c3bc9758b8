// API discovery: the groups, versions and resources this server offers.

import { type Infer, atomicList, bool, list, message, optional, required, string, struct } from "#api/schema.ts";

export const GroupVersionForDiscovery = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery",
  "One version of an API group.",
  {
    groupVersion: required(1, string, "Group and version together, for example apps/v1."),
    version: required(2, string, "Version alone, for example v1."),
  },
);
export interface GroupVersionForDiscovery extends Infer<typeof GroupVersionForDiscovery> {}

export const ServerAddressByClientCIDR = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR",
  "Server address to use for clients of one network.",
  {
    clientCIDR: required(1, string, "Address range the client must be in, in CIDR form."),
    serverAddress: required(2, string, "Where such clients reach the server: host, IP, or either with a port."),
  },
);
export interface ServerAddressByClientCIDR extends Infer<typeof ServerAddressByClientCIDR> {}

export const APIGroup = message("io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup", "An API group and its versions.", {
  name: required(1, string, "Name of the group, for example apps."),
  versions: required(2, atomicList(GroupVersionForDiscovery), "Versions the server offers."),
  preferredVersion: struct(3, GroupVersionForDiscovery, "Version clients should choose when they support several."),
  serverAddressByClientCIDRs: optional(4, atomicList(ServerAddressByClientCIDR), "Server addresses by client network."),
});
export interface APIGroup extends Infer<typeof APIGroup> {}

export const APIGroupList = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList",
  "All API groups of the server except the core one.",
  {
    groups: required(1, atomicList(APIGroup), "The groups, each with its versions."),
  },
);
export interface APIGroupList extends Infer<typeof APIGroupList> {}

export const APIResource = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.APIResource",
  "A type of object the server handles, and what can be done with it.",
  {
    name: required(1, string, "Plural name used in URLs, for example pods, or pods/log."),
    singularName: required(6, string, "Singular name, accepted by kubectl."),
    namespaced: required(2, bool, "True if objects live in a namespace, false if cluster-wide."),
    group: optional(8, string, "Group of the kind, when different from that of the list."),
    version: optional(9, string, "Version of the kind, when different from that of the list."),
    kind: required(3, string, "Kind of the objects, for example Pod."),
    verbs: required(
      4,
      { ...list(string), wrapper: "k8s.io.apimachinery.pkg.apis.meta.v1.Verbs" },
      "What can be done, such as get, list or delete.",
    ),
    shortNames: optional(5, atomicList(string), "Abbreviations for kubectl, for example po."),
    categories: optional(7, atomicList(string), "Named bundles the resource is part of, for example all."),
    storageVersionHash: optional(10, string, "Hash of the stored version; compare for equality only."),
  },
);
export interface APIResource extends Infer<typeof APIResource> {}

export const APIResourceList = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList",
  "Resources of one group and version.",
  {
    groupVersion: required(1, string, "Which group and version this list covers."),
    resources: required(2, atomicList(APIResource), "The resources and subresources."),
  },
);
export interface APIResourceList extends Infer<typeof APIResourceList> {}

export const APIVersions = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions",
  "Versions of the core API group.",
  {
    versions: required(1, atomicList(string), "Versions on offer, just v1 today."),
    serverAddressByClientCIDRs: required(
      2,
      atomicList(ServerAddressByClientCIDR),
      "Server addresses by client network.",
    ),
  },
);
export interface APIVersions extends Infer<typeof APIVersions> {}

export const RootPaths = message(
  "io.k8s.apimachinery.pkg.apis.meta.v1.RootPaths",
  "Paths the server answers at its root.",
  {
    paths: required(1, atomicList(string), "URL paths that can be requested."),
  },
);
export interface RootPaths extends Infer<typeof RootPaths> {}
