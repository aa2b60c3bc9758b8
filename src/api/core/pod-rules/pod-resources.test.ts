import { test } from "node:test";
import assert from "node:assert/strict";
import type { Draft } from "#api/schema.ts";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import { defaultPullPolicy, imageTag } from "./image-reference.ts";
import { aggregateContainers, podLimits, podRequests } from "./pod-resources.ts";
import { qosClassOf } from "./qos.ts";

test("the tag of an image", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const table: readonly [string, string | undefined][] = [
    ["nginx", "latest"],
    ["nginx:1.27", "1.27"],
    ["localhost:5000/team/nginx", "latest"],
    ["localhost:5000/team/nginx:v1", "v1"],
    ["[::1]:5000/nginx:v1", "v1"],
    [`nginx@${digest}`, undefined],
    [`nginx:latest@${digest}`, "latest"],
    ["Nginx", undefined],
    ["a".repeat(64), undefined],
    ["", undefined],
    ["nginx:", undefined],
    ["nginx:1:2", undefined],
  ];
  for (const [image, tag] of table) assert.equal(imageTag(image), tag, image);
  assert.equal(defaultPullPolicy("nginx"), "Always");
  assert.equal(defaultPullPolicy("nginx:1"), "IfNotPresent");
});

type Amounts = Record<string, string>;
const runs = (requests: Amounts, limits: Amounts = {}, restartPolicy?: string): object => ({
  resources: { requests, limits },
  restartPolicy,
});
const spec = (fields: object): PodSpec => fields as PodSpec;

test("what a pod asks for: the sum of what runs together, or the largest step before", () => {
  const cpu = (amount: string): Amounts => ({ cpu: amount });
  const table: readonly [string, PodSpec, Amounts][] = [
    ["main containers add up", spec({ containers: [runs(cpu("1")), runs(cpu("500m"))] }), cpu("1500m")],
    ["a small step hides", spec({ containers: [runs(cpu("1"))], initContainers: [runs(cpu("500m"))] }), cpu("1")],
    ["a large step counts", spec({ containers: [runs(cpu("1"))], initContainers: [runs(cpu("2"))] }), cpu("2")],
    [
      "a sidecar runs with the rest",
      spec({ containers: [runs(cpu("1"))], initContainers: [runs(cpu("2"), {}, "Always")] }),
      cpu("3"),
    ],
    [
      "a step runs beside the sidecars before it",
      spec({ containers: [runs(cpu("1"))], initContainers: [runs(cpu("2"), {}, "Always"), runs(cpu("4"))] }),
      cpu("6"),
    ],
    [
      "a step does not run beside the sidecars after it",
      spec({ containers: [runs(cpu("1"))], initContainers: [runs(cpu("4")), runs(cpu("2"), {}, "Always")] }),
      cpu("4"),
    ],
  ];
  for (const [name, pod, expected] of table) assert.deepEqual(aggregateContainers(pod, "requests"), expected, name);
});

test("amounts of the pod as a whole go first; overhead comes on top", () => {
  const pod = spec({
    containers: [runs({ cpu: "1", memory: "1Gi", "a/b": "1" }, { cpu: "2" })],
    resources: { requests: { cpu: "3" }, limits: { cpu: "4" } },
    overhead: { cpu: "100m", memory: "1Mi" },
  });
  assert.deepEqual(podRequests(pod), { cpu: "3100m", memory: "1025Mi", "a/b": "1" });
  assert.deepEqual(podLimits(pod), { cpu: "4100m" });
});

test("quality of service", () => {
  const both = { cpu: "1", memory: "1Gi" };
  const table: readonly [PodSpec, string][] = [
    [spec({ containers: [{}] }), "BestEffort"],
    [spec({ containers: [runs({ cpu: "0" })] }), "BestEffort"],
    [spec({ containers: [runs({ "a/b": "1" })] }), "BestEffort"],
    [spec({ containers: [runs({ cpu: "1" })] }), "Burstable"],
    [spec({ containers: [runs(both, both)] }), "Guaranteed"],
    [spec({ containers: [runs({ ...both, cpu: "1000m" }, both)] }), "Guaranteed"],
    [spec({ containers: [runs({ ...both, cpu: "500m" }, both)] }), "Burstable"],
    [spec({ containers: [runs(both, both), {}] }), "Burstable"],
    [spec({ containers: [runs(both, both)], initContainers: [{}] }), "Burstable"],
    [spec({ containers: [{}], resources: { requests: both, limits: both } }), "Guaranteed"],
    [spec({ containers: [runs(both, both)], resources: { requests: { cpu: "2" } } }), "Burstable"],
  ];
  for (const [pod, expected] of table) assert.equal(qosClassOf(pod as Draft<PodSpec>), expected, JSON.stringify(pod));
});
