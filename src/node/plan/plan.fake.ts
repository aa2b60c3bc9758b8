// How tests of the plan are written: a table of situations, and the actions in words.
import assert from "node:assert/strict";
import { it } from "node:test";
import { planPod } from "#node/plan-pod.ts";
import type { Plan, PodAction, PodMemory } from "./types.ts";
import { observedOf, testContainer, testMemory, testPod, testRun } from "#node/pod/pod.fake.ts";
import type { Observed } from "#node/runtime/runtime.ts";
import type { Pod } from "#node/pod/types.ts";

export const now = 100_000;
/** One word per action: what, and to whom. */
export function words(actions: readonly PodAction[]): string[] {
  return actions.map((a) => {
    switch (a.type) {
      case "startContainer":
        return `start ${a.container.name}${a.restartCount ? `#${a.restartCount}` : ""}${a.leftover ? " replacing" : ""}`;
      case "killContainer":
        return `kill ${a.id} ${a.graceSeconds}s: ${a.message}`;
      case "createSandbox":
        return `sandbox ${a.attempt}`;
      case "stopSandbox":
      case "removeSandbox":
      case "removeContainer":
      case "resizeContainer":
        return `${a.type} ${a.id}`;
      default:
        return a.type;
    }
  });
}
export interface Case {
  readonly name: string;
  readonly pod?: Pod;
  readonly observed?: Observed;
  readonly memory?: Partial<PodMemory>;
  readonly do: readonly string[];
  readonly stage?: Plan["stage"];
  readonly again?: number;
  readonly backingOff?: Readonly<Record<string, string>>;
}
export function check(cases: readonly Case[]): void {
  for (const c of cases)
    it(c.name, () => {
      const plan = planPod(c.pod ?? testPod(), c.observed ?? observedOf(), testMemory(c.memory), now);
      assert.deepEqual(words(plan.actions), c.do);
      assert.equal(plan.stage, c.stage ?? "active");
      assert.equal(plan.againInMs, c.again);
      const waits = Object.fromEntries([...plan.backingOff].map(([k, v]) => [k, v.message]));
      assert.deepEqual(waits, c.backingOff ?? {});
    });
}
export const nothing: Observed = { sandboxes: [], containers: [] };
export const two = [testContainer("a"), testContainer("b")];
export const deleted = { deletionTimestamp: "1970-01-01T00:02:00Z", deletionGracePeriodSeconds: 20 };
export const ended = (code: number, more: object = {}): Observed =>
  observedOf([testRun("c", "exited", { exitCode: code, finishedAt: now - 1000, ...more })]);
