// TaintNodesByCondition: a new node takes no pods until the node lifecycle controller has seen it ready.
import { Node } from "#api/core/node.ts";
import type { Draft } from "#api/schema.ts";
import { concernsOnly, type AdmissionPlugin } from "./admission.ts";

const notReady = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" } as const;

export const taintNodesByCondition: AdmissionPlugin = {
  name: "TaintNodesByCondition",
  concerns: concernsOnly(Node, "CREATE"),
  admit(request) {
    const node = request.object as Draft<Node>;
    const spec = (node.spec ??= {});
    const taints = spec.taints ?? [];
    if (!taints.some((t) => t?.key === notReady.key && t.effect === notReady.effect))
      spec.taints = [...taints, { ...notReady }];
  },
};
