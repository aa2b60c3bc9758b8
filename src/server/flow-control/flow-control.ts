// The stage of priority and fairness. A watch holds its seat until it has begun, other streams have none; callers in this
// process are the cluster itself and are not counted.
import type { Authenticated, Handler, Reply, Stage } from "#server/pipeline.ts";
import { isLongRunning } from "#server/stages/limits.ts";
import type { Asked } from "./classify.ts";
import type { Flow, FlowController } from "./flow-controller.ts";

export const schemaHeader = "x-kubernetes-pf-flowschema-uid";
export const levelHeader = "x-kubernetes-pf-prioritylevel-uid";

export function flowControl(controller: FlowController): Stage<Authenticated> {
  return (next) => (call) => {
    if (call.peer.trustedUser || (isLongRunning(call) && call.info.verb !== "watch")) return next(call);
    const flow = controller.classify(call);
    if (call.replyHeaders) {
      call.replyHeaders[schemaHeader] = flow.schema.uid;
      call.replyHeaders[levelHeader] = flow.level.uid;
    }
    return controller.tryStart(flow) ? seated(controller, flow, next, call) : queued(controller, flow, next, call);
  };
}

async function seated(
  controller: FlowController,
  flow: Flow,
  next: Handler<Authenticated>,
  call: Authenticated,
): Promise<Reply> {
  try {
    return await next(call);
  } finally {
    controller.finish(flow);
  }
}
async function queued(
  controller: FlowController,
  flow: Flow,
  next: Handler<Authenticated>,
  call: Authenticated,
): Promise<Reply> {
  const asked: Asked = call;
  await controller.waitForSeat(flow, asked, call.signal);
  return seated(controller, flow, next, call);
}
