import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "./metrics.ts";

test("text form", () => {
  const metrics = new Metrics();
  const requests = metrics.counter("requests_total", "Requests so far.");
  requests.add({ verb: "GET" });
  requests.add({ verb: "GET" }, 2);
  metrics.gauge("open", "Open now.").set({}, 4);
  metrics.observed("objects", "Objects.", () => [{ labels: { of: 'a"b' }, value: 7 }]);
  const seconds = metrics.histogram("seconds", "Time.", [0.1, 1]);
  for (const value of [0.05, 0.5, 5]) seconds.observe({ verb: "GET" }, value);
  assert.deepEqual(
    metrics
      .text()
      .split("\n")
      .filter((line) => line && !line.startsWith("# HELP")),
    [
      "# TYPE requests_total counter",
      'requests_total{verb="GET"} 3',
      "# TYPE open gauge",
      "open 4",
      "# TYPE objects gauge",
      'objects{of="a\\"b"} 7',
      "# TYPE seconds histogram",
      'seconds_bucket{verb="GET",le="0.1"} 1',
      'seconds_bucket{verb="GET",le="1"} 2',
      'seconds_bucket{verb="GET",le="+Inf"} 3',
      'seconds_sum{verb="GET"} 5.55',
      'seconds_count{verb="GET"} 3',
    ],
  );
  assert.throws(() => metrics.gauge("open", "again"), /there already/);
});
