// Wire types of meta/discovery.

import { type Infer, atomicList, bool, list, message, optional, required, string, struct } from "#api/schema.ts";

export const GroupVersionForDiscovery = message("io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery", "", {
  groupVersion: required(1, string, ""),
  version: required(2, string, ""),
});
export interface GroupVersionForDiscovery extends Infer<typeof GroupVersionForDiscovery> {}

export const ServerAddressByClientCIDR = message("io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR", "", {
  clientCIDR: required(1, string, ""),
  serverAddress: required(2, string, ""),
});
export interface ServerAddressByClientCIDR extends Infer<typeof ServerAddressByClientCIDR> {}

export const APIGroup = message("io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup", "", {
  name: required(1, string, ""),
  versions: required(2, atomicList(GroupVersionForDiscovery), ""),
  preferredVersion: struct(3, GroupVersionForDiscovery, ""),
  serverAddressByClientCIDRs: optional(4, atomicList(ServerAddressByClientCIDR), ""),
});
export interface APIGroup extends Infer<typeof APIGroup> {}

export const APIGroupList = message("io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList", "", {
  groups: required(1, atomicList(APIGroup), ""),
});
export interface APIGroupList extends Infer<typeof APIGroupList> {}

export const APIResource = message("io.k8s.apimachinery.pkg.apis.meta.v1.APIResource", "", {
  name: required(1, string, ""),
  singularName: required(6, string, ""),
  namespaced: required(2, bool, ""),
  group: optional(8, string, ""),
  version: optional(9, string, ""),
  kind: required(3, string, ""),
  verbs: required(4, list(string), ""),
  shortNames: optional(5, atomicList(string), ""),
  categories: optional(7, atomicList(string), ""),
  storageVersionHash: optional(10, string, ""),
});
export interface APIResource extends Infer<typeof APIResource> {}

export const APIResourceList = message("io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList", "", {
  groupVersion: required(1, string, ""),
  resources: required(2, atomicList(APIResource), ""),
});
export interface APIResourceList extends Infer<typeof APIResourceList> {}

export const APIVersions = message("io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions", "", {
  versions: required(1, atomicList(string), ""),
  serverAddressByClientCIDRs: required(2, atomicList(ServerAddressByClientCIDR), ""),
});
export interface APIVersions extends Infer<typeof APIVersions> {}

export const RootPaths = message("io.k8s.apimachinery.pkg.apis.meta.v1.RootPaths", "", {
  paths: required(1, atomicList(string), ""),
});
export interface RootPaths extends Infer<typeof RootPaths> {}
