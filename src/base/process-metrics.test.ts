import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "./clock.ts";
import { Metrics } from "./metrics.ts";
import { observeProcess } from "./process-metrics.ts";

test("what the process takes", () => {
  const metrics = new Metrics();
  observeProcess(metrics, systemClock);
  const valueOf = (name: string): number =>
    Number(new RegExp(`^process_${name} (\\S+)$`, "m").exec(metrics.text())?.[1]);
  assert.ok(valueOf("resident_memory_bytes") > 1e6);
  assert.ok(valueOf("cpu_seconds_total") > 0);
  assert.ok(valueOf("start_time_seconds") <= systemClock.now() / 1000);
  assert.ok(valueOf("open_fds") >= 0);
});
