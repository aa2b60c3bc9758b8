// May they: system:masters always, nodes by the node authorizer, everyone by RBAC, and last, where one is configured, by
// a webhook. The first that allows decides.
import { NodeAuthorizer, nodeOf } from "#server/auth/node-authorizer.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { grantText, Rbac } from "#server/auth/rbac.ts";
import type { Attributes } from "#server/auth/rbac-rules.ts";
import { withoutMarkup } from "#server/stages/refused.ts";
import type { Authorizer, RequestInfo, UserInfo, Verdict } from "#server/pipeline.ts";

export interface Decision extends Verdict {
  readonly reason: string;
}
/** The words of a rule for a routed request. */
export const attributesOf = (info: RequestInfo, path: string): Attributes => ({
  verb: info.verb,
  isResource: info.isResource,
  group: info.group,
  resource: info.subresource ? `${info.resource}/${info.subresource}` : info.resource,
  name: info.name,
  namespace: info.namespace,
  path,
  ...(info.fieldSelector ? { fieldSelector: info.fieldSelector } : {}),
});

const allowed: Decision = { allowed: true, reason: "" };

/** An allowed decision whose reason is put into words when somebody asks. */
class Granted implements Decision {
  readonly allowed = true;
  readonly #text: () => string;
  constructor(text: () => string) {
    this.#text = text;
  }
  get reason(): string {
    return this.#text();
  }
}

export class Authorization implements Authorizer {
  readonly rbac: Rbac;
  readonly #nodes: NodeAuthorizer;
  constructor(objects: StoredObjects) {
    this.rbac = new Rbac(objects);
    this.#nodes = new NodeAuthorizer(objects);
  }
  decide(user: UserInfo, asked: Attributes): Decision {
    if (user.groups.includes("system:masters")) return allowed;
    const node = nodeOf(user);
    const ofNode = node === undefined ? "" : this.#nodes.decide(node, asked);
    if (ofNode === true) return allowed;
    const grant = this.rbac.grantFor(user, asked);
    if (grant) return new Granted(() => grantText(grant));
    const missing = this.rbac.missingRoles(user, asked.namespace);
    const ofRoles =
      missing.length > 1 ? `RBAC: [${missing.join(", ")}]` : missing.map((one) => `RBAC: ${one}`).join("");
    const reasons = [ofNode, ofRoles].filter((reason) => reason !== "");
    return { allowed: false, reason: reasons.join("\n") };
  }
  authorize(
    user: UserInfo,
    info: RequestInfo,
    call: { readonly path: string; readonly query?: URLSearchParams },
  ): Decision {
    return this.decide(user, attributesOf(info, call.path));
  }
}

/** Asks one after the other until one allows or forbids; the reasons of those that do neither add up. */
export function firstToDecide(authorizers: readonly Authorizer[]): Authorizer {
  if (authorizers.length === 1) return authorizers[0]!;
  return {
    async authorize(user, info, call) {
      const reasons: string[] = [];
      const errors: string[] = [];
      const told = (isFinal: boolean): Verdict => ({
        allowed: false,
        reason: reasons.join("\n"),
        ...(isFinal ? { isFinal } : {}),
        ...(errors.length > 0 ? { error: errors.length > 1 ? `[${errors.join(", ")}]` : errors[0]! } : {}),
      });
      for (const authorizer of authorizers) {
        const verdict = await authorizer.authorize(user, info, call);
        if (verdict.allowed) return verdict;
        if (verdict.reason) reasons.push(verdict.reason);
        if (verdict.error) errors.push(verdict.error);
        if (verdict.isFinal) return told(true);
      }
      return told(false);
    },
  };
}

/** The sentence of a refusal, without the "<resource> is forbidden: " before it; nothing in it looks like HTML. */
export function refusal(user: UserInfo, asked: Attributes): string {
  const { verb, resource, group, namespace, path } = asked;
  const quoted = JSON.stringify;
  const where = namespace ? `in the namespace ${quoted(namespace)}` : "at the cluster scope";
  const what = asked.isResource
    ? `resource ${quoted(resource)} in API group ${quoted(group)} ${where}`
    : `path ${quoted(path)}`;
  return withoutMarkup(`User ${quoted(user.name)} cannot ${verb} ${what}`);
}
