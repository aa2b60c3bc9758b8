// May they: system:masters always, nodes by the node authorizer, everyone by RBAC.
import { NodeAuthorizer, nodeOf } from "#server/auth/node-authorizer.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { Rbac } from "#server/auth/rbac.ts";
import type { Attributes } from "#server/auth/rbac-rules.ts";
import type { RequestInfo, UserInfo } from "#server/pipeline.ts";

export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}
/** A list or watch of one object by name is authorized as that object's. */
function nameOf(info: RequestInfo, query: URLSearchParams | undefined): string {
  if (info.name || !query || (info.verb !== "list" && info.verb !== "watch")) return info.name;
  return /^metadata\.name==?([^,!=]+)$/.exec(query.get("fieldSelector") ?? "")?.[1] ?? "";
}
/** The words of a rule for a routed request. */
export const attributesOf = (info: RequestInfo, path: string, query?: URLSearchParams): Attributes => ({
  verb: info.verb,
  isResource: info.isResource,
  group: info.group,
  resource: info.subresource ? `${info.resource}/${info.subresource}` : info.resource,
  name: nameOf(info, query),
  namespace: info.namespace,
  path,
});

export class Authorization {
  readonly rbac: Rbac;
  readonly #nodes: NodeAuthorizer;
  constructor(objects: StoredObjects) {
    this.rbac = new Rbac(objects);
    this.#nodes = new NodeAuthorizer(objects);
  }
  decide(user: UserInfo, asked: Attributes): Decision {
    if (user.groups.includes("system:masters")) return { allowed: true, reason: "" };
    const node = nodeOf(user);
    if (node !== undefined && this.#nodes.allows(node, asked)) return { allowed: true, reason: "" };
    if (this.rbac.allows(user, asked)) return { allowed: true, reason: "" };
    return { allowed: false, reason: "" };
  }
  authorize(
    user: UserInfo,
    info: RequestInfo,
    call: { readonly path: string; readonly query?: URLSearchParams },
  ): Decision {
    return this.decide(user, attributesOf(info, call.path, call.query));
  }
}

/** The sentence of a refusal, without the "<resource> is forbidden: " before it. */
export function refusal(user: UserInfo, asked: Attributes): string {
  const who = `User ${JSON.stringify(user.name)} cannot`;
  if (!asked.isResource) return `${who} ${asked.verb} path ${JSON.stringify(asked.path)}`;
  const where = asked.namespace ? `in the namespace ${JSON.stringify(asked.namespace)}` : "at the cluster scope";
  return `${who} ${asked.verb} resource ${JSON.stringify(asked.resource)} in API group ${JSON.stringify(asked.group)} ${where}`;
}
