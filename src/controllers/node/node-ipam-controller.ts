// Gives each node its own part of the pod network.
import { Node } from "#api/core/node.ts";
import { defineController, type Controller, type Turn } from "#reconcile/controller.ts";
import { CidrPool } from "#controllers/node/cidr-pool.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

export interface NodeIpamOptions {
  /** One range, or one of each family. */
  readonly clusterCidrs: readonly string[];
  /** Prefix length of a node's part, by family; default 24 and 64. */
  readonly nodeMask?: { readonly ipv4?: number; readonly ipv6?: number };
}

export function createNodeIpamController({ clusterCidrs, nodeMask = {} }: NodeIpamOptions): Controller<Node> {
  const pools = clusterCidrs.map((cidr) => {
    const mask = cidr.includes(":") ? (nodeMask.ipv6 ?? 64) : (nodeMask.ipv4 ?? 24);
    return new CidrPool(cidr, mask);
  });
  /** What was promised to a node and may not be in the cache yet. */
  const promised = new Map<string, readonly string[]>();
  const take = (turn: Turn): readonly string[] | undefined => {
    // Invariant: no await between looking at what is taken and promising.
    const taken = new Set([...promised.values()].flat());
    for (const node of turn.cache(Node).list()) for (const cidr of node.spec.podCIDRs ?? []) taken.add(cidr);
    const found = pools.map((pool) => pool.next(taken));
    if (found.some((cidr) => cidr === undefined)) return undefined;
    promised.set(turn.key, found as string[]);
    return found as string[];
  };
  return defineController({
    name: "node-ipam-controller",
    rules: [allow("get list watch patch update", "", "nodes"), tellEvents],
    for: Node,
    matters: (node, old) => !node || !old || !node.spec.podCIDR,
    async reconcile(node, turn) {
      if (node.spec.podCIDR) return void promised.delete(turn.key);
      const podCIDRs = promised.get(turn.key) ?? take(turn);
      if (!podCIDRs) {
        const message = `Node ${turn.key} status is now: CIDRNotAvailable`;
        turn.events.event(node, "Normal", "CIDRNotAvailable", message, { kind: Node });
        throw new Error(`no part of the pod network is left for node ${turn.key}; a larger network is needed`);
      }
      const patch = { metadata: { uid: node.metadata.uid }, spec: { podCIDR: podCIDRs[0], podCIDRs } };
      await turn.client.patch(Node, { name: turn.key }, { type: "merge", patch }, { signal: turn.signal });
    },
    async gone(key) {
      promised.delete(key);
    },
  });
}
