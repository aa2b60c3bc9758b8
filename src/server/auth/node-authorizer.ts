// What a node may do: look after itself and its own pods, and read just what those pods use. Admission (NodeRestriction)
// sees the objects and narrows further what is written here.
import { parseFieldSelector } from "#api/selectors.ts";
import { clusterRoles } from "#server/auth/bootstrap-roles.ts";
import { NodeReferences } from "#server/auth/node-references.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { ruleAllows, type Attributes } from "#server/auth/rbac-rules.ts";
import type { UserInfo } from "#server/pipeline.ts";

const userPrefix = "system:node:";
const nodesGroup = "system:nodes";
/** The node that a user is, or undefined. */
export const nodeOf = (user: UserInfo): string | undefined =>
  user.name.startsWith(userPrefix) && user.groups.includes(nodesGroup) ? user.name.slice(userPrefix.length) : undefined;

/** True: allowed; else why not, "" when there is nothing to say. */
export type NodeDecision = true | string;
interface Asked extends Attributes {
  readonly node: string;
  /** Without the subresource. */
  readonly plural: string;
  readonly subresource: string;
  readonly references: NodeReferences;
}
type Rule = (asked: Asked) => NodeDecision;

const reads = ["get", "list", "watch"];
const changes = ["get", "create", "update", "patch", "delete"];
const related = (asked: Asked, isRelated: boolean): NodeDecision => {
  if (asked.name === "") return "No Object name found";
  return isRelated || `no relationship found between node '${asked.node}' and this object`;
};
type Relation = "secret" | "configMap" | "claim" | "account" | "resourceClaim";
const holds = ({ references, node, namespace, name }: Asked, relation: Relation): boolean =>
  references[relation](node, namespace, name);

const readable =
  (relation: Relation): Rule =>
  (asked) => {
    if (!reads.includes(asked.verb)) return "can only read resources of this type";
    if (asked.subresource !== "") return "cannot read subresource";
    if (asked.namespace === "") return "can only read namespaced object of this type";
    return related(asked, holds(asked, relation));
  };
const gettable =
  (isRelated: (asked: Asked) => boolean): Rule =>
  (asked) => {
    if (asked.verb !== "get") return "can only get individual resources of this type";
    if (asked.subresource !== "") return "cannot get subresource";
    return related(asked, isRelated(asked));
  };
/** Whether the query asks for what belongs to the node only. */
function selectsOwn({ node, fieldSelector = "" }: Asked, field: string): boolean {
  try {
    return parseFieldSelector(fieldSelector).some((r) => r.field === field && r.operator === "=" && r.value === node);
  } catch {
    return false; // the request is refused later for it
  }
}

const claims: Rule = (asked) => {
  const isRelated = (): boolean => holds(asked, "claim");
  if (asked.subresource !== "status") return gettable(isRelated)(asked);
  if (asked.verb !== "update" && asked.verb !== "patch") return "can only get/update/patch this type";
  return related(asked, isRelated());
};
const accounts: Rule = (asked) => {
  if (asked.verb === "get" && asked.subresource === "") return readable("account")(asked);
  if (asked.verb !== "create" || asked.name === "") return "can only create tokens for individual service accounts";
  if (asked.subresource !== "token") return "can only create token subresource of serviceaccount";
  return related(asked, holds(asked, "account"));
};
const leases: Rule = ({ verb, namespace, name, node }) => {
  if (!changes.includes(verb)) return "can only get, create, update, patch, or delete a node lease";
  if (namespace !== "kube-node-lease") return 'can only access leases in the "kube-node-lease" system namespace';
  return verb === "create" || name === node || "can only access node lease with the same name as the requesting node";
};
const csiNodes: Rule = ({ verb, subresource, name, node }) => {
  if (!changes.includes(verb)) return "can only get, create, update, patch, or delete a CSINode";
  if (subresource !== "") return "cannot authorize CSINode subresources";
  return verb === "create" || name === node || "can only access CSINode with the same name as the requesting node";
};
const slices: Rule = (asked) => {
  const { verb, node, name, references } = asked;
  if (asked.subresource !== "") return "cannot authorize ResourceSlice subresources";
  if (verb === "create") return true;
  if (["get", "update", "patch", "delete"].includes(verb)) return related(asked, references.slice(node, name));
  if (["watch", "list", "deletecollection"].includes(verb))
    return (
      selectsOwn(asked, "spec.nodeName") ||
      "can only list/watch/deletecollection resourceslices with nodeName field selector"
    );
  return "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection";
};
const nodes: Rule = ({ verb, subresource, name, node }) => {
  if (subresource === "status") return verb === "update" || verb === "patch" || "";
  if (subresource !== "") return "";
  if (["create", "update", "patch"].includes(verb)) return true;
  if (!reads.includes(verb)) return "";
  if (name === "") return `node '${node}' cannot read all nodes, only its own Node object`;
  return name === node || `node '${node}' cannot read '${name}', only its own Node object`;
};
const pods: Rule = (asked) => {
  const { verb, subresource, node, namespace, name, references } = asked;
  const isOwn = (): boolean => references.pod(node, namespace, name);
  if (subresource === "status") return verb === "update" || verb === "patch" || "";
  if (subresource === "eviction") return verb === "create" || "";
  if (subresource !== "") return "";
  if (verb === "get") return related(asked, isOwn());
  if (verb === "create" || verb === "delete") return true;
  if (verb !== "list" && verb !== "watch") return "";
  if (selectsOwn(asked, "spec.nodeName")) return true;
  return name === "" ? "can only list/watch pods with spec.nodeName field selector" : related(asked, isOwn());
};
/** By "group/plural". */
const rules: Readonly<Record<string, Rule>> = {
  "/secrets": readable("secret"),
  "/configmaps": readable("configMap"),
  "/persistentvolumeclaims": claims,
  "/persistentvolumes": gettable(({ references, node, name }) => references.persistentVolume(node, name)),
  "resource.k8s.io/resourceclaims": gettable((asked) => holds(asked, "resourceClaim")),
  "storage.k8s.io/volumeattachments": gettable(({ references, node, name }) => references.attachment(node, name)),
  "/serviceaccounts": accounts,
  "coordination.k8s.io/leases": leases,
  "storage.k8s.io/csinodes": csiNodes,
  "resource.k8s.io/resourceslices": slices,
  "/nodes": nodes,
  "/pods": pods,
};

export class NodeAuthorizer {
  readonly #references: NodeReferences;
  constructor(objects: StoredObjects) {
    this.#references = new NodeReferences(objects);
  }
  /** `node` as nodeOf tells it. */
  decide(node: string, asked: Attributes): NodeDecision {
    if (node === "") return `unknown node for user "${userPrefix}"`;
    const [plural = "", ...below] = asked.resource.split("/");
    const rule = asked.isResource ? rules[`${asked.group}/${plural}`] : undefined;
    if (rule) return rule({ ...asked, node, plural, subresource: below.join("/"), references: this.#references });
    return clusterRoles["system:node"]!.some((one) => ruleAllows(one, asked)) || "";
  }
}
