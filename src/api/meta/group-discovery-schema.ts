// The aggregated discovery document (apidiscovery.k8s.io/v2): every group, version and resource in one answer.
import { GroupVersionKind, ListMeta, ObjectMeta } from "#api/meta/schema.ts";
import { atomicList, list, mapList, message, optional, pointer, string, struct, topLevel } from "#api/schema.ts";

const name = (kind: string): string => `io.k8s.api.apidiscovery.v2.${kind}`;

export const APISubresourceDiscovery = message(name("APISubresourceDiscovery"), "A part of a resource with a path.", {
  subresource: optional(1, string, "Last part of the path, for example status."),
  responseKind: pointer(2, GroupVersionKind, "Kind of what is answered."),
  acceptedTypes: optional(3, atomicList(GroupVersionKind), "Kinds that it takes."),
  verbs: optional(4, list(string), "What can be done with it."),
});
export const APIResourceDiscovery = message(name("APIResourceDiscovery"), "A resource.", {
  resource: optional(1, string, "Plural name, as in paths."),
  responseKind: pointer(2, GroupVersionKind, "Kind of the objects."),
  scope: optional(3, string, "Cluster or Namespaced."),
  singularResource: optional(4, string, "Name of one."),
  verbs: optional(5, list(string), "What can be done with it."),
  shortNames: optional(6, atomicList(string), "Short names."),
  categories: optional(7, atomicList(string), "Groups of resources that it is part of, for example all."),
  subresources: optional(8, mapList(APISubresourceDiscovery, "subresource"), "Its parts."),
});
export const APIVersionDiscovery = message(name("APIVersionDiscovery"), "A version of a group.", {
  version: optional(1, string, "Name of the version."),
  resources: optional(2, mapList(APIResourceDiscovery, "resource"), "Its resources."),
  freshness: optional(3, string, "Current, or Stale when the server behind it does not answer."),
});
export const APIGroupDiscovery = topLevel(name("APIGroupDiscovery"), "A group.", {
  metadata: struct(1, ObjectMeta, "Its name is that of the group."),
  versions: optional(2, mapList(APIVersionDiscovery, "version"), "Preferred first."),
});
export const APIGroupDiscoveryList = topLevel(name("APIGroupDiscoveryList"), "All groups.", {
  metadata: struct(1, ListMeta, "Nothing of interest."),
  items: optional(2, list(APIGroupDiscovery), "The groups."),
});
