// A pod that names its node goes there or nowhere.
import { incurable, type SchedulerPlugin } from "#scheduler/framework.ts";

const elsewhere = incurable("node(s) didn't match the requested node name");

export const nodeName: SchedulerPlugin = {
  name: "NodeName",
  wakeOn: { node: (pod, { object, old }) => !old && object?.metadata.name === pod.pod.spec.nodeName },
  prepare: ({ pod }) => (pod.spec.nodeName ? { type: "ready", state: undefined } : { type: "skip" }),
  filter: ({ pod }, node) => (pod.spec.nodeName === node.name ? undefined : elsewhere),
};
