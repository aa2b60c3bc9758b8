// What a process itself takes, under the names that Prometheus' clients have for it.
import { readdirSync } from "node:fs";
import type { Clock } from "./clock.ts";
import type { Metrics } from "./metrics.ts";

const openFiles = (): number => {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0; // not on Linux
  }
};

export function observeProcess(metrics: Metrics, clock: Clock): void {
  const startSeconds = clock.now() / 1000 - process.uptime();
  const one = (name: string, help: string, value: () => number, type: "gauge" | "counter" = "gauge"): void =>
    metrics.observed(`process_${name}`, help, () => [{ labels: {}, value: value() }], type);
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  one("cpu_seconds_total", "Processor time of the process.", cpuSeconds, "counter");
  one("resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
  one("start_time_seconds", "When the process began, since the epoch.", () => startSeconds);
  one("open_fds", "Files and sockets that are open.", openFiles);
}
