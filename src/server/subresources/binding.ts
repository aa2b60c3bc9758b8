// binding: the scheduler's decision. The pod gets its node and the PodScheduled condition in one write.
import { ApiError, badRequest, conflict, invalid } from "#api/errors.ts";
import { notSupported, requiredValue } from "#api/field-error.ts";
import type { KubeObject } from "#api/kind.ts";
import { Binding } from "#api/core/binding.ts";
import type { Pod } from "#api/core/pod.ts";
import { Pod as PodKind } from "#api/core/pod.ts";
import type { Draft } from "#api/schema.ts";
import { timestamp, type ApiContext, type ResourceCall, type Verb } from "#server/api-context.ts";
import { readMessage } from "#server/body.ts";
import { changeStored } from "#server/verbs/change-stored.ts";
import { admissionRequest, settleNamespace } from "#server/verbs/write-request.ts";
import { withMetadata } from "#server/verbs/prepare.ts";
import { statusReply, success } from "#server/verbs/reply.ts";
import { writeOptions } from "#server/request-options.ts";

const resource = { group: "", plural: "pods/binding" };

/** The pod on its node. Throws Conflict where it cannot be bound. */
export function bound(pod: Pod, binding: Draft<Binding>, now: number): Pod {
  const name = pod.metadata.name!;
  const { uid, resourceVersion, annotations, labels } = binding.metadata ?? {};
  const refuse = (why: string): ApiError => conflict(resource, name, why);
  if (uid && uid !== pod.metadata.uid)
    throw stale(pod, `UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid ?? ""}`);
  if (resourceVersion && resourceVersion !== pod.metadata.resourceVersion)
    throw stale(
      pod,
      `ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ` +
        `${pod.metadata.resourceVersion ?? ""}`,
    );
  if (pod.metadata.deletionTimestamp !== undefined)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if ((pod.spec.schedulingGates ?? []).length > 0) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const condition = {
    type: "PodScheduled",
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: timestamp(now),
  } as unknown as NonNullable<Pod["status"]["conditions"]>[number];
  const others = (pod.status?.conditions ?? []).filter((c) => c.type !== "PodScheduled");
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(annotations ? { annotations: { ...pod.metadata.annotations, ...(annotations as Labels) } } : {}),
      ...(labels ? { labels: { ...pod.metadata.labels, ...(labels as Labels) } } : {}),
    },
    spec: { ...pod.spec, nodeName: binding.target!.name! },
    status: { ...pod.status, conditions: [...others, condition] },
  };
}
/** Upstream: the store finds these, and says so. */
const stale = ({ metadata: { namespace, name } }: Pod, why: string): ApiError =>
  conflict(
    PodKind,
    name!,
    `StorageError: invalid object, Code: 4, Key: /registry/pods/${namespace}/${name}, ResourceVersion: 0, ` +
      `AdditionalErrorMsg: Precondition failed: ${why}`,
  );
type Labels = Readonly<Record<string, string>>;

function check(binding: Draft<Binding>): void {
  const { target, metadata } = binding;
  const errors = [
    ...(target?.kind && target.kind !== "Node" ? [notSupported("target.kind", target.kind, ["Node", "<empty>"])] : []),
    ...(target?.name ? [] : [requiredValue("target.name")]),
  ];
  if (errors.length > 0) throw invalid(Binding, metadata?.name ?? "", errors);
}

async function bind(context: ApiContext, call: ResourceCall, binding: Draft<Binding>, podName: string): Promise<void> {
  const options = writeOptions(call, "CreateOptions");
  const draft = withMetadata(binding as Draft<KubeObject>);
  settleNamespace(draft, call.info.namespace);
  const request = { call, options, subresource: "binding" };
  const admission = admissionRequest(request, "CREATE", podName, draft, undefined);
  await context.admission.admit(admission, call.signal);
  check(binding);
  await context.admission.validate(admission, call.signal);
  const pods = context.registry.find("", "v1", "pods")!;
  const key = pods.key(call.info.namespace, podName);
  const now = context.clock.now();
  const change = (pod: KubeObject): KubeObject => {
    const next = bound(pod as Pod, binding, now);
    return options.dryRun ? pod : next;
  };
  await changeStored(context, pods, key, change, call.signal);
}

/** POST pods/<name>/binding */
export const createPodBinding: Verb = (context) => async (call) => {
  const binding = await readMessage(call, Binding, context.decodeProtobuf);
  if ((binding.metadata?.name ?? "") !== call.info.name)
    throw badRequest("name in URL does not match name in Binding object");
  await bind(context, call, binding, call.info.name);
  return statusReply({ ...success(), code: 201 }, 201);
};
/** POST bindings: the pod is named in the body. */
export const createBinding: Verb = (context) => async (call) => {
  const binding = await readMessage(call, Binding, context.decodeProtobuf);
  if (!binding.metadata?.name) throw badRequest("Name parameter required.");
  await bind(
    context,
    { ...call, served: context.registry.find("", "v1", PodKind.plural)! },
    binding,
    binding.metadata?.name ?? "",
  );
  return statusReply({ ...success(), code: 201 }, 201);
};
