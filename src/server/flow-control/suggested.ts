// The flow schemas and priority levels that a cluster starts with. They are made when they are missing, and brought back
// to this form unless their annotation says that somebody else looks after them.
import { FlowSchema } from "#api/flowcontrol/flow-schema.ts";
import { mandatoryFlowSchemas, mandatoryPriorityLevels } from "#api/flowcontrol/mandatory.ts";
import { PriorityLevelConfiguration } from "#api/flowcontrol/priority-level-configuration.ts";
import type { FlowSchemaSpec, PriorityLevelConfigurationSpec, Subject } from "#api/flowcontrol/schema.ts";
import { deepEqual } from "#api/json.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { BootstrapObject } from "#server/upkeep/bootstrap.ts";

export const autoUpdate = "apf.kubernetes.io/autoupdate-spec";

const queuing = (
  shares: number,
  lendablePercent: number,
  queues: number,
  handSize: number,
): PriorityLevelConfigurationSpec => ({
  type: "Limited",
  limited: {
    nominalConcurrencyShares: shares,
    limitResponse: { type: "Queue", queuing: { queues, handSize, queueLengthLimit: 50 } },
    lendablePercent,
  },
});
const suggestedLevels: Readonly<Record<string, PriorityLevelConfigurationSpec>> = {
  system: queuing(30, 33, 64, 6),
  "node-high": queuing(40, 25, 64, 6),
  "leader-election": queuing(10, 0, 16, 4),
  "workload-high": queuing(40, 50, 128, 6),
  "workload-low": queuing(100, 90, 128, 6),
  "global-default": queuing(20, 50, 128, 6),
};

const groups = (...names: readonly string[]): Subject[] =>
  names.map((name) => ({ kind: "Group", group: { name } }) as Subject);
const users = (...names: readonly string[]): Subject[] =>
  names.map((name) => ({ kind: "User", user: { name } }) as Subject);
const systemAccounts = [{ kind: "ServiceAccount", serviceAccount: { namespace: "kube-system", name: "*" } } as Subject];
const managers = users("system:kube-controller-manager", "system:kube-scheduler");
const everybody = groups("system:unauthenticated", "system:authenticated");
const nodes = groups("system:nodes");

type Rule = NonNullable<FlowSchemaSpec["rules"]>[number];
const resources = (
  verbs: readonly string[],
  apiGroup: string,
  names: readonly string[],
  clusterScope: boolean,
): NonNullable<Rule["resourceRules"]>[number] => ({
  verbs,
  apiGroups: [apiGroup],
  resources: names,
  ...(clusterScope ? { clusterScope } : {}),
  namespaces: ["*"],
});
const leases = "coordination.k8s.io";
const all: Omit<Rule, "subjects"> = {
  resourceRules: [resources(["*"], "*", ["*"], true)],
  nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
};
const schema = (
  level: string,
  matchingPrecedence: number,
  by: "ByUser" | "ByNamespace" | undefined,
  rule: Rule,
): FlowSchemaSpec => ({
  priorityLevelConfiguration: { name: level },
  matchingPrecedence,
  ...(by ? { distinguisherMethod: { type: by } } : {}),
  rules: [rule],
});
const suggestedSchemas: Readonly<Record<string, FlowSchemaSpec>> = {
  probes: schema("exempt", 2, undefined, {
    subjects: everybody,
    nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/healthz", "/readyz", "/livez"] }],
  }),
  "system-leader-election": schema("leader-election", 100, "ByUser", {
    subjects: [...managers, ...systemAccounts],
    resourceRules: [resources(["get", "create", "update"], leases, ["leases"], false)],
  }),
  "system-node-high": schema("node-high", 400, "ByUser", {
    subjects: nodes,
    resourceRules: [resources(["*"], "", ["nodes", "nodes/status"], true), resources(["*"], leases, ["leases"], false)],
  }),
  "system-nodes": schema("system", 500, "ByUser", { subjects: nodes, ...all }),
  "kube-controller-manager": schema("workload-high", 800, "ByNamespace", { subjects: [managers[0]!], ...all }),
  "kube-scheduler": schema("workload-high", 800, "ByNamespace", { subjects: [managers[1]!], ...all }),
  "kube-system-service-accounts": schema("workload-high", 900, "ByNamespace", { subjects: systemAccounts, ...all }),
  "service-accounts": schema("workload-low", 9000, "ByUser", { subjects: groups("system:serviceaccounts"), ...all }),
  "global-default": schema("global-default", 9900, "ByUser", { subjects: everybody, ...all }),
};

interface Specs {
  readonly kind: AnyKind;
  readonly specs: Readonly<Record<string, object>>;
}
const wanted: readonly Specs[] = [
  { kind: PriorityLevelConfiguration, specs: { ...mandatoryPriorityLevels, ...suggestedLevels } },
  { kind: FlowSchema, specs: { ...mandatoryFlowSchemas, ...suggestedSchemas } },
];
const objectsOf = ({ kind, specs }: Specs): BootstrapObject[] =>
  Object.entries(specs).map(([name, spec]) => {
    const metadata = { name, annotations: { [autoUpdate]: "true" } };
    return { kind, object: { metadata, spec } as unknown as Draft<KubeObject> };
  });

/** All of them, as they are made. */
export const flowControlObjects: readonly BootstrapObject[] = wanted.flatMap(objectsOf);

/** Without an annotation an object belongs to the server as long as nobody has changed its spec. */
function isOurs({ metadata }: KubeObject): boolean {
  const said = metadata.annotations?.[autoUpdate];
  return said === undefined ? (metadata.generation ?? 1) === 1 : said === "true";
}
/** What must be made or put right. */
export const planFlowControl = (objects: StoredObjects): BootstrapObject[] =>
  flowControlObjects.flatMap((one) => {
    const name = one.object.metadata!.name!;
    const found = objects.get<KubeObject>(one.kind, name);
    if (!found) return [one];
    const spec = (one.object as { spec?: unknown }).spec;
    const isRight = deepEqual((found as { spec?: unknown }).spec, spec);
    return isRight || !isOurs(found) ? [] : [{ ...one, isKept: true }];
  });
