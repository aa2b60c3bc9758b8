// What a node may do: look after itself and its own pods, and read just what those pods use. The set of referenced
// objects is worked out per node and kept until a pod changes.
import { Pod } from "#api/core/pod.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { Attributes } from "#server/auth/rbac-rules.ts";
import type { UserInfo } from "#server/pipeline.ts";

const userPrefix = "system:node:";
const nodesGroup = "system:nodes";
/** The node that a user is, or undefined. */
export const nodeOf = (user: UserInfo): string | undefined =>
  user.name.startsWith(userPrefix) && user.groups.includes(nodesGroup) ? user.name.slice(userPrefix.length) : undefined;

const reads = new Set(["get", "list", "watch"]);
/** verbs by "group/resource" that every node has without looking at names. */
const always: Readonly<Record<string, readonly string[]>> = {
  "/nodes": ["create", "get", "list", "watch", "update", "patch"],
  "/nodes/status": ["update", "patch", "get"],
  "/pods": ["get", "list", "watch", "create", "delete"],
  "/pods/status": ["update", "patch", "get"],
  "/pods/eviction": ["create"],
  "/services": ["get", "list", "watch"],
  "/events": ["create", "update", "patch"],
  "events.k8s.io/events": ["create", "update", "patch"],
  "coordination.k8s.io/leases": ["get", "create", "update", "patch", "delete"],
  "storage.k8s.io/csidrivers": ["get", "list", "watch"],
  "storage.k8s.io/csinodes": ["get", "create", "update", "patch", "delete"],
  "storage.k8s.io/volumeattachments": ["get", "list", "watch"],
  "node.k8s.io/runtimeclasses": ["get", "list", "watch"],
  "certificates.k8s.io/certificatesigningrequests": ["create", "get", "list", "watch"],
  "authentication.k8s.io/tokenreviews": ["create"],
  "authorization.k8s.io/subjectaccessreviews": ["create"],
};

interface References {
  readonly secrets: Set<string>;
  readonly configmaps: Set<string>;
  readonly persistentvolumeclaims: Set<string>;
  readonly serviceaccounts: Set<string>;
}

function collect(pod: Pod, into: References): void {
  const namespace = pod.metadata.namespace ?? "";
  const add = (set: Set<string>, name: string | undefined): void => {
    if (name) set.add(`${namespace}/${name}`);
  };
  add(into.serviceaccounts, pod.spec.serviceAccountName ?? "default");
  for (const secret of pod.spec.imagePullSecrets ?? []) add(into.secrets, secret.name);
  const containers = [
    ...(pod.spec.containers ?? []),
    ...(pod.spec.initContainers ?? []),
    ...(pod.spec.ephemeralContainers ?? []),
  ];
  for (const container of containers) {
    for (const from of container.envFrom ?? []) {
      add(into.configmaps, from.configMapRef?.name);
      add(into.secrets, from.secretRef?.name);
    }
    for (const env of container.env ?? []) {
      add(into.configmaps, env.valueFrom?.configMapKeyRef?.name);
      add(into.secrets, env.valueFrom?.secretKeyRef?.name);
    }
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(into.configmaps, volume.configMap?.name);
    add(into.secrets, volume.secret?.secretName);
    add(into.persistentvolumeclaims, volume.persistentVolumeClaim?.claimName);
    for (const source of volume.projected?.sources ?? []) {
      add(into.configmaps, source.configMap?.name);
      add(into.secrets, source.secret?.name);
    }
  }
}

export class NodeAuthorizer {
  readonly #objects: StoredObjects;
  #builtFrom = -1;
  #byNode = new Map<string, References>();

  constructor(objects: StoredObjects) {
    this.#objects = objects;
  }
  /** `user` must be a node (nodeOf). */
  allows(node: string, asked: Attributes): boolean {
    if (!asked.isResource) return false;
    const resource = `${asked.group}/${asked.resource}`;
    if (always[resource]?.includes(asked.verb)) return this.#aboutItself(node, resource, asked);
    if (asked.group !== "") return false;
    const refs = this.#referencesOf(node);
    const object = `${asked.namespace}/${asked.name}`;
    if (asked.resource === "secrets" || asked.resource === "configmaps")
      return reads.has(asked.verb) && refs[asked.resource].has(object);
    if (asked.resource === "persistentvolumeclaims")
      return asked.verb === "get" && refs.persistentvolumeclaims.has(object);
    if (asked.resource === "serviceaccounts") return asked.verb === "get" && refs.serviceaccounts.has(object);
    if (asked.resource === "serviceaccounts/token") return asked.verb === "create" && refs.serviceaccounts.has(object);
    return asked.resource === "persistentvolumes" && asked.verb === "get";
  }
  /** What follows the text of a refusal. */
  refusal(node: string, { group, resource, verb, name, namespace }: Attributes): string {
    if (group !== "") return "";
    if (resource === "secrets" || resource === "configmaps") {
      if (!reads.has(verb)) return "can only read resources of this type";
      if (namespace === "") return "can only read namespaced object of this type";
      if (name === "") return "No Object name found";
    } else if (resource === "persistentvolumeclaims" || resource === "persistentvolumes") {
      if (verb !== "get" || name === "") return "can only get individual resources of this type";
    } else return "";
    return `no relationship found between node '${node}' and this object`;
  }
  #aboutItself(node: string, resource: string, asked: Attributes): boolean {
    if (resource === "coordination.k8s.io/leases")
      return asked.namespace === "kube-node-lease" && (asked.verb === "create" || asked.name === node);
    if (resource.startsWith("/nodes") && !reads.has(asked.verb) && asked.verb !== "create") return asked.name === node;
    if (resource.startsWith("/pods") && asked.name && !reads.has(asked.verb) && asked.verb !== "create") {
      const pod = this.#objects.get(Pod, `${asked.namespace}/${asked.name}`);
      return !pod || pod.spec.nodeName === node;
    }
    return true;
  }
  #referencesOf(node: string): References {
    const version = this.#objects.version(Pod);
    if (version !== this.#builtFrom) {
      this.#builtFrom = version;
      this.#byNode = new Map();
    }
    let refs = this.#byNode.get(node);
    if (!refs) {
      refs = {
        secrets: new Set(),
        configmaps: new Set(),
        persistentvolumeclaims: new Set(),
        serviceaccounts: new Set(),
      };
      for (const pod of this.#objects.list(Pod)) if (pod.spec.nodeName === node) collect(pod, refs);
      this.#byNode.set(node, refs);
    }
    return refs;
  }
}
