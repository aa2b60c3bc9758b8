// Looks at what the runtime has: lists first, then the status of each thing, because addresses and outcomes stand only
// there.
import { labels } from "#node/pod/identity.ts";
import type { Observed } from "#node/runtime/runtime.ts";
import { unlessGone, type CallOptions, type Channel } from "./channel.ts";
import type { PodsById } from "./events.ts";
import { methods, sandboxState } from "./messages.ts";
import { observedContainer, observedSandbox } from "./observed.ts";

/** How many status calls are under way at once. */
const atOnce = 16;
async function mapSome<T, R>(items: readonly T[], look: (item: T) => Promise<R>): Promise<R[]> {
  const out: R[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    out.push(...(await Promise.all(items.slice(at, at + atOnce).map(look))));
  return out;
}

/** Everything, or what belongs to one pod. Learns the pod of each id on the way. */
export async function observe(
  channel: Channel,
  pods: PodsById,
  podUid: string | undefined,
  options: CallOptions,
): Promise<Observed> {
  const filter = podUid === undefined ? {} : { filter: { labelSelector: { [labels.podUid]: podUid } } };
  const [{ items }, { containers }] = await Promise.all([
    channel.call(methods.listPodSandbox, filter, options),
    channel.call(methods.listContainers, filter, options),
  ]);
  if (podUid === undefined) pods.clear();
  for (const sandbox of items) pods.set(sandbox.id, sandbox.metadata?.uid ?? "");
  for (const found of containers) pods.set(found.id, found.labels[labels.podUid] ?? "");
  const sandboxes = await mapSome(items, async (found) => {
    if (found.state !== sandboxState.ready) return observedSandbox(found, undefined);
    const request = { podSandboxId: found.id };
    const answer = await unlessGone(channel.call(methods.podSandboxStatus, request, options));
    return answer && observedSandbox(found, answer.status);
  });
  const statuses = await mapSome(containers, async (found) => {
    const answer = await unlessGone(channel.call(methods.containerStatus, { containerId: found.id }, options));
    return answer?.status && observedContainer(found, answer.status);
  });
  return {
    sandboxes: sandboxes.filter((s) => s !== undefined),
    containers: statuses.filter((s) => s !== undefined),
  };
}
