// Pods with scheduling gates wait outside the queue until their owners remove the last gate.
import type { SchedulerPlugin } from "#scheduler/framework.ts";

export const schedulingGates: SchedulerPlugin = {
  name: "SchedulingGates",
  gate({ pod }) {
    const gates = pod.spec.schedulingGates ?? [];
    return gates.length > 0 ? `waiting for scheduling gates: [${gates.map((g) => g.name).join(" ")}]` : undefined;
  },
};
