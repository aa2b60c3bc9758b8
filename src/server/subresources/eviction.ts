// eviction: a delete that asks the pod's disruption budget first.
import { ApiError, badRequest, forbidden, isReason } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Pod } from "#api/core/pod.ts";
import { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import { Eviction as schema } from "#api/policy/schema.ts";
import type { Draft } from "#api/schema.ts";
import { matchesLabels } from "#api/selectors.ts";
import { keyOf, timestamp, type ApiContext, type ResourceCall, type Verb } from "#server/api-context.ts";
import { readMessage } from "#server/body.ts";
import { AdmissionChain } from "#server/admission/admission.ts";
import { deleteOptions, writeOptions, type DeleteOptions } from "#server/request-options.ts";
import { withMetadata } from "#server/verbs/prepare.ts";
import { admissionRequest } from "#server/verbs/write-request.ts";
import { deleteStored } from "#server/verbs/delete.ts";
import { waitUntilFresh } from "#server/verbs/freshness.ts";
import { statusReply, success } from "#server/verbs/reply.ts";
import { changeStored } from "#server/verbs/change-stored.ts";

const evictionKind = { group: "policy", version: "v1", kind: "Eviction", schema };
/** Clients wait so long and ask again by themselves; a budget that is spent is for their users to know at once. */
const countedAfterSeconds = 10;
const mostDisruptedPods = 2000;

type Budget = PodDisruptionBudget;

/** The pod may go whatever a budget says: it does no work. */
const isIdle = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined ||
  ["Succeeded", "Failed", "Pending"].includes(pod.status?.phase ?? "Pending");
const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some((c) => c.type === "Ready" && c.status === "True") ?? false;

/** An unready pod needs no budget where the policy lets it go. */
function isExempt(pod: Pod, budget: Budget): boolean {
  if (isReady(pod)) return false;
  if (budget.spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

const violates = (message: string, retryAfterSeconds?: number): ApiError =>
  new ApiError("TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
    details: {
      causes: [{ reason: "DisruptionBudget", message }],
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  });

/** Why a budget has nothing to give, as far as its counts can be trusted. */
function refusal({ metadata: { name }, status = {} }: Budget): string {
  const condition = status.conditions?.find((c) => c.type === "DisruptionAllowed" && c.status === "False" && c.message);
  const no = `The disruption budget ${name} does not allow evicting pods currently`;
  if (condition?.reason === "SyncFailed") return `${no} because it failed sync: ${condition.message}`;
  const { desiredHealthy = 0, currentHealthy = 0 } = status;
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return condition ? `${no} (${condition.reason}): ${condition.message}` : no;
}

function exhausted({ conditions = [], observedGeneration = 0 }: Partial<Budget["status"]>, now: number) {
  const type = "DisruptionAllowed";
  const others = conditions.filter((c) => c.type !== type);
  const old = conditions.find((c) => c.type === type);
  const lastTransitionTime = old?.status === "False" ? old.lastTransitionTime : timestamp(now);
  const verdict = { type, status: "False" as const, reason: "InsufficientPods", message: "" };
  return [...others, { ...verdict, observedGeneration, lastTransitionTime }];
}

/** The budget with one disruption fewer. Throws when there is none to give. */
export function spend(budget: Budget, pod: string, now: number): Budget {
  const name = budget.metadata.name!;
  const status = budget.status ?? {};
  const allowed = status.disruptionsAllowed ?? 0;
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0))
    throw violates(`The disruption budget ${name} is still being processed by the server.`, countedAfterSeconds);
  if (allowed < 0) throw forbidden(PodDisruptionBudget, name, "pdb disruptions allowed is negative");
  if (Object.keys(status.disruptedPods ?? {}).length > mostDisruptedPods)
    throw forbidden(
      PodDisruptionBudget,
      name,
      "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
    );
  if (allowed === 0) throw violates(refusal(budget));
  return {
    ...budget,
    status: {
      ...status,
      ...(allowed === 1 ? { conditions: exhausted(status, now) } : {}),
      disruptionsAllowed: allowed - 1,
      disruptedPods: { ...status.disruptedPods, [pod]: timestamp(now) },
    },
  };
}

function budgetOf(context: ApiContext, pod: Pod): Budget | undefined {
  const budgets = [...context.registry.list(PodDisruptionBudget, pod.metadata.namespace)].filter((b) =>
    matchesLabels(b.spec.selector, pod.metadata.labels),
  );
  if (budgets.length > 1)
    throw new ApiError(
      "InternalError",
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  return budgets[0];
}

async function askBudget(context: ApiContext, call: ResourceCall, pod: Pod, isDryRun: boolean): Promise<void> {
  const budget = isIdle(pod) ? undefined : budgetOf(context, pod);
  if (!budget || isExempt(pod, budget)) return;
  const served = context.registry.find("policy", "v1", "poddisruptionbudgets")!;
  const now = context.clock.now();
  const change = (current: KubeObject): KubeObject => {
    const next = spend(current as Budget, pod.metadata.name!, now);
    return isDryRun ? current : next;
  };
  const key = served.key(budget.metadata.namespace!, budget.metadata.name!);
  await changeStored(context, served, key, change, call.signal);
}

/** Why the pod goes, for its owner. */
function target(pod: Pod, now: number): Pod {
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastProbeTime: null,
    lastTransitionTime: timestamp(now),
  } as unknown as NonNullable<Pod["status"]["conditions"]>[number];
  const others = (pod.status?.conditions ?? []).filter((c) => c.type !== "DisruptionTarget");
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}

async function admit(context: ApiContext, call: ResourceCall, body: Draft<KubeObject>, dryRun: boolean): Promise<void> {
  const write = { call, options: { ...writeOptions(call, "CreateOptions"), dryRun }, subresource: "eviction" };
  const admission = admissionRequest(write, "CREATE", call.info.name, withMetadata(body), undefined);
  await context.admission.admit(admission, call.signal);
  await context.admission.validate(admission, call.signal);
}

export const createEviction: Verb = (context) => async (call) => {
  const eviction = await readMessage(call, evictionKind, context.decodeProtobuf);
  if ((eviction.metadata?.name ?? "") !== call.info.name)
    throw badRequest("name in URL does not match name in Eviction object");
  const asked: DeleteOptions = deleteOptions(eviction.deleteOptions as Record<string, unknown> | undefined, call.query);
  const options = { ...asked, dryRun: asked.dryRun || call.query.get("dryRun") === "All" };
  await admit(context, call, eviction as Draft<KubeObject>, options.dryRun);
  await waitUntilFresh(context, "", call.signal);
  const key = keyOf(call);
  const pod = call.served.cache.get(key)?.object as Pod | undefined;
  if (pod) await askBudget(context, call, pod, options.dryRun);
  if (pod && !options.dryRun && pod.metadata.deletionTimestamp === undefined && !isIdle(pod)) {
    const change = (current: KubeObject): KubeObject => target(current as Pod, context.clock.now());
    await changeStored(context, call.served, key, change, call.signal).catch((error: unknown) => {
      // The delete that follows says it.
      if (!isReason(error, "NotFound")) throw error;
    });
  }
  // Upstream: what is evicted is not admitted as a delete once more.
  await deleteStored({ ...context, admission: new AdmissionChain([]) }, call, key, options);
  return statusReply({ ...success(), code: 201 }, 201);
};
