// The metrics of priority and fairness, under upstream's names.
import type { Metrics, Sample } from "#base/metrics.ts";
import type { Flow, FlowController } from "./flow-controller.ts";
import type { PriorityLevel } from "./priority-level.ts";

const prefix = "apiserver_flowcontrol_";
const labelsOf = ({ schema, level }: Flow): { priority_level: string; flow_schema: string } => ({
  priority_level: level.name,
  flow_schema: schema.name,
});

export function observeFlowControl(metrics: Metrics, controller: FlowController): void {
  const perFlow = (value: (flow: Flow) => number) => (): Sample[] =>
    controller.flows().map((flow) => ({ labels: labelsOf(flow), value: value(flow) }));
  const perLevel = (value: (level: PriorityLevel) => number) => (): Sample[] =>
    Array.from(controller.levels(), (level) => ({ labels: { priority_level: level.name }, value: value(level) }));
  const flow = (name: string, help: string, value: (flow: Flow) => number, type?: "counter"): void =>
    metrics.observed(prefix + name, help, perFlow(value), type);
  const level = (name: string, help: string, value: (level: PriorityLevel) => number): void =>
    metrics.observed(prefix + name, help, perLevel(value));

  flow("dispatched_requests_total", "Requests that got a seat.", ({ counts }) => counts.dispatched, "counter");
  flow("current_executing_requests", "Requests that have a seat.", ({ counts }) => counts.executing);
  flow("current_inqueue_requests", "Requests that wait for a seat.", ({ counts }) => counts.waiting);
  metrics.observed(
    `${prefix}rejected_requests_total`,
    "Requests that were turned away, by reason.",
    () =>
      controller
        .flows()
        .flatMap((one) =>
          Array.from(one.counts.rejected, ([reason, value]) => ({ labels: { ...labelsOf(one), reason }, value })),
        ),
    "counter",
  );
  level("nominal_limit_seats", "Seats of a level.", ({ limits }) => limits.nominal);
  level("lower_limit_seats", "Seats that a level never lends.", ({ limits }) => limits.least);
  level("upper_limit_seats", "Seats of a level with those that it may borrow.", ({ limits }) =>
    Math.min(limits.most, controller.total),
  );
  level("current_limit_seats", "Seats that a level may give at present.", ({ limits }) => limits.nominal);
  // Every request takes one seat.
  flow("current_executing_seats", "Seats that are taken.", ({ counts }) => counts.executing);
  flow("current_inqueue_seats", "Seats that are waited for.", ({ counts }) => counts.waiting);
  const waits = metrics.histogram(`${prefix}request_wait_duration_seconds`, "How long requests waited for a seat.");
  controller.onWaited = (one, seconds, isExecuted) =>
    waits.observe({ ...labelsOf(one), execute: String(isExecuted) }, seconds);
}
